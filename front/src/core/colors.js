/** Colours of pictures: viridis for the loss, the page's own custom properties for everything else. */

// Viridis at 16 places (Smith and van der Walt 2015, CC0); between them the mean is within one of 255.
const VIRIDIS = [
  "440154",
  "481a6c",
  "472f7d",
  "414487",
  "39568c",
  "31688e",
  "2a788e",
  "23888e",
  "1f988b",
  "22a884",
  "35b779",
  "54c568",
  "7ad151",
  "a5db36",
  "d2e21b",
  "fde725",
].map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** Viridis at t in [0, 1] as [r, g, b] of 255. */
export function viridis(t) {
  const place = Math.min(1, Math.max(0, t)) * 15;
  const index = Math.min(14, Math.floor(place));
  const part = place - index;
  return VIRIDIS[index].map((value, channel) => value + (VIRIDIS[index + 1][channel] - value) * part);
}

/** A 256-entry table of viridis, packed for an ImageData. */
export const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  const [r, g, b] = viridis(index / 255).map(Math.round);
  return (255 << 24) | (b << 16) | (g << 8) | r;
});

/** Where a loss stands among the contour levels, in [0, 1]: each band takes an equal share of the colours. */
export function shade(levels) {
  const last = levels.length - 1;
  return (value) => {
    if (!(value > levels[0])) return 0;
    if (value >= levels[last]) return 1;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (levels[middle] <= value) low = middle;
      else high = middle;
    }
    return (low + (value - levels[low]) / (levels[high] - levels[low] || 1)) / last;
  };
}

/** The value of a custom property at an element, for canvases. */
export const ink = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
