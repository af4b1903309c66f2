/** The link to exactly this run; a teacher chooses what in it is hidden or locked. */
import { h, s, uniqueId } from "../core/dom.js";
import { encode } from "../core/link.js";
import { t } from "../core/words.js";

const PARTS = [
  "model",
  "loss",
  "gradient",
  "optimizer",
  "lr",
  "steps",
  "start",
  "batch",
  "standardise",
  "source",
  "points",
];
const PANES = ["data", "surface", "losses", "learning", "situations", "step", "traps", "race", "delta_lab", "take"];

const icon = () =>
  s(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    s("path", { d: "M11 1l4 4-4 4V6.6C7 6.6 4.4 8 2.6 11 3 7 5.600 4 11 3.400zM1 4h3v1.500H2.500v8h10V11H14v4H1z" }),
  );

/** @param {import("../app.js").Context} context */
export function shareButton({ store }) {
  const id = uniqueId("share");
  const dialog = h("dialog", { id, class: "sheet", "aria-label": t("lab.share") });
  const choice = { hide: new Set(store.state.view.hide), lock: new Set(store.state.view.lock) };
  const address = h("textarea", { class: "address", readonly: true, rows: 3, "aria-label": t("lab.link") });
  const told = h("span", { class: "quiet", role: "status" });

  function refresh() {
    const view = { ...store.state.view, hide: [...choice.hide], lock: [...choice.lock] };
    address.value = `${location.origin}${location.pathname}#${encode({ ...store.state, view })}`;
    told.textContent = "";
  }

  const box = (kind, part) =>
    h("input", {
      type: "checkbox",
      checked: choice[kind].has(part),
      "aria-label": t(`lab.share_${kind}`, { part: t(`lab.part_${part}`) }),
      onchange: (event) => {
        choice[kind][event.target.checked ? "add" : "delete"](part);
        refresh();
      },
    });
  const rows = [...PARTS, ...PANES].map((part) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, t(`lab.part_${part}`)),
      h("td", {}, box("hide", part)),
      h("td", {}, PARTS.includes(part) ? box("lock", part) : null),
    ),
  );
  async function copy() {
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      document.execCommand("copy");
    }
    told.textContent = t("lab.copied");
  }
  dialog.append(
    h("h2", {}, t("lab.share")),
    h("p", {}, t("lab.share_help")),
    address,
    h("div", { class: "row" }, h("button", { type: "button", class: "main", onclick: copy }, t("lab.copy")), told),
    h(
      "details",
      {},
      h("summary", {}, t("lab.for_teachers")),
      h(
        "div",
        { class: "scroll", tabindex: 0, role: "group", "aria-label": t("lab.for_teachers") },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h("tr", {}, h("td"), h("th", { scope: "col" }, t("lab.hide")), h("th", { scope: "col" }, t("lab.lock"))),
          ),
          h("tbody", {}, rows),
        ),
      ),
    ),
    h("form", { method: "dialog" }, h("button", {}, t("lab.close"))),
  );
  const button = h(
    "button",
    {
      type: "button",
      "data-field": "share",
      title: t("lab.share"),
      "aria-label": t("lab.share"),
      onclick: () => {
        refresh();
        dialog.showModal();
      },
    },
    icon(),
    h("span", { class: "word" }, t("lab.share_short")),
  );
  return [button, dialog];
}
