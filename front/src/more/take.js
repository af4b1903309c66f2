/** Take away: the loop as code that gives these numbers, the history, a page that needs no Python, the pictures. */
import { download, h } from "../core/dom.js";
import { toSolve } from "../core/state.js";
import { t } from "../core/words.js";
import { sentenceOf } from "../learning/outcome.js";
import { picturesOf } from "./pictures.js";

const FILES = ["py", "ipynb", "csv", "json", "html"];

/** @param {import("../app.js").Context} context */
export function takeTab({ store, root, on }) {
  const told = h("p", { class: "quiet", role: "status" });
  function take(what) {
    told.textContent = t("lab.waiting");
    store.ask("export", { what, state: toSolve(store.state) }, (header, buffers) => {
      download(header.filename, [buffers.data], header.mime);
      told.textContent = t("lab.take_done", { name: header.filename });
    });
  }
  on("refused-export", (refusal) => (told.textContent = sentenceOf(refusal)));
  const file = (what) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "main", "data-field": `take-${what}`, onclick: () => take(what) },
        `.${what}`,
      ),
      h("span", {}, t(`lab.take_${what}`)),
    );
  const picture = ([name, save]) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", "data-field": `picture-${name}`, onclick: save },
        name === "map" || name === "relief" ? ".png" : ".svg",
      ),
      h("span", {}, t(`lab.picture_${name}`)),
    );
  return h(
    "div",
    { class: "take" },
    h(
      "section",
      { class: "card", "aria-label": t("lab.take_run") },
      h("h3", {}, t("lab.take_run")),
      h("ul", {}, FILES.map(file)),
      told,
    ),
    h(
      "section",
      { class: "card", "aria-label": t("lab.take_pictures") },
      h("h3", {}, t("lab.take_pictures")),
      h("ul", {}, picturesOf(root).map(picture)),
    ),
  );
}
