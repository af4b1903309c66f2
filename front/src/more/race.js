/** The race: several runs from one start, let go together; the time bar moves all of them. */
import { createCanvas, haloed } from "../core/canvas.js";
import { eachFrame, h, onResize, say, set } from "../core/dom.js";
import { linear } from "../core/scale.js";
import { toSolve } from "../core/state.js";
import { number, steady, t } from "../core/words.js";
import { frameOf } from "../core/axes.js";
import { drawHeatmap } from "../surface/heatmap.js";
import { sentenceOf } from "../learning/outcome.js";
import { chart } from "./chart.js";
import { RUNNERS } from "./runners.js";

/** Okabe–Ito, and a dash of its own for each. */
export const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
export const DASHES = [[], [9, 4], [3, 3], [12, 4, 3, 4], [6, 2], [2, 5]];
const RACES = ["optimizers", "lrs", "gradients", "losses"];
let chosen = RACES[0];

/** @param {import("../app.js").Context} context */
export function raceTab(context) {
  const { store, on } = context;
  let race = null;
  const buttons = RACES.map((name) =>
    h("button", { type: "button", "data-field": `race-${name}`, onclick: () => start(name) }, t(`lab.race_${name}`)),
  );
  const told = h("p", { class: "quiet", role: "status" });
  const map = raceMap(context, () => race);
  const losses = chart({ label: t("lab.race_chart"), dispose: context.dispose });
  const body = h("tbody");
  const table = h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["race_run", "race_now", "race_end", "race_outcome"].map((key) => h("th", { scope: "col" }, t(`lab.${key}`))),
      ),
    ),
    body,
  );

  function start(name) {
    chosen = name;
    buttons.forEach((button, index) => set(button, { "aria-pressed": String(RACES[index] === name) }));
    if (!store.solution) return;
    const runners = RUNNERS[name](store.state);
    const window = store.solution.window;
    store.ask(
      "race",
      { states: runners.map((runner) => toSolve({ ...store.state, ...runner.patch, window })) },
      (header, buffers) => {
        race = header.runs.map((run, index) => ({
          ...run,
          name: runners[index].name,
          loss: buffers[`loss_${index}`],
          params: buffers[`params_${index}`],
        }));
        told.textContent = name === "losses" ? t("lab.simplified_race_losses") : "";
        fillTable();
        draw();
      },
    );
  }

  function fillTable() {
    body.replaceChildren(
      ...race.map((run, index) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, swatch(index), run.name),
          h("td"),
          h("td", {}, number(run.loss.at(-1), 6)),
          h("td", { class: "sentence" }, sentenceOf(run.outcome)),
        ),
      ),
    );
  }

  const draw = eachFrame(() => {
    if (!race) return;
    const { step } = store.state;
    race.forEach((run, index) =>
      say(body.children[index].children[1], steady(run.loss[Math.min(step, run.loss.length - 1)])),
    );
    losses.draw({
      names: [t("lab.step"), t("lab.loss_short")],
      lines: race.map((run, index) => ({ values: run.loss, colour: COLOURS[index], dash: DASHES[index] })),
      cursor: step,
    });
    map.draw();
  });

  on("solution", () => start(chosen));
  on("step", draw);
  on("refused-race", (refusal) => (told.textContent = sentenceOf(refusal)));
  start(chosen);
  return h(
    "div",
    { class: "race" },
    h("div", { class: "choices", role: "group", "aria-label": t("lab.tab_race") }, buttons),
    told,
    h("div", { class: "two" }, map.element, losses.element),
    h("div", { class: "card scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.race_table") }, table),
  );
}

const swatch = (index) =>
  h("i", {
    class: "swatch",
    style: `border-top-color:${COLOURS[index]};border-top-style:${DASHES[index].length ? "dashed" : "solid"}`,
  });

function raceMap({ store, dispose }, raceOf) {
  const [still, moving] = [createCanvas("still"), createCanvas("moving")];
  const stage = h(
    "div",
    { class: "stage", role: "img", "aria-label": t("lab.race_map") },
    still.element,
    moving.element,
  );
  let view = null;

  function measure() {
    const { solution } = store;
    if (!solution?.surface || !stage.clientWidth) return;
    const frame = frameOf(...still.fit(stage), { left: 4, right: 4, top: 4, bottom: 4 });
    moving.fit(stage);
    view = {
      solution,
      frame,
      x: linear(solution.range(0), [frame.left, frame.right]),
      y: linear(solution.range(1), [frame.bottom, frame.top]),
      show: () => false,
    };
    still.clear();
    drawHeatmap(still.context, view);
  }

  function draw() {
    if (view?.solution !== store.solution) measure();
    const race = raceOf();
    if (!view || !race) return;
    moving.clear();
    race.forEach((run, index) => drawRun(moving.context, view, run, index, store.state.step));
  }
  dispose(
    onResize(stage, () => {
      measure();
      draw();
    }),
  );
  return { element: stage, draw };
}

function drawRun(pen, { solution, x, y }, run, index, step) {
  const names = run.elements ?? run.parameters;
  const [p, q] = solution.axes.map((name) => names.indexOf(name));
  const at = (row) => [x(run.params[row * names.length + p]), y(run.params[row * names.length + q])];
  const last = Math.min(step, run.loss.length - 1);
  haloed(pen, { width: 2.6, color: COLOURS[index], halo: "#fff", dash: DASHES[index], around: 1.4 }, (line) => {
    for (let row = 0; row <= last; row++) line[row ? "lineTo" : "moveTo"](...at(row));
  });
  pen.beginPath();
  pen.arc(...at(last), 6.5, 0, 2 * Math.PI);
  pen.fillStyle = COLOURS[index];
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = "#fff";
  pen.stroke();
  pen.fillStyle = "#fff";
  pen.font = "700 9px system-ui";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(String(index + 1), ...at(last));
}
