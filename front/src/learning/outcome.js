/** How the run ended, as it is: done, converged, diverged. */
import { h, say } from "../core/dom.js";
import { has, localised, t } from "../core/words.js";

const SIGNS = { "steps-done": "✓", converged: "✓✓", diverged: "⚠", interrupted: "…" };

/** @param {import("../core/store.js").Store} store */
export function outcomeLine(store) {
  const sign = h("span", { class: "sign", "aria-hidden": "true" });
  const sentence = h("span");
  const element = h("p", { class: "outcome" }, sign, sentence);
  function sync() {
    const outcome = store.solution?.outcome;
    if (!outcome) return;
    element.dataset.kind = outcome.kind;
    say(sign, SIGNS[outcome.kind] ?? "");
    say(sentence, sentenceOf(outcome));
  }
  sync();
  return { element, sync };
}

/** Sentences that came with their keys are said in the language in force; one without, as it came. */
export function sentenceOf({ key, values, sentence, sentences }) {
  if (sentences?.length && sentences.every((each) => has(each.key)))
    return sentences.map((each) => t(each.key, each.values)).join(" ");
  return key && has(key) ? t(key, values) : localised(sentence ?? "");
}
