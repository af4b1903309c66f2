/**
 * The lab's front: `render({ model, el })` by the contract of anywidget; on a page of our own it opens itself.
 * Every number comes from the session behind `model`; here they become pixels.
 */
import { mountApp } from "./app.js";
import { h } from "./core/dom.js";
import { socketModel } from "./core/host.js";
import { decode, encode } from "./core/link.js";
import { createPlayer } from "./core/player.js";
import { createStore } from "./core/store.js";
import { SITUATIONS } from "./more/situations_list.js";
import { getLanguage, setLanguage } from "./core/words.js";

/** @param {{model: any, el: HTMLElement, said?: any}} host */
function render({ model, el, said = { view: {} } }) {
  const root = h("div", { class: "gradlab" });
  setLanguage(said.view.lang ?? model.get("lang") ?? navigator.language.slice(0, 2));
  el.append(root);
  const store = createStore(model, said);
  const player = createPlayer(store);
  const unmount = mountApp(root, store, player);
  model.on("change:lang", () => store.view({ lang: model.get("lang") }));
  store.on("view", (patch) => {
    if (!("lang" in patch)) return;
    model.set("lang", getLanguage());
    model.save_changes();
  });
  root.store = store;
  return () => {
    player.stop();
    unmount();
    root.remove();
  };
}

/** On our own page: the state lives in the fragment, and a link that is pasted over it is followed. */
function openPage(el) {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const model = socketModel(
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?token=${encodeURIComponent(token)}`,
  );
  let written = location.hash.slice(1);
  render({ model, el, said: situated(decode(written)) });
  const { store } = el.querySelector(".gradlab");
  let waiting = 0;
  const write = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      written = encode(store.state);
      history.replaceState(null, "", `${location.pathname}${location.search}#${written}`);
    }, 250);
  };
  const speak = () => (document.documentElement.lang = getLanguage());
  store.on("view", speak);
  speak();
  ["state", "step", "view"].forEach((event) => store.on(event, write));
  addEventListener("hashchange", () => {
    if (location.hash.slice(1) !== written) store.load(situated(decode(location.hash)));
  });
}

/** A link that only names a situation opens it as it begins. */
function situated(said) {
  const situation = Object.keys(said).length === 1 && SITUATIONS.find((each) => each.id === said.view.situation);
  return situation ? { ...structuredClone(situation.state), ...said } : said;
}

const page = globalThis.document?.querySelector("[data-gradlab-lab]");
if (page) openPage(page);

export default { render };
