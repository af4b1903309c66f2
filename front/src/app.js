/** The page: header, panes, time bar. Built anew when the language changes; everything it shows is in the store. */
import { dataPane } from "./data/pane.js";
import { h } from "./core/dom.js";
import { getLanguage, setLanguage, t } from "./core/words.js";
import { headerBar } from "./header.js";
import { takeKeys } from "./keys.js";
import { learningPane } from "./learning/pane.js";
import { statusLine } from "./status.js";
import { surfacePane } from "./surface/pane.js";
import { workbench } from "./workbench.js";
import { situationCard } from "./more/situations.js";
import { lossPane } from "./time/loss_curve.js";
import { timeBar } from "./time/bar.js";

/**
 * @typedef {{store: import("./core/store.js").Store, player: any, root: HTMLElement, rebuild: () => void,
 *   on: (event: string, listener: Function) => void, dispose: (undo: () => void) => void}} Context
 */

/** @param {HTMLElement} root @param {import("./core/store.js").Store} store @param {any} player */
export function mountApp(root, store, player) {
  let undos = [];
  /** @type {Context} */
  const context = {
    store,
    player,
    root,
    rebuild,
    on: (event, listener) => undos.push(store.on(event, listener)),
    dispose: (undo) => undos.push(undo),
  };

  function unmount() {
    undos.splice(0).forEach((undo) => undo());
  }

  function rebuild() {
    const kept = root.getRootNode().activeElement?.getAttribute?.("data-field");
    unmount();
    setLanguage(store.state.view.lang ?? getLanguage());
    root.lang = getLanguage();
    dress(root, store.state.view.theme);
    root.replaceChildren(...page(context));
    store.emit("state");
    if (store.solution) {
      store.emit("solution");
      store.emit("step");
    }
    if (store.detail) store.emit("detail");
    if (kept) root.querySelector(`[data-field="${kept}"]`)?.focus();
    root.dataset.language = getLanguage();
  }

  takeKeys(root, store, player);
  store.on("welcome", rebuild);
  store.on("view", (patch) => {
    if ("theme" in patch) dress(root, patch.theme);
    if ("lang" in patch || "hide" in patch || "lock" in patch) rebuild();
  });
  store.on("solution", () => (root.dataset.ready = String(store.solves)));
  rebuild();
  return unmount;
}

function dress(root, theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
}

function page(context) {
  const { store } = context;
  return [
    h("a", { class: "skip", href: "#gl-time" }, t("lab.skip_to_time")),
    headerBar(context),
    statusLine(context),
    store.hidden("situations") ? null : situationCard(context),
    h(
      "main",
      { class: "lab" },
      store.hidden("learning") ? null : learningPane(context),
      store.hidden("data") ? null : dataPane(context),
      store.hidden("surface") ? null : surfacePane(context),
      store.hidden("losses") ? null : lossPane(context),
      workbench(context),
    ),
    h("div", { id: "gl-time", class: "dock" }, timeBar(context)),
  ];
}
