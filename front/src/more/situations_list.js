/**
 * The eight situations. `answer` reads from what then happened which of the options came true: comparisons only.
 * @typedef {{id: string, state: any, options: string[], answer: (solution: any, detail: any) => number}} Situation
 */

const LINE = { m: 0.8, b: 0 };
const last = (solution, name) => solution.param(solution.last, name);
const moved = (solution, name) => Math.abs(last(solution, name) - solution.param(0, name));

/** @type {Situation[]} */
export const SITUATIONS = [
  {
    id: "speeds",
    state: {
      points: { x: [4], y: [4] },
      source: { kind: "own" },
      start: { m: 0, b: 0 },
      freeze: [],
      lr: 0.01,
      steps: 20,
      window: { m: [-5, 5], b: [-5, 5] },
    },
    options: ["m", "same", "b"],
    answer: (solution) => compare(Math.abs(solution.slope(0, "b")), Math.abs(solution.slope(0, "m"))),
  },
  {
    id: "delta",
    state: {
      loss: "mse",
      gradient: "finite-difference:forward",
      delta: 0.2,
      lr: 0.0005,
      steps: 60,
      start: LINE,
      freeze: ["b"],
    },
    options: ["minimum", "beside", "away"],
    answer: (solution) =>
      solution.outcome.kind === "diverged"
        ? 2
        : Math.abs(last(solution, "m") - solution.least_squares.m) < 0.01
          ? 0
          : 1,
  },
  {
    id: "sign",
    state: { gradient: "chain-rule", start: LINE, steps: 25 },
    options: ["smaller", "same", "larger"],
    answer: (solution) => compare(solution.param(1, "m"), solution.param(0, "m")),
  },
  {
    id: "kink",
    state: { gradient: "chain-rule", lr: 0.01, steps: 60, start: LINE },
    options: ["settles", "hops", "away"],
    answer: (solution) => (solution.outcome.kind === "diverged" ? 2 : hops(solution) ? 1 : 0),
  },
  {
    id: "autograd",
    state: { gradient: "autograd", start: LINE, steps: 25 },
    options: ["few", "half", "all"],
    answer: (_, detail) => compare(Math.min(detail.digits["chain-rule"].m, detail.digits["chain-rule"].b), 10, 4),
  },
  {
    id: "both",
    state: { loss: "mse", lr: 0.0008, steps: 200, start: LINE, freeze: [] },
    options: ["m", "same", "b"],
    answer: (solution) => compare(moved(solution, "b"), moved(solution, "m"), 0.02),
  },
  {
    id: "too_high",
    state: { loss: "mse", lr: 0.0013, steps: 60, start: LINE, freeze: [] },
    options: ["settles", "hops", "away"],
    answer: (solution) => (solution.outcome.kind === "diverged" ? 2 : 0),
  },
  {
    id: "standardise",
    state: { loss: "mse", lr: 0.3, steps: 60, start: { m: 0, b: 0 }, freeze: [], standardise: true },
    options: ["ten", "hundred", "never"],
    answer: (solution) =>
      solution.outcome.kind === "diverged" ? 2 : Math.abs(solution.param(20, "m") - last(solution, "m")) < 0.01 ? 0 : 1,
  },
];

/** 0 where `a` is the smaller by more than `near`, 1 where both are alike, 2 where `a` is the larger. */
function compare(a, b, near = 1e-12) {
  return Math.abs(a - b) <= near ? 1 : a < b ? 0 : 2;
}

/** Whether m goes up and down in turns at the end. */
function hops(solution) {
  const signs = Array.from({ length: 12 }, (_, k) => Math.sign(solution.slope(solution.last - k, "m")));
  return signs.some((sign) => sign > 0) && signs.some((sign) => sign < 0);
}
