/** How it learns: every choice redraws the whole trajectory at once. */
import { h } from "../core/dom.js";
import { MOST_STEPS, usesDelta } from "../core/state.js";
import { number, t } from "../core/words.js";
import { checkField, lock, numberField, segmented, selectField, sliderField } from "./fields.js";
import { lrField } from "./lr.js";
import { modelField } from "./model.js";
import { startFields } from "./start.js";

const DELTA = { low: 1e-10, high: 10, usual: 0.1 };
const SCHEMES = ["central", "forward", "richardson"];

/** @param {import("../app.js").Context} context */
export function learningPane({ store, on }) {
  const fields = {
    model: modelField(store),
    loss: lossField(store),
    gradient: gradientField(store),
    optimizer: optimizerField(store),
    lr: lrField(store),
    steps: stepsField(store),
    start: startFields(store),
    batch: batchField(store),
    standardise: standardiseField(store),
  };
  const shown = Object.entries(fields).filter(([id]) => !store.hidden(id));
  shown.filter(([id]) => store.locked(id)).forEach(([, field]) => lock(field.element));
  const sync = () => shown.forEach(([, field]) => field.sync());
  on("state", sync);
  on("solution", sync);
  return h(
    "section",
    { class: "pane learning", "aria-label": t("lab.learning_title") },
    h("header", {}, h("h2", {}, t("lab.learning_title"))),
    shown.map(([, field]) => field.element),
  );
}

function lossField(store) {
  const options = (store.welcome?.losses ?? ["mae", "mse"]).map((id) => [id, lossName(id)]);
  return selectField({
    id: "loss",
    label: t("lab.loss"),
    options,
    value: () => store.state.loss,
    onchange: (loss) => store.change({ loss }),
  });
}

function gradientField(store) {
  const method = () => (usesDelta(store.state) ? "finite-difference" : store.state.gradient);
  const scheme = () => store.state.gradient.split(":")[1] ?? "central";
  const choice = segmented({
    id: "gradient",
    name: t("lab.gradient"),
    options: [
      ["finite-difference", "Δ"],
      ["chain-rule", t("lab.gradient_chain")],
      ["autograd", "autograd"],
    ],
    value: method(),
    onchange: (value) =>
      store.change(
        value === "finite-difference"
          ? { gradient: "finite-difference:central", delta: store.state.delta ?? DELTA.usual }
          : { gradient: value },
      ),
  });
  const delta = sliderField({
    id: "delta",
    label: "Δ",
    value: () => store.state.delta ?? DELTA.usual,
    low: DELTA.low,
    high: DELTA.high,
    log: true,
    onchange: (value) => store.change({ delta: value }),
  });
  const schemes = selectField({
    id: "scheme",
    label: t("lab.scheme"),
    options: SCHEMES.map((id) => [id, t(`lab.scheme_${id}`)]),
    value: scheme,
    onchange: (value) => store.change({ gradient: `finite-difference:${value}` }),
  });
  const more = h("div", { class: "inset" }, delta.element, schemes.element);
  function sync() {
    choice.sync(method());
    more.hidden = !usesDelta(store.state);
    delta.sync();
    schemes.sync();
  }
  sync();
  return {
    element: h("div", { class: "field" }, h("span", { class: "label" }, t("lab.gradient")), choice.element, more),
    sync,
  };
}

function optimizerField(store) {
  const options = (store.welcome?.optimizers ?? ["sgd"]).map((id) => [id, t(`lab.optimizer_${id}`)]);
  return selectField({
    id: "optimizer",
    label: t("lab.optimizer"),
    options,
    value: () => store.state.optimizer,
    onchange: (optimizer) => store.change({ optimizer }),
  });
}

function stepsField(store) {
  return sliderField({
    id: "steps",
    label: t("lab.steps"),
    value: () => store.state.steps,
    low: 1,
    high: MOST_STEPS,
    log: true,
    show: (value) => number(value),
    onchange: (value) => store.change({ steps: Math.round(value) }),
  });
}

function batchField(store) {
  const whole = () => store.state.batch === null;
  const size = () => Math.max(1, Math.round(store.state.points.x.length / 5));
  const check = checkField({
    id: "batch",
    label: t("lab.batch"),
    value: () => !whole(),
    onchange: (on) => store.change({ batch: on ? size() : null }),
  });
  const count = numberField({
    id: "batch-size",
    label: t("lab.batch_size"),
    value: () => store.state.batch,
    onchange: (value) => store.change({ batch: Math.max(1, Math.round(value)) }),
  });
  const seed = numberField({
    id: "seed",
    label: t("lab.seed"),
    value: () => store.state.seed,
    onchange: (value) => store.change({ seed: Math.round(value) }),
  });
  const more = h("div", { class: "inset pair" }, count.element, seed.element);
  function sync() {
    [check, count, seed].forEach((field) => field.sync());
    more.hidden = whole();
  }
  sync();
  return { element: h("div", {}, check.element, more), sync };
}

function standardiseField(store) {
  return checkField({
    id: "standardise",
    label: t("lab.standardise"),
    value: () => store.state.standardise,
    onchange: (standardise) => store.change({ standardise, window: null }),
  });
}

const lossName = (id) =>
  id.startsWith("quantile") ? t("lab.loss_quantile", { q: number(Number(id.split(":")[1])) }) : t(`lab.loss_${id}`);
