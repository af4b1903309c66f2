/** The data pane: points, the model's curve at the step looked at, the curves before it, residuals. */
import { drawAxes, frameOf } from "../core/axes.js";
import { eachFrame, h, onResize, s, say, set } from "../core/dom.js";
import { extent, linear } from "../core/scale.js";
import { number, t } from "../core/words.js";
import { segmented } from "../learning/fields.js";
import { handle } from "./hand.js";
import { drawResiduals } from "./residuals.js";
import { sourceForm } from "./source.js";

const MOST_TRAILS = 40;

/** @param {import("../app.js").Context} context */
export function dataPane({ store, on, dispose }) {
  const layers = Object.fromEntries(
    ["axes", "trails", "residuals", "curves", "points"].map((name) => [name, s("g", { class: name })]),
  );
  const start = s("path", { class: "curve start" });
  const curve = s("path", { class: "curve now" });
  layers.curves.append(start, curve);
  set(layers.points, { role: "group", "aria-label": t("lab.points_help") });
  set(layers.axes, { "aria-hidden": "true" });
  const clip = s("clipPath", { id: `gl-clip-${Math.random().toString(36).slice(2)}` }, s("rect"));
  const clipped = s("g", { "clip-path": `url(#${clip.id})` }, layers.trails, layers.residuals, layers.curves);
  const svg = s("svg", { class: "plot" }, clip, layers.axes, clipped, layers.points);
  const plot = h("div", { class: "plot-box" }, svg);
  let tool = "move";
  let focused = 0;
  let scales = null;
  let frame = null;
  let trails = [];

  function rescale() {
    const { points } = store.state;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!width) return;
    frame = frameOf(width, height);
    const keep = store.dragging && scales;
    const domains = keep ? [scales.x.domain, scales.y.domain] : [extent([points.x]), extent([points.y], 0.1)];
    scales = { x: linear(domains[0], [frame.left, frame.right]), y: linear(domains[1], [frame.bottom, frame.top]) };
    set(svg, { viewBox: `0 0 ${width} ${height}` });
    set(clip.firstChild, {
      x: frame.left,
      y: frame.top,
      width: Math.max(0, frame.right - frame.left),
      height: Math.max(0, frame.bottom - frame.top),
    });
    drawAxes(layers.axes, { ...scales, frame, names: ["x", "y"] });
  }

  function drawPoints() {
    const { x, y } = store.state.points;
    const count = Math.min(x.length, 500);
    while (layers.points.childNodes.length > count) layers.points.lastChild.remove();
    while (layers.points.childNodes.length < count)
      layers.points.append(s("circle", { class: "point", role: "button" }));
    focused = Math.min(focused, count - 1);
    const radius = count > 200 ? 3.2 : count > 80 ? 4.2 : 5.2;
    layers.points.childNodes.forEach((circle, i) =>
      set(circle, {
        cx: scales.x(x[i]),
        cy: scales.y(y[i]),
        r: radius,
        tabindex: i === focused ? 0 : -1,
        "aria-label": t("lab.point", { index: i + 1, count, x: number(x[i], 4), y: number(y[i], 4) }),
      }),
    );
  }

  const path = (row) => {
    const { curve_x: x, curve_y: y, row: rowOf } = store.solution;
    const values = rowOf(y, row);
    let d = "";
    for (let i = 0; i < x.length; i++) {
      if (Number.isFinite(values[i]))
        d += `${d ? "L" : "M"}${scales.x(x[i]).toFixed(1)},${clampPixel(scales.y(values[i]))}`;
    }
    return d || null;
  };

  function drawTrails() {
    const { solution } = store;
    const every = Math.max(1, Math.ceil(solution.last / MOST_TRAILS));
    trails = [];
    for (let row = 0; row < solution.last; row += every) trails.push(row);
    layers.trails.replaceChildren(
      ...trails.map((row) =>
        s("path", { d: path(row), style: `--age:${(row / Math.max(1, solution.last)).toFixed(3)}` }),
      ),
    );
  }

  function drawStep() {
    const { state, solution } = store;
    if (!solution || !scales) return;
    trails.forEach((row, index) =>
      set(layers.trails.childNodes[index], { visibility: row < state.step ? null : "hidden" }),
    );
    set(curve, { d: path(state.step) });
    set(svg, { "data-phase": store.phase });
    drawResiduals(layers.residuals, {
      points: solution.points,
      prediction: solution.row(solution.prediction, state.step),
      loss: solution.settings?.loss ?? state.loss,
      ...scales,
    });
  }

  const draw = eachFrame(() => {
    rescale();
    if (!scales) return;
    drawPoints();
    if (store.solution) {
      drawTrails();
      set(start, { d: path(0) });
    }
    drawStep();
  });

  const pane = {
    svg,
    scales: () => scales,
    tool: () => tool,
    circles: () => [...layers.points.childNodes],
    focus(index) {
      focused = index;
      requestAnimationFrame(() => layers.points.childNodes[index]?.focus());
    },
  };
  handle(store, pane);
  dispose(onResize(plot, draw));
  on("state", draw);
  on("solution", draw);
  on("step", eachFrame(drawStep));
  const tools = segmented({
    name: t("lab.tool"),
    options: ["move", "add", "delete"].map((id) => [id, t(`lab.tool_${id}`)]),
    value: tool,
    onchange: (value) => {
      tool = value;
      svg.dataset.tool = value;
    },
  });
  const section = h(
    "section",
    { class: "pane data", "aria-label": t("lab.data_title") },
    h(
      "header",
      {},
      h("h2", {}, t("lab.data_title")),
      h("span", { class: "push" }),
      store.locked("points") ? null : tools.element,
    ),
    plot,
    h(
      "p",
      { class: "legend", "aria-hidden": "true" },
      key("now", t("lab.legend_model")),
      key("start", t("lab.legend_start")),
      key("residual", t("lab.legend_residual")),
    ),
    store.hidden("source") ? null : sourceForm({ store, on, drop: plot }),
  );
  return section;
}

const clampPixel = (value) => Math.max(-1e5, Math.min(1e5, value)).toFixed(1);
const key = (name, text) => h("span", {}, h("i", { class: `key ${name}` }), text);
