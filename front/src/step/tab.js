/** Inside the step looked at: the loop's code, three gradients, the chain rule, the graph, the tensors. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";

/** @param {import("../app.js").Context} context */
export function stepTab(context) {
  const { store } = context;
  store.look();
  return h("div", { class: "step-grid" }, h("p", { class: "quiet" }, t("lab.waiting")));
}
