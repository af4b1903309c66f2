/** The same mesh without WebGL2: the farthest quadrilaterals first, on a 2D canvas. */
import { createCanvas } from "../core/canvas.js";
import { shade, viridis } from "../core/colors.js";

const MOST_SIDES = 48;

export function createPainter() {
  const canvas = createCanvas("mesh");
  let quads = [];

  function load(solution, box) {
    const [across, up] = solution.surface.shape;
    const every = Math.max(1, Math.ceil(Math.max(across, up) / MOST_SIDES));
    const place = shade(solution.levels);
    const corner = (i, j) => {
      const [column, row] = [Math.min(i, across - 1), Math.min(j, up - 1)];
      const value = solution.surface[column * up + row];
      return [(2 * column) / (across - 1) - 1, (2 * row) / (up - 1) - 1, box.z(value), value];
    };
    quads = [];
    for (let i = 0; i < across - 1; i += every) {
      for (let j = 0; j < up - 1; j += every) {
        const corners = [corner(i, j), corner(i + every, j), corner(i + every, j + every), corner(i, j + every)];
        if (!corners.every((each) => Number.isFinite(each[3]))) continue;
        const colour = viridis(corners.reduce((sum, each) => sum + place(each[3]) / 4, 0));
        quads.push({ corners, colour: `rgb(${colour.map(Math.round)})` });
      }
    }
  }

  function draw(width, height, { project, depth }) {
    canvas.fit(canvas.element.parentElement);
    canvas.clear();
    const pen = canvas.context;
    const far = (quad) => depth(...quad.corners[0]) + depth(...quad.corners[2]);
    for (const quad of [...quads].sort((a, b) => far(b) - far(a))) {
      pen.beginPath();
      quad.corners.forEach((corner, index) => pen[index ? "lineTo" : "moveTo"](...project(...corner)));
      pen.closePath();
      pen.fillStyle = pen.strokeStyle = quad.colour;
      pen.fill();
      pen.stroke();
    }
  }

  return { element: canvas.element, load, draw, dispose() {} };
}
