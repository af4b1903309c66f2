/** The model: one of the list, a polynomial of a degree, or a formula of one's own. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";
import { selectField } from "./fields.js";

const POLYNOMIAL = /^polynomial:\d+$/;
const DEGREES = [1, 2, 3, 4, 5];
const EXAMPLE = "a*exp(-b*x) + c";

/** @param {import("../core/store.js").Store} store */
export function modelField(store) {
  const listed = (store.welcome?.models ?? [{ name: "line" }])
    .map((model) => model.name)
    .filter((name) => !name.startsWith("polynomial"));
  const options = [
    ...listed.map((name) => [name, t(`lab.model_${name.replaceAll("-", "_")}`)]),
    ...DEGREES.slice(1).map((degree) => [`polynomial:${degree}`, t("lab.model_polynomial", { degree })]),
    ["formula", t("lab.model_formula")],
  ];
  const known = (name) => options.some(([id]) => id === name) || POLYNOMIAL.test(name);
  let writing = !known(store.state.model);
  const select = selectField({
    id: "model",
    label: t("lab.model"),
    options,
    value: () => (writing ? "formula" : store.state.model),
    onchange: choose,
  });
  const formula = h("input", {
    type: "text",
    "data-field": "formula",
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": t("lab.formula"),
    placeholder: EXAMPLE,
    onchange: () => take(formula.value.trim() || EXAMPLE),
  });
  const more = h("div", { class: "inset" }, formula, h("p", { class: "quiet" }, t("lab.formula_help")));

  function choose(name) {
    writing = name === "formula";
    if (writing && known(store.state.model)) formula.value = "";
    if (!writing) take(name);
    sync();
    if (writing) formula.focus();
  }

  /** A new model has other parameters: its start, axes and window are left to the session. */
  function take(model) {
    const start = store.welcome?.models.find((each) => each.name === model)?.start ?? {};
    store.change({ model, start: { ...start }, freeze: [], axes: [], window: null });
  }

  function sync() {
    select.sync();
    more.hidden = !writing;
    if (writing && !known(store.state.model) && document.activeElement !== formula) formula.value = store.state.model;
  }
  sync();
  return { element: h("div", {}, select.element, more), sync };
}
