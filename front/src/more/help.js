/** The keys, in a sheet. */
import { h } from "../core/dom.js";
import { t } from "../core/words.js";

const KEYS = [
  ["space", "play"],
  ["arrows", "steps"],
  ["dots", "phases"],
  ["ends", "ends"],
  ["point", "points"],
  ["map", "map"],
  ["relief", "relief"],
];

export function helpButton() {
  const dialog = h(
    "dialog",
    { class: "sheet", "aria-label": t("lab.help") },
    h("h2", {}, t("lab.help")),
    h(
      "dl",
      { class: "keys" },
      KEYS.map(([key, what]) => h("div", {}, h("dt", {}, t(`lab.key_${key}`)), h("dd", {}, t(`lab.key_does_${what}`)))),
    ),
    h("form", { method: "dialog" }, h("button", {}, t("lab.close"))),
  );
  const button = h(
    "button",
    {
      type: "button",
      class: "icon",
      "aria-label": t("lab.help"),
      title: t("lab.help"),
      onclick: () => dialog.showModal(),
    },
    "?",
  );
  return [button, dialog];
}
