/** A canvas that is as sharp as the screen and as large as its box. */
import { h } from "./dom.js";

/** @param {string} name class of the canvas */
export function createCanvas(name) {
  const element = h("canvas", { class: name, "aria-hidden": "true" });
  const context = element.getContext("2d");
  let width = 0;
  let height = 0;
  /** Fit to the box of `around`; the size in CSS pixels. */
  function fit(around) {
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    width = around.clientWidth;
    height = around.clientHeight;
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (element.width !== pixels[0]) element.width = pixels[0];
    if (element.height !== pixels[1]) element.height = pixels[1];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return [width, height];
  }
  const clear = () => context.clearRect(0, 0, width, height);
  return { element, context, fit, clear };
}

/** A line with a halo under it, so that it can be seen on any colour. */
export function haloed(context, { width = 2, color, halo = "#fff", dash = [], around = 2 }, trace) {
  context.lineJoin = context.lineCap = "round";
  for (const [stroke, extra, pattern] of [
    [halo, 2 * around, []],
    [color, 0, dash],
  ]) {
    context.beginPath();
    trace(context);
    context.setLineDash(pattern);
    context.lineWidth = width + extra;
    context.strokeStyle = stroke;
    context.stroke();
  }
  context.setLineDash([]);
}

/** Text with a halo. */
export function label(context, text, x, y, { color, halo = "#fff", align = "left", baseline = "middle", font } = {}) {
  if (font) context.font = font;
  context.textAlign = align;
  context.textBaseline = baseline;
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** An arrow from (x, y) along (dx, dy). */
export function arrow(context, x, y, dx, dy, style) {
  const length = Math.hypot(dx, dy);
  if (!(length > 1)) return;
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(11, length * 0.6);
  haloed(context, style, (pen) => {
    pen.moveTo(x, y);
    pen.lineTo(x + dx, y + dy);
    pen.moveTo(x + dx - head * (ux - 0.55 * uy), y + dy - head * (uy + 0.55 * ux));
    pen.lineTo(x + dx, y + dy);
    pen.lineTo(x + dx - head * (ux + 0.55 * uy), y + dy - head * (uy - 0.55 * ux));
  });
}
