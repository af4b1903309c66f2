/** The error surface: from above and in relief; a click, a drag or the arrow keys choose where the descent starts. */
import { drawAxes, frameOf } from "../core/axes.js";
import { createCanvas } from "../core/canvas.js";
import { TABLE } from "../core/colors.js";
import { eachFrame, h, onResize, s, say, set } from "../core/dom.js";
import { linear } from "../core/scale.js";
import { number, t } from "../core/words.js";
import { selectField } from "../learning/fields.js";
import { drawHeatmap } from "./heatmap.js";
import { drawOverlay } from "./overlay.js";
import { inksOf, reliefView } from "./relief.js";

/** @param {import("../app.js").Context} context */
export function surfacePane(context) {
  const { store, on } = context;
  const axes = axesChoice(store);
  const legend = colourLegend();
  const held = h("span", { class: "quiet" });
  const kinks = h("span", {}, h("i", { class: "key kink" }), t("lab.legend_kinks"));
  const ellipse = h("span", {}, h("i", { class: "key kink" }), t("lab.legend_ellipse"));
  function sync() {
    axes.sync();
    if (!store.solution) return;
    kinks.hidden = !store.solution.kinks?.length;
    ellipse.hidden = !store.solution.ellipse;
    legend.sync(store.solution);
    say(held, heldStill(store.solution));
  }
  on("solution", sync);
  sync();
  return h(
    "section",
    { class: "pane surface", "aria-label": t("lab.surface_title") },
    h("header", {}, h("h2", {}, t("lab.surface_title")), held, h("span", { class: "push" }), axes.element),
    h("div", { class: "pair-of-views" }, mapView(context), reliefView(context)),
    h(
      "p",
      { class: "legend", "aria-hidden": "true" },
      h("span", {}, h("i", { class: "key path" }), t("lab.legend_path")),
      h("span", {}, h("i", { class: "key square" }), t("lab.legend_start_here")),
      h("span", {}, h("b", {}, "✕"), t("lab.legend_minimum")),
      h("span", {}, h("b", { class: "arrow-key" }, "→"), t("lab.legend_arrow")),
      kinks,
      ellipse,
      legend.element,
    ),
  );
}

/** Parameters that are no axis are held at the start: the path moves in them too, and that is said. */
function heldStill(solution) {
  const others = solution.names.filter((name) => !solution.axes.includes(name));
  return others.length ? t("lab.simplified_slice", { names: others.join(", ") }) : "";
}

function axesChoice(store) {
  const fields = [0, 1].map((index) =>
    selectField({
      id: `axis-${index}`,
      label: t(index ? "lab.axis_up" : "lab.axis_across"),
      options: [],
      value: () => store.solution?.axes?.[index],
      onchange: (name) => choose(index, name),
    }),
  );
  function choose(index, name) {
    const other = store.solution.axes[1 - index];
    const pair = index ? [other, name] : [name, other];
    store.change({ axes: name === other ? [...store.solution.axes].reverse() : pair, window: null });
  }
  const element = h(
    "div",
    { class: "axes-choice" },
    fields.map((field) => field.element),
  );
  let names = "";
  function sync() {
    const now = store.solution?.names ?? [];
    element.hidden = now.length < 3;
    if (now.join() !== names) {
      names = now.join();
      fields.forEach((field) => field.fill(now.map((name) => [name, name])));
    }
    fields.forEach((field) => field.sync());
  }
  return { element, sync };
}

function colourLegend() {
  const colours = Array.from({ length: 9 }, (_, i) => TABLE[i * 31]).map(
    (c) => `rgb(${c & 255},${(c >> 8) & 255},${(c >> 16) & 255})`,
  );
  const [low, high] = [h("span"), h("span")];
  const element = h(
    "span",
    { class: "colours" },
    low,
    h("i", { style: `background:linear-gradient(90deg,${colours.join()})` }),
    high,
  );
  function sync(solution) {
    say(low, `L ${number(solution.levels[0], 3)}`);
    say(high, number(solution.levels.at(-1), 3));
  }
  return { element, sync };
}

function mapView({ store, on, dispose }) {
  const still = createCanvas("still");
  const moving = createCanvas("moving");
  const axes = s("g", { class: "axes" });
  const svg = s("svg", { class: "plot", "aria-hidden": "true" }, axes);
  const stage = h("div", { class: "stage map", tabindex: 0, role: "group" }, still.element, moving.element, svg);
  let view = null;

  function measure() {
    const { solution } = store;
    if (!solution?.surface || !stage.clientWidth) return false;
    const [width, height] = still.fit(stage);
    moving.fit(stage);
    const frame = frameOf(width, height);
    view = {
      solution,
      frame,
      x: linear(solution.range(0), [frame.left, frame.right]),
      y: linear(solution.range(1), [frame.bottom, frame.top]),
      show: () => true,
    };
    set(svg, { viewBox: `0 0 ${width} ${height}` });
    return true;
  }

  const drawAll = eachFrame(() => {
    if (!measure()) return;
    still.clear();
    drawHeatmap(still.context, view);
    drawAxes(axes, { ...view, names: view.solution.axes, grid: false });
    drawStep();
    const [p, q] = view.solution.axes;
    set(stage, {
      "aria-label": t("lab.map_help", {
        first: p,
        second: q,
        p: number(store.state.start[p], 4),
        q: number(store.state.start[q], 4),
      }),
    });
  });

  function drawStep() {
    if (!view) return;
    moving.clear();
    drawOverlay(moving.context, {
      ...view,
      step: store.state.step,
      phase: store.phase,
      inks: inksOf(stage),
      words: { minimum: t("lab.minimum") },
    });
  }

  chooseStart(stage, store, () => view);
  dispose(onResize(stage, drawAll));
  on("solution", drawAll);
  on("step", eachFrame(drawStep));
  return stage;
}

function chooseStart(stage, store, viewOf) {
  let window = null;
  const there = (event) => {
    const box = stage.getBoundingClientRect();
    const view = viewOf();
    return [view.x.invert(event.clientX - box.left), view.y.invert(event.clientY - box.top)];
  };
  /** The window stays while the start is dragged, or the ground would move under the finger. */
  function start(p, q) {
    const { solution } = viewOf();
    const [first, second] = solution.axes;
    const values = { [first]: Number(p.toPrecision(5)), [second]: Number(q.toPrecision(5)) };
    store.change({ start: { ...store.state.start, ...values }, window });
  }
  const locked = () => store.locked("start") || !viewOf();
  stage.addEventListener("pointerdown", (event) => {
    if (locked() || event.button !== 0) return;
    window = viewOf().solution.window;
    stage.setPointerCapture(event.pointerId);
    store.dragging = true;
    start(...there(event));
  });
  stage.addEventListener("pointermove", (event) => {
    if (store.dragging && window) start(...there(event));
  });
  /** At the end the session chooses a window again. */
  function leave() {
    if (!window) return;
    window = null;
    store.dragging = false;
    store.change({ window: null });
  }
  for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) stage.addEventListener(name, leave);
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  stage.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    if (!direction || locked()) return;
    const { solution } = viewOf();
    const parts = event.shiftKey ? 10 : 50;
    window = solution.window;
    const moved = solution.axes.map(
      (name, i) =>
        (store.state.start[name] ?? 0) + (direction[i] * (solution.range(i)[1] - solution.range(i)[0])) / parts,
    );
    start(...moved);
    event.preventDefault();
    event.stopPropagation();
  });
}
