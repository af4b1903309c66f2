/** The time bar: back, play, forward, the scrubber, the phases of a step, and this step's numbers. */
import { eachFrame, h, say, set, uniqueId } from "../core/dom.js";
import { SPEEDS } from "../core/player.js";
import { number, steady, t } from "../core/words.js";
import { phaseBar } from "./phases.js";

/** @param {import("../app.js").Context} context */
export function timeBar(context) {
  const { store, player, on } = context;
  const id = uniqueId("step");
  const scrubber = h("input", { id, type: "range", min: 0, max: 1, step: 1, "data-field": "step", oninput: () => scrub(Number(scrubber.value)) });
  const place = h("output", { for: id, class: "place" });
  const play = button("▶", t("lab.play"), () => player.toggle(), "play");
  const speed = h("select", { "aria-label": t("lab.speed"), "data-field": "speed", onchange: () => (player.speed = Number(speed.value)) },
    SPEEDS.map((each) => h("option", { value: each }, t("lab.steps_per_second", { count: each })))); // prettier-ignore
  speed.value = String(player.speed);
  const readout = h("dl", { class: "readout" });

  function scrub(step) {
    player.stop();
    store.go(step, store.phase);
  }

  function sync() {
    const { solution, state } = store;
    if (!solution) return;
    set(scrubber, { max: solution.last, "aria-valuetext": t("lab.step_of", { step: state.step, last: solution.last }) });
    scrubber.value = String(state.step);
    say(place, t("lab.step_of", { step: state.step, last: solution.last }));
    showNumbers(readout, solution, state.step);
  }

  function syncPlay() {
    say(play, store.playing ? "❚❚" : "▶");
    set(play, { "aria-label": store.playing ? t("lab.pause") : t("lab.play"), title: store.playing ? t("lab.pause") : t("lab.play") });
  }

  on("step", eachFrame(sync));
  on("solution", sync);
  on("play", syncPlay);
  sync();
  syncPlay();
  return h("section", { class: "time", "aria-label": t("lab.time_title") },
    h("div", { class: "row" },
      h("div", { class: "transport" },
        button("⏮", t("lab.to_start"), () => scrub(0)),
        button("◀", t("lab.step_back"), () => { player.stop(); player.back(); }, "back"),
        play,
        button("▶❘", t("lab.step_forward"), () => { player.stop(); player.forward(); }, "forward"),
        button("⏭", t("lab.to_end"), () => scrub(Infinity))),
      h("label", { for: id, class: "hidden" }, t("lab.scrubber")), scrubber, place, speed),
    h("div", { class: "row second" }, phaseBar(context), readout)); // prettier-ignore
}

function button(text, name, onclick, field = null) {
  return h("button", { type: "button", "aria-label": name, title: name, onclick, "data-field": field }, text);
}

function showNumbers(list, solution, step) {
  const cells = [["L", solution.loss[step], "loss"]];
  for (const name of solution.names.slice(0, 4)) {
    cells.push([name, solution.param(step, name), `param-${name}`]);
    cells.push([`∂L/∂${name}`, solution.slope(step, name), `grad-${name}`]);
  }
  while (list.children.length > cells.length) list.lastChild.remove();
  while (list.children.length < cells.length) list.append(h("div", {}, h("dt"), h("dd")));
  cells.forEach(([name, value, id], index) => {
    const [term, shown] = list.children[index].children;
    say(term, name);
    say(shown, steady(value));
    set(shown, { "data-value": id, title: number(value, 16) });
  });
}
