/** The three gradients of this step side by side, and in how many digits they agree with autograd's. */
import { h, say, set } from "../core/dom.js";
import { number, t } from "../core/words.js";
import { card } from "./card.js";

const METHODS = ["finite-difference", "chain-rule", "autograd"];
const ALL_DIGITS = 16;

export function gradientTable() {
  const head = h("tr");
  const body = h("tbody");
  const note = h("p", { class: "quiet" });
  const table = h("table", {}, h("thead", {}, head), body);
  let names = [];

  function build(next) {
    names = next;
    head.replaceChildren(h("td"), ...names.map((name) => h("th", { scope: "col" }, `∂L/∂${name}`)));
    body.replaceChildren(
      ...METHODS.map((method) =>
        h(
          "tr",
          { "data-method": method },
          h("th", { scope: "row" }, t(`lab.method_${method.replace("-", "_")}`)),
          names.map(() => h("td", {}, h("span", { class: "value" }), h("span", { class: "digits" }))),
        ),
      ),
    );
  }

  function sync(detail) {
    const next = Object.keys(detail.gradients.autograd);
    if (next.join() !== names.join()) build(next);
    METHODS.forEach((method, row) =>
      names.forEach((name, column) => fill(body.children[row].children[column + 1], detail, method, name)),
    );
    say(note, t("lab.digits_note"));
  }
  return {
    element: card(
      "gradients-card",
      t("lab.gradients_title"),
      h("div", { class: "scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.gradients_title") }, table),
      note,
    ),
    sync,
  };
}

function fill(cell, detail, method, name) {
  const [value, digits] = cell.children;
  const slope = detail.gradients[method]?.[name] ?? null;
  say(value, number(slope === null ? null : Number(slope), 8));
  if (method === "autograd") return;
  const agreed = detail.digits[method]?.[name] ?? null;
  say(
    digits,
    agreed === null ? "" : agreed >= ALL_DIGITS ? t("lab.digits_all") : t("lab.digits", { count: Math.floor(agreed) }),
  );
  set(digits, { style: `--part:${(agreed ?? 0) / ALL_DIGITS}` });
}
