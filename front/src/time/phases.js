/** The five phases of one step, as a bar: each shows its part in every pane and its line of PyTorch. */
import { h, set } from "../core/dom.js";
import { PHASES } from "../core/store.js";
import { t } from "../core/words.js";

/** @param {import("../app.js").Context} context */
export function phaseBar({ store, player, on }) {
  const buttons = PHASES.map((phase) =>
    h(
      "button",
      { type: "button", "data-phase": phase, "data-field": `phase-${phase}`, onclick: () => choose(phase) },
      t(`lab.phase_${phase}`),
    ),
  );
  function choose(phase) {
    player.stop();
    store.setPhase(store.phase === phase ? null : phase);
  }
  function sync() {
    buttons.forEach((button, index) => set(button, { "aria-pressed": String(PHASES[index] === store.phase) }));
  }
  on("step", sync);
  sync();
  const next = h(
    "button",
    {
      type: "button",
      class: "next",
      "data-field": "phase-next",
      title: t("lab.next_phase"),
      "aria-label": t("lab.next_phase"),
      onclick: () => {
        player.stop();
        player.nextPhase();
      },
    },
    "↷",
  );
  return h("div", { class: "phases", role: "group", "aria-label": t("lab.phases") }, buttons, next);
}
