/** The lr on a scale of powers of ten, with the largest stable one marked where it is known. */
import { h, say } from "../core/dom.js";
import { number, t } from "../core/words.js";
import { sliderField } from "./fields.js";

const LOW = 1e-7;
const HIGH = 10;

/** @param {import("../core/store.js").Store} store */
export function lrField(store) {
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const field = sliderField({
    id: "lr",
    label: t("lab.lr"),
    value: () => store.state.lr,
    low: LOW,
    high: HIGH,
    log: true,
    marks: mark,
    onchange: (lr) => store.change({ lr }),
  });
  const note = h("p", { class: "quiet" });
  field.element.append(note);
  function sync() {
    field.sync();
    const stable = store.solution?.stable_lr ?? null;
    const there = stable !== null && stable > LOW && stable < HIGH;
    mark.hidden = !there;
    if (there) mark.style.setProperty("--at", String(Math.log10(stable / LOW) / Math.log10(HIGH / LOW)));
    say(note, stable === null ? t("lab.stable_lr_none") : t("lab.stable_lr", { value: number(stable, 3) }));
    field.element.classList.toggle("over", stable !== null && store.state.lr > stable);
  }
  sync();
  return { element: field.element, sync };
}
