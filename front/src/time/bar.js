/** The time bar: back, play, forward, the scrubber, the phases of a step, and this step's numbers. */
import { eachFrame, h, s, say, set, uniqueId } from "../core/dom.js";
import { SPEEDS } from "../core/player.js";
import { number, steady, t } from "../core/words.js";
import { phaseBar } from "./phases.js";

/** @param {import("../app.js").Context} context */
export function timeBar(context) {
  const { store, player, on } = context;
  const id = uniqueId("step");
  const scrubber = h("input", {
    id,
    type: "range",
    min: 0,
    max: 1,
    step: 1,
    "data-field": "step",
    oninput: () => scrub(Number(scrubber.value)),
  });
  const place = h("output", { for: id, class: "place" });
  const play = button(ICONS.play, t("lab.play"), () => player.toggle(), "play");
  const speed = h(
    "select",
    { "aria-label": t("lab.speed"), "data-field": "speed", onchange: () => (player.speed = Number(speed.value)) },
    SPEEDS.map((each) => h("option", { value: each }, t("lab.steps_per_second", { count: each }))),
  );
  speed.value = String(player.speed);
  const readout = h("dl", { class: "readout" });

  function scrub(step) {
    player.stop();
    store.go(step, store.phase);
  }

  function sync() {
    const { solution, state } = store;
    if (!solution) return;
    set(scrubber, {
      max: solution.last,
      "aria-valuetext": t("lab.step_of", { step: state.step, last: solution.last }),
    });
    scrubber.value = String(state.step);
    say(place, t("lab.step_of", { step: state.step, last: solution.last }));
    showNumbers(readout, solution, state.step);
  }

  function syncPlay() {
    play.replaceChildren(icon(store.playing ? ICONS.pause : ICONS.play));
    set(play, {
      "aria-label": store.playing ? t("lab.pause") : t("lab.play"),
      title: store.playing ? t("lab.pause") : t("lab.play"),
    });
  }

  on("step", eachFrame(sync));
  on("solution", sync);
  on("play", syncPlay);
  sync();
  syncPlay();
  return h(
    "section",
    { class: "time", "aria-label": t("lab.time_title") },
    h(
      "div",
      { class: "row" },
      h(
        "div",
        { class: "transport" },
        button(ICONS.first, t("lab.to_start"), () => scrub(0), "first"),
        button(
          ICONS.back,
          t("lab.step_back"),
          () => {
            player.stop();
            player.back();
          },
          "back",
        ),
        play,
        button(
          ICONS.forward,
          t("lab.step_forward"),
          () => {
            player.stop();
            player.forward();
          },
          "forward",
        ),
        button(ICONS.last, t("lab.to_end"), () => scrub(Infinity), "last"),
      ),
      h("label", { for: id, class: "hidden" }, t("lab.scrubber")),
      scrubber,
      place,
      speed,
    ),
    h("div", { class: "row second" }, phaseBar(context), readout),
  );
}

const ICONS = {
  first: "M3 3h2.4v10H3zM13 3v10L6 8z",
  back: "M12 3v10L4 8z",
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M3.5 3h3.4v10H3.5zM9.1 3h3.4v10H9.1z",
  forward: "M3 3v10l7-5zM10.6 3H13v10h-2.4z",
  last: "M2 3v10l5.5-5zM7.5 3v10L13 8zM13 3h2v10h-2z",
};

const icon = (path) => s("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: path }));

function button(path, name, onclick, field = null) {
  return h(
    "button",
    {
      type: "button",
      "aria-label": name,
      title: name,
      onclick,
      "data-field": field,
      class: field === "first" || field === "last" ? "edge" : null,
    },
    icon(path),
  );
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
    set(shown, { "data-value": id, "data-exact": value, title: number(value, 16) });
  });
}
