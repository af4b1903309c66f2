/** Where the descent starts, and which parameters it leaves alone. */
import { h } from "../core/dom.js";
import { same } from "../core/state.js";
import { t } from "../core/words.js";
import { checkField, numberField } from "./fields.js";

/** @param {import("../core/store.js").Store} store */
export function startFields(store) {
  const rows = h("div", { class: "start-rows" });
  let names = [];
  let fields = [];

  function build() {
    fields = names.flatMap((name) => [
      numberField({
        id: `start-${name}`,
        label: name,
        value: () => store.state.start[name] ?? 0,
        onchange: (value) => store.change({ start: { ...store.state.start, [name]: value } }),
      }),
      checkField({
        id: `freeze-${name}`,
        label: t("lab.freeze", { name }),
        value: () => store.state.freeze.includes(name),
        onchange: (on) => freeze(name, on),
      }),
    ]);
    rows.replaceChildren(...fields.map((field) => field.element));
  }

  function freeze(name, on) {
    const rest = store.state.freeze.filter((each) => each !== name);
    store.change({ freeze: on ? [...rest, name] : rest });
  }

  function sync() {
    const now = Object.keys(store.state.start);
    if (!same(now, names)) {
      names = now;
      build();
    }
    fields.forEach((field) => field.sync());
  }
  sync();
  return {
    element: h(
      "div",
      { class: "field", role: "group", "aria-label": t("lab.start") },
      h("span", { class: "label" }, t("lab.start")),
      rows,
    ),
    sync,
  };
}
