/** The chain rule as a formula, filled with this step's numbers by the session. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";
import { card } from "./card.js";

export function chainRule() {
  const box = h("div", { class: "formulas" });
  let shown = "";
  function sync(detail) {
    const text = JSON.stringify(detail.formula ?? {});
    element.hidden = !detail.formula;
    if (text === shown) return;
    shown = text;
    box.replaceChildren(
      ...Object.entries(detail.formula ?? {}).map(([name, math]) =>
        h("div", { class: "scroll-x formula", tabindex: 0, role: "group", "aria-label": `∂L/∂${name}` }, mathOf(math)),
      ),
    );
  }
  const element = card("chain-card", t("lab.chain_title"), box);
  return { element, sync };
}

/** MathML from the session as elements; what is no MathML is left out. */
function mathOf(text) {
  const parsed = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
  return parsed?.localName === "math" ? document.adoptNode(parsed) : "";
}
