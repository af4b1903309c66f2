/** The loss at every step; on powers of ten where it spans many. A click goes to that step. */
import { drawAxes, frameOf } from "../core/axes.js";
import { eachFrame, h, onResize, s, set, uniqueId } from "../core/dom.js";
import { extent, linear, logarithmic } from "../core/scale.js";
import { t } from "../core/words.js";
import { pathOf } from "../more/chart.js";
import { outcomeLine } from "../learning/outcome.js";

const MANY = 300;

/** @param {import("../app.js").Context} context */
export function lossPane({ store, player, on, dispose }) {
  const axes = s("g", { class: "axes", "aria-hidden": "true" });
  const [before, after] = [s("rect"), s("rect")];
  const clips = [before, after].map((rect) => s("clipPath", { id: uniqueId("clip") }, rect));
  const [past, future] = ["past", "future"].map((name, index) =>
    s("path", { class: `loss ${name}`, "clip-path": `url(#${clips[index].id})` }),
  );
  const lost = s("text", { class: "lost", "text-anchor": "end" });
  const now = s("circle", { class: "loss now", r: 6 });
  const svg = s("svg", { class: "plot", "aria-hidden": "true" }, clips, axes, future, past, lost, now);
  const plot = h("div", { class: "plot-box" }, svg);
  let view = null;

  function rescale() {
    const { solution } = store;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!solution || !width) return;
    const frame = frameOf(width, height);
    set(svg, { viewBox: `0 0 ${width} ${height}` });
    const finite = [...solution.loss].filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const wide = low > 0 && high / low > MANY;
    const y = wide
      ? logarithmic([low / 1.5, high * 1.5], [frame.bottom, frame.top])
      : linear(extent([finite]), [frame.bottom, frame.top]);
    view = { frame, y, x: linear([0, Math.max(1, solution.last)], [frame.left, frame.right]) };
    const d = pathOf({ values: solution.loss }, view);
    [past, future].forEach((path) => set(path, { d }));
    drawAxes(axes, { ...view, names: [t("lab.step"), wide ? t("lab.loss_log") : t("lab.loss_short")] });
    set(lost, { x: frame.right - 6, y: frame.top + 18 });
    lost.textContent =
      finite.length < solution.rows
        ? t("lab.not_finite_from", { step: solution.loss.findIndex((value) => !Number.isFinite(value)) })
        : "";
  }

  function drawStep() {
    if (!view) return;
    const { solution, state } = store;
    const at = view.x(state.step);
    set(before, { x: 0, y: 0, width: Math.max(0, at), height: view.frame.bottom });
    set(after, { x: at, y: 0, width: Math.max(0, view.frame.right - at + 4), height: view.frame.bottom });
    const value = solution.loss[state.step];
    set(
      now,
      Number.isFinite(value)
        ? { cx: view.x(state.step), cy: view.y(value), visibility: null }
        : { visibility: "hidden" },
    );
  }

  const draw = eachFrame(() => {
    rescale();
    drawStep();
  });
  const seek = (event) => {
    if (!view || !event.buttons) return;
    player.stop();
    store.go(view.x.invert(event.clientX - plot.getBoundingClientRect().left), store.phase);
  };
  plot.addEventListener("pointerdown", seek);
  plot.addEventListener("pointermove", seek);
  const outcome = outcomeLine(store);
  on("solution", outcome.sync);
  dispose(onResize(plot, draw));
  on("solution", draw);
  on("step", eachFrame(drawStep));
  return h(
    "section",
    { class: "pane losses", "aria-label": t("lab.losses_title") },
    h("header", {}, h("h2", {}, t("lab.losses_title")), outcome.element),
    plot,
  );
}
