/** Time: play at so many steps a second, or phase by phase when a phase is being looked at. */
import { PHASES } from "./store.js";

export const SPEEDS = [1, 2, 5, 10, 25, 60, 200];
const PHASES_PER_SECOND = 0.8;

/** @param {import("./store.js").Store} store */
export function createPlayer(store) {
  let frame = 0;
  let then = 0;
  let due = 0;
  const player = { speed: 10, toggle, stop, forward, back, nextPhase, previousPhase };

  function toggle() {
    if (store.playing) return stop();
    if (!store.solution) return;
    if (store.state.step >= store.solution.last) store.go(0, store.phase);
    store.playing = true;
    then = performance.now();
    due = 0;
    store.emit("play");
    frame = requestAnimationFrame(tick);
  }

  function stop() {
    if (!store.playing) return;
    cancelAnimationFrame(frame);
    store.playing = false;
    store.emit("play");
  }

  function tick(now) {
    const rate = store.phase === null ? player.speed : Math.max(PHASES_PER_SECOND, player.speed * 0.12);
    due += ((now - then) / 1000) * rate;
    then = now;
    const whole = Math.floor(due);
    due -= whole;
    if (whole > 0) {
      if (store.phase === null) store.go(store.state.step + whole);
      else nextPhase();
      if (store.state.step >= store.solution.last) return stop();
    }
    frame = requestAnimationFrame(tick);
  }

  function forward(by = 1) {
    store.go(store.state.step + by, store.phase);
  }

  function back(by = 1) {
    store.go(store.state.step - by, store.phase);
  }

  function nextPhase() {
    const at = store.phase === null ? -1 : PHASES.indexOf(store.phase);
    if (at < PHASES.length - 1) store.setPhase(PHASES[at + 1]);
    else if (store.state.step < store.solution.last) store.go(store.state.step + 1, PHASES[0]);
  }

  function previousPhase() {
    const at = store.phase === null ? 0 : PHASES.indexOf(store.phase);
    if (at > 0) store.setPhase(PHASES[at - 1]);
    else if (store.state.step > 0) store.go(store.state.step - 1, PHASES.at(-1));
  }

  return player;
}
