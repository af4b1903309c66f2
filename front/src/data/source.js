/** Where the points come from: a noisy line with its seed, a bundled dataset, a CSV pasted or dropped. */
import { h, say } from "../core/dom.js";
import { LESSON_SOURCE } from "../core/state.js";
import { pointsOf } from "../core/store.js";
import { t } from "../core/words.js";
import { lock, numberField, selectField, sliderField } from "../learning/fields.js";

const LINE = [
  ["m", 0.5],
  ["b", 0],
  ["n", 50],
  ["range", 50],
];
const MOST_NOISE = 20;

/** @param {{store: import("../core/store.js").Store, on: Function, drop: Element}} around */
export function sourceForm({ store, on, drop }) {
  const line = () => (store.state.source.kind === "line" ? store.state.source : LESSON_SOURCE);

  function take(source) {
    store.ask("points", { source }, (header, buffers) => {
      store.change({ source: header.source ?? source, points: pointsOf(header, buffers), window: null });
    });
  }

  function csv(text) {
    if (!text.trim()) return;
    store.ask("csv", { text }, (header, buffers) => {
      store.change({ source: { kind: "own" }, points: pointsOf(header, buffers), window: null });
    });
  }

  const kind = selectField({
    id: "source",
    label: t("lab.source"),
    options: [
      ["line", t("lab.source_line")],
      ...(store.welcome?.datasets ?? []).map((name) => [`dataset:${name}`, name]),
      ["own", t("lab.source_own")],
    ],
    value: () =>
      store.state.source.kind === "dataset" ? `dataset:${store.state.source.name}` : store.state.source.kind,
    onchange: (value) => {
      if (value === "own") store.change({ source: { kind: "own" } });
      else take(value === "line" ? LESSON_SOURCE : { kind: "dataset", name: value.split(":")[1] });
    },
  });
  const fields = LINE.map(([name]) =>
    numberField({
      id: `source-${name}`,
      label: t(`lab.source_${name}`),
      value: () => line()[name],
      onchange: (value) => take({ ...line(), [name]: value }),
    }),
  );
  const noise = sliderField({
    id: "noise",
    label: t("lab.noise"),
    value: () => line().sigma,
    low: 0,
    high: MOST_NOISE,
    step: 0.1,
    onchange: (value) => take({ ...line(), sigma: value }),
  });
  const seed = numberField({
    id: "data-seed",
    label: t("lab.seed"),
    value: () => line().seed,
    onchange: (value) => take({ ...line(), seed: Math.round(value) }),
  });
  const dice = h(
    "button",
    { type: "button", class: "small", onclick: () => take({ ...line(), seed: line().seed + 1 }) },
    t("lab.next_seed"),
  );
  const paste = h("textarea", { rows: 3, "aria-label": t("lab.csv_label"), placeholder: "x,y\n1,2.1\n2,3.9" });
  const read = h("button", { type: "button", class: "small", onclick: () => csv(paste.value) }, t("lab.csv_read"));
  const file = h("input", {
    type: "file",
    accept: ".csv,text/csv,text/plain",
    "aria-label": t("lab.csv_file"),
    onchange: async () => csv((await file.files[0]?.text()) ?? ""),
  });

  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    csv((await event.dataTransfer.files[0]?.text()) ?? event.dataTransfer.getData("text"));
  });

  const generated = h(
    "div",
    { class: "fields" },
    noise.element,
    fields.map((field) => field.element),
    seed.element,
    dice,
  );
  const own = h(
    "div",
    { class: "fields wide" },
    h("p", { class: "quiet" }, t("lab.csv_help")),
    paste,
    h("div", { class: "row" }, read, file),
  );
  const count = h("span", { class: "quiet" });
  function sync() {
    [kind, noise, seed, ...fields].forEach((field) => field.sync());
    say(count, t("lab.points_count", { count: store.state.points.x.length }));
    generated.hidden = store.state.source.kind !== "line";
  }
  on("state", sync);
  sync();
  const inside = h("div", {}, kind.element, generated, own);
  if (store.locked("source")) lock(inside);
  return h("details", { class: "source" }, h("summary", {}, t("lab.source_title"), " · ", count), inside);
}
