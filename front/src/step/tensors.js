/** What PyTorch itself says of each tensor at that moment of the loop. */
import { h, set } from "../core/dom.js";
import { PHASES } from "../core/store.js";
import { number, t } from "../core/words.js";
import { card } from "./card.js";

const COLUMNS = ["data", "requires_grad", "is_leaf", "grad", "grad_fn", "version"];

export function tensorTable() {
  const body = h("tbody");
  const when = h("p", { class: "quiet" });
  const title = (name) =>
    name === "data" ? t("lab.tensor_data") : h("code", {}, name === "version" ? "._version" : `.${name}`);
  const table = h(
    "table",
    { class: "tensors" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        COLUMNS.map((name) => h("th", { scope: "col" }, title(name))),
      ),
    ),
    body,
  );
  let before = {};

  function sync(detail, phase) {
    const moment = phase ?? PHASES.at(-1);
    const { tensors = [], text = "" } = detail.phases?.find((each) => each.name === moment) ?? {};
    when.textContent = t("lab.after_phase", { phase: t(`lab.phase_${moment}`), text });
    body.replaceChildren(
      ...tensors.map((row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("code", {}, row.name)),
          COLUMNS.map((column) => cellOf(row, column)),
        ),
      ),
    );
    before = Object.fromEntries(
      tensors.flatMap((row) => COLUMNS.map((column) => [`${row.name}.${column}`, shown(row, column)])),
    );
  }

  /** What differs from the moment shown before is marked. */
  function cellOf(row, column) {
    const key = `${row.name}.${column}`;
    const text = shown(row, column);
    const cell = h("td", {}, h("code", {}, text));
    set(cell, { class: key in before && before[key] !== text ? "changed" : null, "data-cell": key });
    return cell;
  }
  return {
    element: card(
      "tensors-card",
      t("lab.tensors_title"),
      when,
      h("div", { class: "scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.tensors_title") }, table),
    ),
    sync,
  };
}

function shown(row, column) {
  const value = row[column];
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value))
    return `[${value
      .slice(0, 2)
      .map((each) => number(Number(each), 4))
      .join("; ")}, …] ${(row.shape ?? []).join("×")}`;
  if (column === "version" || typeof value === "string") return String(value);
  return number(value, 7);
}
