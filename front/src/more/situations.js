/** Eight situations that tell the lesson in order: a question to predict, then a look at what really happens. */
import { h, set, uniqueId } from "../core/dom.js";
import { t } from "../core/words.js";
import { SITUATIONS } from "./situations_list.js";

const NONE = "";

/** @param {import("../app.js").Context} context */
export function situationsMenu({ store }) {
  const id = uniqueId("situation");
  const select = h(
    "select",
    { id, "data-field": "situation", onchange: () => begin(store, select.value) },
    h("option", { value: NONE }, t("lab.situation_none")),
    SITUATIONS.map((each, index) => h("option", { value: each.id }, `${index + 1} · ${t(`lab.situation_${each.id}`)}`)),
  );
  select.value = store.state.view.situation ?? NONE;
  return [h("label", { for: id, class: "hidden" }, t("lab.situations")), select];
}

function begin(store, id) {
  const situation = SITUATIONS.find((each) => each.id === id);
  if (situation) store.load({ ...structuredClone(situation.state), step: 0, view: { situation: id, tab: "step" } });
  else store.view({ situation: "" });
}

/** The card of the situation in force: question, prediction, what happened. */
export function situationCard({ store, player, on }) {
  const place = h("section", { class: "situation", "aria-label": t("lab.situations"), hidden: true });
  let shown = null;
  let predicted = null;

  function sync() {
    const id = store.state.view.situation;
    if (id === shown) return;
    shown = id;
    predicted = null;
    const number = SITUATIONS.findIndex((each) => each.id === id);
    place.hidden = number < 0;
    if (number >= 0) fill(SITUATIONS[number], number);
  }

  function fill(situation, number) {
    const name = uniqueId("prediction");
    const told = h("p", { class: "what-happened", role: "status" });
    const look = h(
      "button",
      {
        type: "button",
        class: "main",
        disabled: true,
        "data-field": "situation-look",
        onclick: () => reveal(situation, told),
      },
      t("lab.situation_look"),
    );
    const choice = (option, index) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          name,
          value: index,
          "data-field": `prediction-${index}`,
          onchange: () => {
            predicted = index;
            set(look, { disabled: null });
            look.disabled = false;
          },
        }),
        t(`lab.situation_${situation.id}_${option}`),
      );
    const next = SITUATIONS[number + 1];
    place.replaceChildren(
      h(
        "div",
        { class: "question" },
        h("h2", {}, `${number + 1} / ${SITUATIONS.length} · ${t(`lab.situation_${situation.id}`)}`),
        h("p", {}, t(`lab.situation_${situation.id}_text`)),
        h("p", { class: "ask" }, t(`lab.situation_${situation.id}_ask`)),
      ),
      h(
        "div",
        { class: "answers", role: "radiogroup", "aria-label": t("lab.situation_predict") },
        situation.options.map(choice),
      ),
      h(
        "div",
        { class: "row" },
        look,
        told,
        h("span", { class: "push" }),
        next
          ? h(
              "button",
              { type: "button", "data-field": "situation-next", onclick: () => begin(store, next.id) },
              t("lab.situation_next"),
            )
          : null,
        h("button", { type: "button", onclick: () => begin(store, NONE) }, t("lab.close")),
      ),
    );
  }

  function reveal(situation, told) {
    const right = situation.answer(store.solution, store.detail);
    const what = t(`lab.situation_${situation.id}_${situation.options[right]}`);
    told.textContent = `${t(right === predicted ? "lab.situation_right" : "lab.situation_other", { what })} ${t(`lab.situation_${situation.id}_why`)}`;
    told.dataset.right = String(right === predicted);
    store.go(0);
    if (!store.playing) player.toggle();
  }

  on("view", sync);
  on("state", sync);
  sync();
  return place;
}
