/** The whole state of the lab: what is solved, which step is looked at, and how it is shown. Plain JSON. */

/**
 * @typedef {{x: number[], y: number[]}} Points
 * @typedef {{kind: "line", m: number, b: number, n: number, sigma: number, range: number, seed: number}
 *   | {kind: "dataset", name: string} | {kind: "own"}} Source
 * @typedef {{v: 1, points: Points, source: Source, model: string, loss: string, gradient: string, delta: number | null,
 *   kink: number, optimizer: string, lr: number, steps: number, start: Record<string, number>, freeze: string[],
 *   batch: number | null, seed: number, standardise: boolean, axes: string[] | null, window: Record<string, number[]> | null,
 *   grid: number, step: number, view: View}} State
 * @typedef {{lang?: string, theme?: string, hide?: string[], lock?: string[], tab?: string, situation?: string}} View
 */

export const LESSON_SOURCE = { kind: "line", m: 0.5, b: 0, n: 50, sigma: 2, range: 50, seed: 0 };

/** @type {State} */
export const DEFAULT = {
  v: 1,
  points: { x: [], y: [] },
  source: LESSON_SOURCE,
  model: "line",
  loss: "mae",
  gradient: "autograd",
  delta: null,
  kink: 0,
  optimizer: "sgd",
  lr: 0.001,
  steps: 25,
  start: { m: 0.8, b: 0 },
  freeze: ["b"],
  batch: null,
  seed: 0,
  standardise: false,
  axes: null,
  window: null,
  grid: 100,
  step: 0,
  view: {},
};

export const MOST_STEPS = 2000;

/** What of the state decides the solution: all but the step looked at and the view. @param {State} state */
export function toSolve(state) {
  const { step, view, ...rest } = state;
  return rest;
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export const usesDelta = (state) => state.gradient.startsWith("finite-difference");
