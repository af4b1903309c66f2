/** What moves over the error surface: the path, where the run is, the gradient's arrow, the minimum. */
import { arrow, haloed, label } from "../core/canvas.js";

const ARROW = 64;
const MOST_DOTS = 120;

/** @param {CanvasRenderingContext2D} context @param {any} view {solution, step, phase, x, y, frame, inks, words} */
export function drawOverlay(context, view) {
  const { frame } = view;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  context.clip();
  drawPath(context, view);
  drawMinimum(context, view);
  drawStart(context, view);
  drawNow(context, view);
  context.restore();
}

const place = ({ solution, x, y }, row) => [
  x(solution.param(row, solution.axes[0])),
  y(solution.param(row, solution.axes[1])),
];
const isSeen = ([px, py]) => Number.isFinite(px) && Number.isFinite(py) && Math.abs(px) < 1e5 && Math.abs(py) < 1e5;

/** From row to row; what would not leave the pixel is not drawn. */
function trace(context, view, from, to) {
  let before = null;
  for (let row = from; row <= to; row++) {
    const at = place(view, row);
    if (!isSeen(at)) before = null;
    else if (before === null || row === to || far(before, at)) {
      context[before ? "lineTo" : "moveTo"](...at);
      before = at;
    }
  }
}

export const far = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) > 1;

function drawPath(context, view) {
  const { solution, step, inks } = view;
  haloed(context, { width: 1.4, color: inks.path, halo: "rgba(255,255,255,0.55)", dash: [3, 4], around: 0.8 }, (pen) =>
    trace(pen, view, step, solution.last),
  );
  haloed(context, { width: 2.6, color: inks.path, halo: "#fff", around: 1.6 }, (pen) => trace(pen, view, 0, step));
  if (solution.last > MOST_DOTS) return;
  context.fillStyle = inks.path;
  for (let row = 0; row <= solution.last; row++) {
    const at = place(view, row);
    if (isSeen(at)) dot(context, at, row <= step ? 3.2 : 2, "#fff", row <= step ? 1.2 : 0.6);
  }
}

function dot(context, [x, y], radius, edge, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.lineWidth = width;
  context.strokeStyle = edge;
  context.stroke();
}

function drawMinimum(context, view) {
  const { solution, x, y, inks } = view;
  const best = solution.optimum;
  if (!best) return;
  const [cx, cy] = [x(best[solution.axes[0]]), y(best[solution.axes[1]])];
  if (!isSeen([cx, cy])) return;
  haloed(context, { width: 2.4, color: "#111", halo: "#fff", around: 1.8 }, (pen) => {
    pen.moveTo(cx - 6, cy - 6);
    pen.lineTo(cx + 6, cy + 6);
    pen.moveTo(cx + 6, cy - 6);
    pen.lineTo(cx - 6, cy + 6);
  });
  const left = cx > view.frame.right - 80;
  label(context, view.words.minimum, cx + (left ? -11 : 11), cy + 1, {
    color: "#111",
    align: left ? "right" : "left",
    font: inks.font,
  });
}

function drawStart(context, view) {
  const [cx, cy] = place(view, 0);
  context.beginPath();
  context.rect(cx - 6, cy - 6, 12, 12);
  context.lineWidth = 5;
  context.strokeStyle = "#fff";
  context.stroke();
  context.lineWidth = 2.4;
  context.strokeStyle = view.inks.path;
  context.stroke();
}

/** −∇L in the coordinates of the picture, always equally long: its length says nothing here, its direction does. */
function drawNow(context, view) {
  const { solution, step, phase, x, y, inks } = view;
  const at = place(view, step);
  if (!isSeen(at)) return;
  const [p, q] = solution.axes;
  const [gp, gq] = [solution.slope(step, p), solution.slope(step, q)];
  const dx = -(gp ?? 0) * (x(1) - x(0));
  const dy = -(gq ?? 0) * (y(1) - y(0));
  const length = Math.hypot(dx, dy);
  const strong = phase === "gradient" || phase === "update";
  if (length > 0 && Number.isFinite(length) && phase !== "zero") {
    const [ux, uy] = [(dx / length) * ARROW, (dy / length) * ARROW];
    arrow(context, ...at, ux, uy, { width: strong ? 4 : 2.6, color: inks.arrow, halo: "#fff", around: 1.5 });
    label(context, "−∇L", at[0] + ux * 1.18, at[1] + uy * 1.18, {
      color: inks.arrow,
      align: ux < 0 ? "right" : "left",
      font: inks.font,
    });
  }
  if (phase === "update" && step < solution.last) {
    const next = place(view, step + 1);
    if (isSeen(next)) {
      haloed(context, { width: 2, color: inks.path, halo: "#fff", dash: [2, 3] }, (pen) =>
        pen.arc(next[0], next[1], 8, 0, 2 * Math.PI),
      );
    }
  }
  context.fillStyle = inks.path;
  dot(context, at, 7, "#fff", 2.5);
}
