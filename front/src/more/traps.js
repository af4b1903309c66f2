/** The trap gallery: six loops that look right, run for real beside the right one. */
import { drawAxes, frameOf } from "../core/axes.js";
import { h, onResize, s, set } from "../core/dom.js";
import { extent, linear, logarithmic } from "../core/scale.js";
import { toSolve } from "../core/state.js";
import { localised, t } from "../core/words.js";
import { sentenceOf } from "../learning/outcome.js";
import { coloured } from "../step/code.js";

const TRAPS = ["no-zero", "rebind", "no-no-grad", "wrong-sign", "broadcast", "lr-too-high"];
const word = (name) => name.replaceAll("-", "_");
let chosen = TRAPS[0];

/** @param {import("../app.js").Context} context */
export function trapsTab({ store, on, dispose }) {
  const buttons = TRAPS.map((name) => h("button", { type: "button", "data-field": `trap-${name}`, onclick: () => open(name) }, t(`lab.trap_${word(name)}`)));
  const told = h("div", { class: "trap-told", "aria-live": "polite" });

  function open(name) {
    chosen = name;
    buttons.forEach((button, index) => set(button, { "aria-pressed": String(TRAPS[index] === name) }));
    store.ask("trap", { name, state: toSolve(store.state) }, (header, buffers) => {
      if (header.name === chosen) told.replaceChildren(...shown(header, buffers, dispose));
    });
  }
  on("solution", () => open(chosen));
  on("refused-trap", (refusal) => told.replaceChildren(h("p", { class: "quiet" }, sentenceOf(refusal))));
  if (store.solution) open(chosen);
  return h("div", { class: "traps" }, h("div", { class: "choices", role: "group", "aria-label": t("lab.tab_traps") }, buttons), told);
}

function shown(trap, buffers, dispose) {
  const wrongLines = new Set(trap.differs?.wrong ?? trap.differs ?? []);
  const rightLines = new Set(trap.differs?.right ?? []);
  return [
    h("p", { class: "trap-about" }, t(`lab.trap_about_${word(trap.name)}`)),
    h("div", { class: "two" },
      listing(t("lab.trap_wrong"), trap.code_wrong, wrongLines, "wrong"),
      listing(t("lab.trap_right"), trap.code_right, rightLines, "right"),
      h("section", { class: "card", "aria-label": t("lab.trap_says") },
        h("h3", {}, t("lab.trap_pytorch")),
        trap.raised ? h("pre", { class: "raised scroll-x", tabindex: 0 }, trap.raised) : h("p", {}, t("lab.trap_silent")),
        h("h3", {}, t("lab.trap_doctor")),
        trap.findings?.length ? h("ul", { class: "findings" }, trap.findings.map((finding) => h("li", {}, h("code", {}, finding.code), " ", localised(finding.sentence ?? "")))) : h("p", {}, t("lab.trap_no_finding"))),
      lossChart(buffers, dispose)),
  ]; // prettier-ignore
}

function listing(title, code, lines, kind) {
  return h("section", { class: "card", "aria-label": title }, h("h3", {}, title),
    h("div", { class: "scroll-x", tabindex: 0, role: "group", "aria-label": title },
      h("ol", { class: "code" }, code.replace(/\n$/, "").split("\n").map((line, index) => h("li", { class: lines.has(index + 1) ? kind : null }, h("code", {}, coloured(line))))))); // prettier-ignore
}

/** Both losses over the steps, on one axis. */
function lossChart({ wrong_loss: wrong, right_loss: right }, dispose) {
  if (!wrong || !right) return null;
  const axes = s("g", { class: "axes", "aria-hidden": "true" });
  const [bad, good] = [s("path", { class: "loss past" }), s("path", { class: "loss good" })];
  const svg = s("svg", { class: "plot", role: "img", "aria-label": t("lab.trap_chart") }, axes, good, bad);
  const box = h("div", { class: "plot-box small" }, svg);
  dispose(onResize(box, () => {
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (!width) return;
    const frame = frameOf(width, height);
    const all = [...wrong, ...right].filter((value) => Number.isFinite(value) && value > 0);
    const [low, high] = extent([all], 0);
    const wide = high / low > 100;
    const y = wide ? logarithmic([low / 1.5, high * 1.5], [frame.bottom, frame.top]) : linear(extent([all]), [frame.bottom, frame.top]);
    const x = linear([0, Math.max(wrong.length, right.length) - 1], [frame.left, frame.right]);
    drawAxes(axes, { x, y, frame, names: [t("lab.step"), wide ? t("lab.loss_log") : t("lab.loss_short")] });
    set(svg, { viewBox: `0 0 ${width} ${height}` });
    set(bad, { d: line(wrong, x, y) });
    set(good, { d: line(right, x, y) });
  })); // prettier-ignore
  const key = (name, text) => h("span", {}, h("i", { class: `key ${name}` }), text);
  return h("section", { class: "card", "aria-label": t("lab.trap_chart") }, h("h3", {}, t("lab.trap_chart")), box, h("p", { class: "legend" }, key("residual", t("lab.trap_wrong")), key("good", t("lab.trap_right"))));
}

/** A path through the finite values. */
export function line(values, x, y) {
  let d = "";
  let drawing = false;
  values.forEach((value, index) => {
    const there = Number.isFinite(value) && (!y.log || value > 0);
    if (there) d += `${drawing ? "L" : "M"}${x(index).toFixed(1)},${y(value).toFixed(1)}`;
    drawing = there;
  });
  return d || null;
}
