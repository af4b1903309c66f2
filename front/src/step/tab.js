/** Inside the step looked at: the loop's code, three gradients, the chain rule, the graph, the tensors. */
import { h, say } from "../core/dom.js";
import { t } from "../core/words.js";
import { sentenceOf } from "../learning/outcome.js";
import { chainRule } from "./chain.js";
import { codeListing } from "./code.js";
import { graphPicture } from "./graph.js";
import { gradientTable } from "./gradients.js";
import { tensorTable } from "./tensors.js";

/** @param {import("../app.js").Context} context */
export function stepTab(context) {
  const { store, on } = context;
  const waiting = h("p", { class: "quiet" }, t("lab.waiting"));
  const parts = [
    codeListing(context),
    gradientTable(context),
    chainRule(context),
    graphPicture(context),
    tensorTable(context),
  ];
  const grid = h(
    "div",
    { class: "step-grid" },
    parts.map((part) => part.element),
  );
  /** What is shown may be of a step just left: it is pale until the answer for this one is there. */
  function sync() {
    const { detail, state } = store;
    waiting.hidden = Boolean(detail);
    grid.hidden = !detail;
    if (!detail) return;
    grid.dataset.fresh = String(detail.index === state.step);
    parts.forEach((part) => part.sync(detail, store.phase));
  }
  on("detail", sync);
  on("step", sync);
  on("refused-step", (refusal) => say(waiting, sentenceOf(refusal)));
  sync();
  store.look();
  return h("div", {}, waiting, grid);
}
