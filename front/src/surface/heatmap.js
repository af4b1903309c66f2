/** The still part of the error surface from above: colours, contour lines, kinks, ellipse axes. Drawn once a solution. */
import { contours } from "d3-contour";
import { haloed } from "../core/canvas.js";
import { TABLE, shade } from "../core/colors.js";

/** @param {CanvasRenderingContext2D} context @param {any} view {solution, x, y, frame, show, inks} */
export function drawHeatmap(context, view) {
  const { frame } = view;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  context.clip();
  drawColours(context, view);
  drawContours(context, view);
  if (view.show("kinks")) drawKinks(context, view);
  if (view.show("ellipse")) drawEllipse(context, view);
  context.restore();
}

const small = new OffscreenCanvas(1, 1);

/** One pixel a cell, stretched so that the middle of each pixel lies where the loss was computed. */
function drawColours(context, { solution, frame }) {
  const [across, up] = solution.surface.shape;
  const place = shade(solution.levels);
  const image = new ImageData(across, up);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < across; i++) {
    for (let j = 0; j < up; j++) {
      const value = solution.surface[i * up + j];
      pixels[(up - 1 - j) * across + i] = Number.isNaN(value) ? 0 : TABLE[Math.round(255 * place(value))];
    }
  }
  if (small.width !== across || small.height !== up) [small.width, small.height] = [across, up];
  small.getContext("2d").putImageData(image, 0, 0);
  const cell = [(frame.right - frame.left) / (across - 1), (frame.bottom - frame.top) / (up - 1)];
  context.drawImage(small, frame.left - cell[0] / 2, frame.top - cell[1] / 2, cell[0] * across, cell[1] * up);
}

/** The contour lines in cells of the grid, kept with the solution: resizing does not look for them again. */
function linesOf(solution) {
  const [across, up] = solution.surface.shape;
  const turned = new Float64Array(across * up);
  const ceiling = solution.levels.at(-1) * 4;
  for (let i = 0; i < across; i++) {
    for (let j = 0; j < up; j++) {
      const value = solution.surface[i * up + j];
      turned[j * across + i] = Number.isFinite(value) ? value : ceiling;
    }
  }
  return contours()
    .size([across, up])
    .thresholds([...solution.levels].slice(1))(turned);
}

function drawContours(context, { solution, frame }) {
  solution.lines ??= linesOf(solution);
  const [across, up] = solution.surface.shape;
  const x = (column) => frame.left + ((column - 0.5) / (across - 1)) * (frame.right - frame.left);
  const y = (row) => frame.bottom - ((row - 0.5) / (up - 1)) * (frame.bottom - frame.top);
  context.beginPath();
  for (const { coordinates } of solution.lines) {
    for (const ring of coordinates.flat()) {
      ring.forEach(([column, row], index) =>
        index ? context.lineTo(x(column), y(row)) : context.moveTo(x(column), y(row)),
      );
    }
  }
  context.lineWidth = 0.8;
  context.strokeStyle = "rgba(255,255,255,0.5)";
  context.stroke();
}

/** Where a residual is zero: m·x + b = y, one line for each point. */
function drawKinks(context, { solution, x, y }) {
  const { kinks } = solution;
  if (!kinks?.length) return;
  context.beginPath();
  for (let at = 0; at < kinks.length; at += 4) {
    if (!Number.isFinite(kinks[at])) continue;
    context.moveTo(x(kinks[at]), y(kinks[at + 1]));
    context.lineTo(x(kinks[at + 2]), y(kinks[at + 3]));
  }
  context.setLineDash([5, 4]);
  context.lineWidth = 1;
  context.strokeStyle = "rgba(255,255,255,0.72)";
  context.stroke();
  context.setLineDash([]);
}

/** The two axes of the ellipses that a squared error has for contours, in their true directions and proportion. */
function drawEllipse(context, { solution, x, y }) {
  if (!solution.ellipse) return;
  const { centre, curvatures, directions } = solution.ellipse;
  const spans = [0, 1].map((index) => solution.range(index)[1] - solution.range(index)[0]);
  const axes = directions.map((direction, k) => direction.map((part) => part / Math.sqrt(curvatures[k])));
  const fit = Math.min(
    ...axes.flatMap((axis) => axis.map((part, index) => (0.42 * spans[index]) / Math.abs(part || 1e-300))),
  );
  if (!Number.isFinite(fit)) return;
  for (const [dx, dy] of axes.map((axis) => axis.map((part) => part * fit))) {
    haloed(context, { width: 1.5, color: "#fff", halo: "rgba(0,0,0,0.45)", dash: [8, 5], around: 1 }, (pen) => {
      pen.moveTo(x(centre[0] - dx), y(centre[1] - dy));
      pen.lineTo(x(centre[0] + dx), y(centre[1] + dy));
    });
  }
}
