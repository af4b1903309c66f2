/** A small chart of several lines over one axis: losses of a race, errors against Δ. */
import { drawAxes, frameOf } from "../core/axes.js";
import { h, onResize, s, set } from "../core/dom.js";
import { extent, linear, logarithmic } from "../core/scale.js";

const MANY = 300;

/** @param {{label: string, dispose: Function, onpick?: (x: number) => void}} options */
export function chart({ label, dispose, onpick }) {
  const axes = s("g", { class: "axes", "aria-hidden": "true" });
  const paths = s("g");
  const cursor = s("line", { class: "cursor" });
  const svg = s("svg", { class: "plot", role: "img", "aria-label": label }, axes, paths, cursor);
  const element = h("div", { class: "plot-box chart" }, svg);
  let latest = null;
  let scales = null;

  /** @param {{names: string[], lines: {values: ArrayLike<number>, at?: ArrayLike<number>, colour: string, dash: number[]}[], cursor?: number, logarithmic?: boolean}} picture */
  function draw(picture) {
    latest = picture;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!width) return;
    const frame = frameOf(width, height, { left: 58, right: 12, top: 10, bottom: 36 });
    scales = scalesFor(picture, frame);
    set(svg, { viewBox: `0 0 ${width} ${height}` });
    drawAxes(axes, { ...scales, frame, names: picture.names });
    paths.replaceChildren(
      ...picture.lines.map((line) =>
        s("path", {
          class: "line",
          d: pathOf(line, scales),
          style: `stroke:${line.colour};stroke-dasharray:${line.dash.join(" ") || "none"}`,
        }),
      ),
    );
    const at = picture.cursor === undefined ? NaN : scales.x(picture.cursor);
    set(
      cursor,
      Number.isFinite(at)
        ? { x1: at, x2: at, y1: frame.top, y2: frame.bottom, visibility: null }
        : { visibility: "hidden" },
    );
  }

  if (onpick) {
    element.style.cursor = "col-resize";
    element.addEventListener(
      "pointerdown",
      (event) => scales && onpick(scales.x.invert(event.clientX - element.getBoundingClientRect().left)),
    );
  }
  dispose(onResize(element, () => latest && draw(latest)));
  return { element, draw };
}

function scalesFor({ lines, logarithmic: both }, frame) {
  const xs = lines.map((line) => line.at ?? [0, line.values.length - 1]);
  const values = lines.map((line) =>
    Array.from(line.values).filter((value) => Number.isFinite(value) && (!both || value > 0)),
  );
  const [low, high] = extent(values, 0);
  const wide = both || (low > 0 && high / low > MANY);
  const span = extent(xs, 0);
  return {
    x: (both ? logarithmic : linear)(span, [frame.left, frame.right]),
    y: wide
      ? logarithmic([low / 2, high * 2], [frame.bottom, frame.top])
      : linear(extent(values), [frame.bottom, frame.top]),
  };
}

/** Through the values that the axes can show; a gap where there is none. */
export function pathOf({ values, at }, { x, y }) {
  let d = "";
  let drawing = false;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const there = Number.isFinite(value) && (!y.log || value > 0);
    if (there) d += `${drawing ? "L" : "M"}${x(at ? at[index] : index).toFixed(1)},${y(value).toFixed(1)}`;
    drawing = there;
  }
  return d || null;
}
