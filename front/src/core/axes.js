/** Axes of a picture, in SVG: lines, ticks in the language's numbers, names. */
import { s } from "./dom.js";
import { powers, ticks } from "./scale.js";
import { power, tick } from "./words.js";

export const MARGIN = { left: 50, right: 12, top: 10, bottom: 36 };

/** The plot's rectangle within a box of that size. */
export function frameOf(width, height, margin = MARGIN) {
  return { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
}

function marks(scale, count) {
  if (scale.log) return powers(scale.domain, count).map((value) => [value, power(value)]);
  const { values, step } = ticks(scale.domain, count);
  return values.map((value) => [value, tick(value, step)]);
}

/**
 * @param {Element} group what is replaced
 * @param {{x: any, y: any, frame: ReturnType<typeof frameOf>, names: string[], grid?: boolean}} axes
 */
export function drawAxes(group, { x, y, frame, names, grid = true }) {
  const across = marks(x, Math.max(2, (frame.right - frame.left) / 70));
  const up = marks(y, Math.max(2, Math.min(8, (frame.bottom - frame.top) / 30)));
  const middle = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
  group.replaceChildren(
    ...across.flatMap(([value, text]) => [
      s("line", {
        class: grid ? "grid" : "tick",
        x1: x(value),
        x2: x(value),
        y1: grid ? frame.top : frame.bottom,
        y2: frame.bottom + (grid ? 0 : 4),
      }),
      s("text", { class: "tick", x: x(value), y: frame.bottom + 15, "text-anchor": "middle" }, text),
    ]),
    ...up.flatMap(([value, text]) => [
      s("line", {
        class: grid ? "grid" : "tick",
        x1: frame.left - (grid ? 0 : 4),
        x2: grid ? frame.right : frame.left,
        y1: y(value),
        y2: y(value),
      }),
      s("text", { class: "tick", x: frame.left - 6, y: y(value) + 4, "text-anchor": "end" }, text),
    ]),
    s("path", { class: "axis", d: `M${frame.left},${frame.top}V${frame.bottom}H${frame.right}` }),
    s("text", { class: "name", x: middle[0], y: frame.bottom + 31, "text-anchor": "middle" }, names[0]),
    s(
      "text",
      { class: "name", x: 12, y: middle[1], "text-anchor": "middle", transform: `rotate(-90 12 ${middle[1]})` },
      names[1],
    ),
  );
}
