/** The loop as PyTorch code; the lines of the phase looked at are lit. */
import { h, set } from "../core/dom.js";
import { t } from "../core/words.js";
import { card } from "./card.js";

const WORDS =
  /(#.*$)|("[^"]*"|'[^']*')|\b(for|in|with|if|is|not|None|import|range|def|return|True|False|lambda|print)\b|(\b\d[\d.e+-]*\b)/gm;
const KINDS = ["comment", "string", "keyword", "number"];

export function codeListing() {
  const list = h("ol", { class: "code" });
  const scroll = h("div", { class: "scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.code_title") }, list);
  let shown = "";
  function sync(detail, phase) {
    if (detail.code !== shown) {
      shown = detail.code;
      list.replaceChildren(
        ...shown
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => h("li", {}, h("code", {}, coloured(line)))),
      );
    }
    const lit = new Set(detail.phases?.find((each) => each.name === phase)?.code ?? []);
    [...list.children].forEach((item, index) =>
      set(item, { class: lit.has(index + 1) ? "lit" : null, "aria-current": lit.has(index + 1) ? "step" : null }),
    );
  }
  return { element: card("code-card", t("lab.code_title"), scroll), sync };
}

/** @param {string} line @returns {any[]} */
export function coloured(line) {
  const parts = [];
  let at = 0;
  for (const match of line.matchAll(WORDS)) {
    parts.push(
      line.slice(at, match.index),
      h("span", { class: KINDS[match.slice(1).findIndex((group) => group !== undefined)] }, match[0]),
    );
    at = match.index + match[0].length;
  }
  return [...parts, line.slice(at)];
}
