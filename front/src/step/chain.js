/** The chain rule as a formula: in names, and filled with this step's numbers by the session. */
import { h } from "../core/dom.js";
import { getLanguage, localised, t } from "../core/words.js";
import { card } from "./card.js";

export function chainRule() {
  const box = h("div", { class: "formulas" });
  const element = card("chain-card", t("lab.chain_title"), box);
  let shown = "";
  function sync({ formula, symbols }) {
    const key = JSON.stringify([formula, getLanguage()]);
    element.hidden = !formula;
    if (key === shown) return;
    shown = key;
    box.replaceChildren(
      ...Object.entries(formula ?? {}).map(([name, filled]) => formulasOf(name, symbols?.gradient?.[name], filled)),
    );
  }
  return { element, sync };
}

const formulasOf = (name, inNames, filled) =>
  h(
    "div",
    { class: "scroll-x formula", tabindex: 0, role: "group", "aria-label": `∂L/∂${name}` },
    [inNames, filled].filter(Boolean).map((math) => h("div", {}, mathOf(math))),
  );

/** MathML from the session as elements, numbers as the language writes them; what is no MathML is left out. */
function mathOf(text) {
  const parsed = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
  if (parsed?.localName !== "math") return "";
  parsed.querySelectorAll("mn").forEach((each) => (each.textContent = localised(each.textContent)));
  return document.adoptNode(parsed);
}
