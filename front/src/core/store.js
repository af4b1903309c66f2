/** The lab's one store: state, latest solution, what is looked at. Panes listen; requests go out from here. */
import { createRequests } from "./requests.js";
import { clamp } from "./scale.js";
import { solutionOf } from "./solution.js";
import { DEFAULT, same, toSolve } from "./state.js";
import { getLanguage } from "./words.js";

export const PHASES = ["predict", "loss", "gradient", "update", "zero"];

/**
 * Events: state, solution, step, detail, connection, play, view, refused, welcome.
 * @param {any} model a host's model (anywidget's interface)
 * @param {Partial<import("./state.js").State>} said what the link says
 */
export function createStore(model, said) {
  const listeners = new Map();
  const store = {
    /** @type {import("./state.js").State} */
    state: { ...structuredClone(DEFAULT), ...said, view: { ...said.view } },
    /** @type {any} */ welcome: null,
    /** @type {import("./solution.js").Solution | null} */ solution: null,
    /** @type {any} */ detail: null,
    /** @type {any} */ refusal: null,
    phase: null,
    playing: false,
    online: true,
    dragging: false,
    solves: 0,
    on,
    emit,
    change,
    view,
    go,
    setPhase,
    look,
    ask,
    load,
    solve,
    idle: () => requests.idle(),
    /** By the link, or because the page is a recording, which can be looked at and not changed. */
    locked: (id) => Boolean(store.welcome?.recorded) || (store.state.view.lock ?? []).includes(id),
    hidden: (id) => (store.state.view.hide ?? []).includes(id),
  };
  const requests = createRequests(model, refuse);

  function on(event, listener) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
    return () => listeners.get(event).delete(listener);
  }

  function emit(event, detail) {
    [...(listeners.get(event) ?? [])].forEach((listener) => listener(detail));
  }

  /** A question in the language in force: the sentences of the answer are in it. */
  function ask(kind, message, answer) {
    requests.ask(kind, { lang: getLanguage(), ...message }, answer);
  }

  /** What belongs to one pane alone is told there. */
  function refuse(refusal) {
    if (refusal.kind !== "solve" && refusal.kind !== "points" && refusal.kind !== "csv")
      return emit(`refused-${refusal.kind}`, refusal);
    store.refusal = refusal;
    emit("refused", refusal);
  }

  /** Change what is solved; the whole trajectory is asked for anew. */
  function change(patch) {
    if (store.welcome?.recorded) return;
    const before = store.state;
    store.state = { ...before, ...patch };
    if (same(toSolve(before), toSolve(store.state))) return;
    emit("state");
    solve();
  }

  /** Change how it is shown. */
  function view(patch) {
    store.state = { ...store.state, view: { ...store.state.view, ...patch } };
    emit("view", patch);
  }

  function solve() {
    const asked = store.state;
    ask("solve", { state: toSolve(asked) }, (header, buffers) => {
      store.refusal = null;
      store.solves += 1;
      store.solution = solutionOf(header, buffers);
      store.solution.points = asked.points;
      adopt(store.solution, asked);
      store.state.step = clamp(store.state.step, 0, store.solution.last);
      emit("solution");
      emit("step");
      look();
    });
  }

  /** The start that the session chose because the state left it open: of a model seen for the first time. */
  function adopt(solution, asked) {
    if (asked.model !== store.state.model || solution.names.every((name) => name in store.state.start)) return;
    store.state.start = Object.fromEntries(solution.names.map((name) => [name, solution.param(0, name)]));
    emit("state");
  }

  function go(step, phase = null) {
    if (!store.solution) return;
    const next = clamp(Math.round(step), 0, store.solution.last);
    if (next === store.state.step && phase === store.phase) return;
    const moved = next !== store.state.step;
    store.state.step = next;
    store.phase = phase;
    emit("step");
    if (moved) look();
  }

  function setPhase(phase) {
    store.phase = phase;
    emit("step");
  }

  /** The inside of the step looked at; only while its pane is open. */
  function look() {
    if (!store.solution || (store.state.view.tab ?? "step") !== "step") return;
    const index = store.state.step;
    ask("step", { state: toSolve(store.state), index }, (header, buffers) => {
      store.detail = { ...header, ...buffers };
      emit("detail");
    });
  }

  /** Take over a state as a whole: from a link, or a situation. */
  function load(partial) {
    store.phase = null;
    store.state = { ...structuredClone(DEFAULT), ...partial, view: { ...store.state.view, ...partial.view } };
    const { source, points } = store.state;
    if (source.kind === "own" || points.x.length) return finish(points);
    ask("points", { source }, (header, buffers) => finish(pointsOf(header, buffers)));
  }

  function finish(points) {
    store.state.points = points;
    emit("state");
    emit("view", {});
    solve();
  }

  model.on("connection", (online) => {
    store.online = online;
    emit("connection");
    if (online && store.welcome) {
      requests.restart();
      solve();
    }
  });

  ask("hello", {}, (header) => {
    store.welcome = header;
    emit("welcome");
    const initial = Object.keys(said).length > 1 ? said : { ...header.state, ...said };
    load(initial);
  });
  return store;
}

/** @typedef {ReturnType<typeof createStore>} Store */

/** Points from an answer: as lists in the header, or as buffers. */
export function pointsOf(header, buffers) {
  const points = header.points ?? { x: buffers.x, y: buffers.y };
  return { x: Array.from(points.x), y: Array.from(points.y) };
}
