/** Over the 3D surface: the box with its numbers, the path at the height of its loss, where the run is. */
import { haloed, label } from "../core/canvas.js";
import { ticks } from "../core/scale.js";
import { number, tick } from "../core/words.js";
import { far } from "./overlay.js";
import { HEIGHT } from "./space.js";

const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
];

export function drawBox(pen, { solution, box, camera, inks }) {
  const floor = (x, y) => camera.project(x, y, -HEIGHT);
  pen.strokeStyle = inks.line;
  pen.lineWidth = 1;
  pen.beginPath();
  CORNERS.forEach((corner, index) => pen[index ? "lineTo" : "moveTo"](...floor(...corner)));
  pen.closePath();
  pen.stroke();
  const nearest = (corners) =>
    corners.reduce((best, each) => (camera.depth(...each, 0) < camera.depth(...best, 0) ? each : best));
  const [nx, ny] = nearest(CORNERS);
  side(
    pen,
    inks,
    camera,
    solution.axes[0],
    box.sides[0],
    (u) => [u, ny, -HEIGHT],
    (u) => [u, ny * 1.16, -HEIGHT],
    (u) => [u, ny * 1.34, -HEIGHT],
  );
  side(
    pen,
    inks,
    camera,
    solution.axes[1],
    box.sides[1],
    (u) => [nx, u, -HEIGHT],
    (u) => [nx * 1.16, u, -HEIGHT],
    (u) => [nx * 1.34, u, -HEIGHT],
  );
  upright(pen, inks, camera, box);
}

function side(pen, inks, camera, name, range, edge, outside, farther) {
  const { values, step } = ticks(range, 4);
  const unit = (value) => (2 * (value - range[0])) / (range[1] - range[0]) - 1;
  for (const value of values) {
    const u = unit(value);
    pen.beginPath();
    pen.moveTo(...camera.project(...edge(u)));
    const [x, y] = camera.project(...outside(u));
    pen.lineTo((x + camera.project(...edge(u))[0]) / 2, (y + camera.project(...edge(u))[1]) / 2);
    pen.stroke();
    label(pen, tick(value, step), x, y, { color: inks.soft, halo: inks.paper, align: "center", font: inks.small });
  }
  label(pen, name, ...camera.project(...farther(0)), {
    color: inks.text,
    halo: inks.paper,
    align: "center",
    font: inks.italic,
  });
}

/** The loss axis stands at the corner that is farthest to the left on the screen. */
function upright(pen, inks, camera, box) {
  const [x, y] = CORNERS.reduce((best, each) =>
    camera.project(...each, 0)[0] < camera.project(...best, 0)[0] ? each : best,
  );
  pen.beginPath();
  pen.moveTo(...camera.project(x, y, -HEIGHT));
  pen.lineTo(...camera.project(x, y, HEIGHT));
  pen.stroke();
  const { values } = ticks(box.loss, 3);
  for (const value of values) {
    const [px, py] = camera.project(x, y, box.z(value));
    label(pen, number(value, 3), px - 6, py, { color: inks.soft, halo: inks.paper, align: "right", font: inks.small });
  }
  const [tx, ty] = camera.project(x, y, HEIGHT * 1.22);
  label(pen, "L", tx, ty, { color: inks.text, halo: inks.paper, align: "center", font: inks.italic });
}

export function drawPath3D(pen, view) {
  const { solution, step, inks } = view;
  trace(pen, view, step, solution.last, {
    width: 1.2,
    color: inks.path,
    halo: "rgba(255,255,255,.5)",
    dash: [3, 4],
    around: 0.7,
  });
  trace(pen, view, 0, step, { width: 2.8, color: inks.path, halo: "#fff", around: 1.6 });
  const best = solution.optimum;
  if (best?.loss !== undefined) cross(pen, view, spot(view, best[solution.axes[0]], best[solution.axes[1]], best.loss));
  const at = place(view, step);
  if (!at) return;
  const foot = view.camera.project(at.unit[0], at.unit[1], -HEIGHT);
  haloed(pen, { width: 1.2, color: inks.path, halo: "rgba(255,255,255,.6)", dash: [2, 3], around: 0.7 }, (line) => {
    line.moveTo(...at.pixel);
    line.lineTo(...foot);
  });
  pen.beginPath();
  pen.arc(...at.pixel, 7, 0, 2 * Math.PI);
  pen.fillStyle = inks.path;
  pen.fill();
  pen.lineWidth = 2.5;
  pen.strokeStyle = "#fff";
  pen.stroke();
}

function cross(pen, view, at) {
  if (!at) return;
  const [x, y] = at.pixel;
  haloed(pen, { width: 2.2, color: "#111", halo: "#fff", around: 1.6 }, (line) => {
    line.moveTo(x - 5, y - 5);
    line.lineTo(x + 5, y + 5);
    line.moveTo(x + 5, y - 5);
    line.lineTo(x - 5, y + 5);
  });
}

function spot({ box, camera }, p, q, loss) {
  const unit = [box.x(p), box.y(q), box.z(loss)];
  if (
    !unit.every(Number.isFinite) ||
    Math.abs(unit[0]) > 1.02 ||
    Math.abs(unit[1]) > 1.02 ||
    Math.abs(unit[2]) > HEIGHT * 1.3
  )
    return null;
  return { unit, pixel: camera.project(...unit) };
}

const place = (view, row) =>
  spot(
    view,
    view.solution.param(row, view.solution.axes[0]),
    view.solution.param(row, view.solution.axes[1]),
    view.solution.loss[row],
  );

function trace(pen, view, from, to, style) {
  haloed(pen, style, (line) => {
    let before = null;
    for (let row = from; row <= to; row++) {
      const at = place(view, row);
      if (at && before && row < to && !far(before.pixel, at.pixel)) continue;
      if (at) line[before ? "lineTo" : "moveTo"](...at.pixel);
      before = at;
    }
  });
}
