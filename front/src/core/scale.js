/** From numbers to pixels and back, and where the ticks of an axis stand. */

/** @typedef {{(value: number): number, invert: (pixel: number) => number, domain: number[], range: number[], log: boolean}} Scale */

/** @param {number[]} domain @param {number[]} range @returns {Scale} */
export function linear([low, high], [from, to]) {
  const span = high - low || 1;
  const scale = (value) => from + ((value - low) / span) * (to - from);
  return Object.assign(scale, {
    invert: (pixel) => low + ((pixel - from) / (to - from)) * span,
    domain: [low, high],
    range: [from, to],
    log: false,
  });
}

/** @param {number[]} domain both above 0 @param {number[]} range @returns {Scale} */
export function logarithmic([low, high], [from, to]) {
  const inner = linear([Math.log10(low), Math.log10(high)], [from, to]);
  const scale = (value) => inner(Math.log10(value));
  return Object.assign(scale, {
    invert: (pixel) => 10 ** inner.invert(pixel),
    domain: [low, high],
    range: [from, to],
    log: true,
  });
}

/** Round tick values within the domain, about `count` of them. @returns {{values: number[], step: number}} */
export function ticks([low, high], count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return { values: [], step: 1 };
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
  const values = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) values.push(k * step);
  return { values, step };
}

/** Powers of ten within the domain, thinned to at most `count`. */
export function powers([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const values = [];
  for (let k = first; k <= last; k += every) values.push(10 ** k);
  return values;
}

/** Lowest and highest finite value of several lists, with some room around. */
export function extent(lists, room = 0.06) {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return [0, 1];
  const margin = (high - low || Math.abs(low) || 1) * room;
  return [low - margin, high + margin];
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
