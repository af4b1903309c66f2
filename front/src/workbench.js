/** Under the pictures: what goes deeper, one tab each. */
import { h, set, uniqueId } from "./core/dom.js";
import { t } from "./core/words.js";
import { deltaTab } from "./more/delta_lab.js";
import { raceTab } from "./more/race.js";
import { takeTab } from "./more/take.js";
import { trapsTab } from "./more/traps.js";
import { stepTab } from "./step/tab.js";

const TABS = { step: stepTab, traps: trapsTab, race: raceTab, delta_lab: deltaTab, take: takeTab };

/** @param {import("./app.js").Context} context */
export function workbench(context) {
  const { store } = context;
  const names = Object.keys(TABS).filter((name) => !store.hidden(name));
  if (!names.length) return null;
  const panel = h("div", { class: "tab-panel", role: "tabpanel", id: uniqueId("panel"), tabindex: 0 });
  const tabs = names.map((name) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: uniqueId("tab"),
        "aria-controls": panel.id,
        "data-field": `tab-${name}`,
        onclick: () => open(name),
      },
      t(`lab.tab_${name}`),
    ),
  );
  let undos = [];

  function open(name) {
    undos.splice(0).forEach((undo) => undo());
    tabs.forEach((tab, index) =>
      set(tab, { "aria-selected": String(names[index] === name), tabindex: names[index] === name ? 0 : -1 }),
    );
    set(panel, { "aria-labelledby": tabs[names.indexOf(name)].id });
    const own = {
      ...context,
      on: (event, listener) => undos.push(store.on(event, listener)),
      dispose: (undo) => undos.push(undo),
    };
    if (store.state.view.tab !== name && !(name === "step" && !store.state.view.tab)) store.view({ tab: name });
    panel.replaceChildren(TABS[name](own));
  }

  const list = h(
    "div",
    {
      class: "tabs",
      role: "tablist",
      "aria-label": t("lab.deeper"),
      onkeydown: (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        const next = (tabs.indexOf(event.target) + by + tabs.length) % tabs.length;
        open(names[next]);
        tabs[next].focus();
        event.preventDefault();
        event.stopPropagation();
      },
    },
    tabs,
  );
  context.dispose(() => undos.splice(0).forEach((undo) => undo()));
  open(names.includes(store.state.view.tab) ? store.state.view.tab : names[0]);
  return h("section", { class: "pane workbench", "aria-label": t("lab.deeper") }, list, panel);
}
