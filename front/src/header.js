/** The top of the page: name, situations, share, language, light or dark. */
import { h } from "./core/dom.js";
import { LANGUAGES, getLanguage, t } from "./core/words.js";
import { segmented } from "./learning/fields.js";
import { situationsMenu } from "./more/situations.js";
import { shareButton } from "./more/share.js";
import { helpButton } from "./more/help.js";

/** @param {import("./app.js").Context} context */
export function headerBar(context) {
  const { store } = context;
  const language = segmented({
    id: "lang",
    name: t("lab.language"),
    options: LANGUAGES.map((code) => [code, code.toUpperCase()]),
    value: getLanguage(),
    onchange: (lang) => {
      store.view({ lang });
      if (!store.welcome?.recorded) store.solve();
    },
  });
  return h(
    "header",
    { class: "top" },
    h("h1", {}, h("span", { class: "logo", "aria-hidden": "true" }, "∇"), "gradlab"),
    store.hidden("situations") ? null : h("div", { class: "menu" }, situationsMenu(context)),
    h("span", { class: "push" }),
    shareButton(context),
    themeButton(context),
    helpButton(context),
    language.element,
  );
}

function themeButton({ store, root }) {
  const dark = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  return h(
    "button",
    {
      type: "button",
      class: "icon",
      "data-field": "theme",
      "aria-label": t("lab.theme"),
      title: t("lab.theme"),
      onclick: () => store.view({ theme: dark() ? "light" : "dark" }),
    },
    "◐",
  );
}
