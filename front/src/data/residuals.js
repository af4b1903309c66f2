/** Residuals as what the loss makes of them: bars for an absolute error, squares for a squared one. */
import { s, set } from "../core/dom.js";

/** Squares larger than the picture are drawn without a filling, or they would hide everything. */
const HUGE = 900;

const squared = (loss) => loss === "mse";

/**
 * @param {Element} group
 * @param {{points: import("../core/state.js").Points, prediction: Float32Array, loss: string, x: any, y: any}} what
 */
export function drawResiduals(group, { points, prediction, loss, x, y }) {
  const count = Math.min(points.x.length, prediction.length);
  const tag = squared(loss) ? "rect" : "line";
  if (group.firstChild?.nodeName !== tag) group.replaceChildren();
  while (group.childNodes.length > count) group.lastChild.remove();
  while (group.childNodes.length < count) group.append(s(tag));
  const draw = squared(loss) ? square : bar;
  for (let i = 0; i < count; i++)
    draw(group.childNodes[i], x(points.x[i]), y(points.y[i]), y(prediction[i]), y(points.y[i]) < y(prediction[i]));
}

function bar(line, x, from, to) {
  if (!Number.isFinite(to)) return set(line, { x1: null, x2: null, y1: null, y2: null });
  set(line, { x1: x, x2: x, y1: from, y2: to });
}

/** On the side where there is the less to cover: left of points above the model, right of those below. */
function square(rect, x, from, to, above) {
  const side = Number.isFinite(to) ? Math.abs(to - from) : 0;
  set(rect, {
    class: side > HUGE ? "huge" : null,
    x: above ? x - side : x,
    y: Math.min(from, to),
    width: side,
    height: side,
  });
}
