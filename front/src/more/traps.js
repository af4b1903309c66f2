/** The trap gallery: six loops that look right, run for real beside the right one. */
import { h, set } from "../core/dom.js";
import { toSolve } from "../core/state.js";
import { localised, t } from "../core/words.js";
import { sentenceOf } from "../learning/outcome.js";
import { coloured } from "../step/code.js";
import { chart } from "./chart.js";

const TRAPS = ["no-zero", "rebind", "no-no-grad", "wrong-sign", "broadcast", "lr-too-high"];
const word = (name) => name.replaceAll("-", "_");
let chosen = TRAPS[0];

/** @param {import("../app.js").Context} context */
export function trapsTab({ store, on, dispose }) {
  const buttons = TRAPS.map((name) =>
    h(
      "button",
      { type: "button", "data-field": `trap-${name}`, onclick: () => open(name) },
      t(`lab.trap_${word(name)}`),
    ),
  );
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
  return h(
    "div",
    { class: "traps" },
    h("div", { class: "choices", role: "group", "aria-label": t("lab.tab_traps") }, buttons),
    told,
  );
}

function shown(trap, buffers, dispose) {
  const wrongLines = new Set(trap.differs.wrong);
  const rightLines = new Set(trap.differs.right);
  return [
    h("p", { class: "trap-about" }, t(`lab.trap_about_${word(trap.name)}`)),
    h(
      "div",
      { class: "two" },
      listing(t("lab.trap_wrong"), trap.code_wrong, wrongLines, "wrong"),
      listing(t("lab.trap_right"), trap.code_right, rightLines, "right"),
      h(
        "section",
        { class: "card", "aria-label": t("lab.trap_says") },
        h("h3", {}, t("lab.trap_pytorch")),
        trap.raised ? raisedBy(trap) : h("p", {}, t("lab.trap_silent")),
        doctorSays(trap.findings),
      ),
      lossChart(buffers, dispose),
    ),
  ];
}

/** Nothing at all where the doctor was not asked. */
function doctorSays(findings) {
  if (!findings) return null;
  const told = (finding) => h("li", {}, h("code", {}, finding.code), " ", localised(finding.sentence ?? ""));
  const list = findings.length
    ? h("ul", { class: "findings" }, findings.map(told))
    : h("p", {}, t("lab.trap_no_finding"));
  return [h("h3", {}, t("lab.trap_doctor")), list];
}

function listing(title, code, lines, kind) {
  return h(
    "section",
    { class: "card", "aria-label": title },
    h("h3", {}, title),
    h(
      "div",
      { class: "scroll-x", tabindex: 0, role: "group", "aria-label": title },
      h(
        "ol",
        { class: "code" },
        code
          .replace(/\n$/, "")
          .split("\n")
          .map((line, index) => h("li", { class: lines.has(index + 1) ? kind : null }, h("code", {}, coloured(line)))),
      ),
    ),
  );
}

/** What PyTorch raised, word for word, and where. */
function raisedBy({ raised, raised_step: step, raised_line: line }) {
  return [
    h("p", { class: "quiet" }, t("lab.trap_raised_at", { step, line: line ?? "—" })),
    h("pre", { class: "raised scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.trap_pytorch") }, raised),
  ];
}

/** Both losses over the steps, on one axis. */
function lossChart({ wrong_loss: wrong, right_loss: right }, dispose) {
  if (!wrong || !right) return null;
  const picture = chart({ label: t("lab.trap_chart"), dispose });
  const lines = [
    { values: right, colour: "var(--good)", dash: [8, 4] },
    { values: wrong, colour: "var(--residual)", dash: [] },
  ];
  requestAnimationFrame(() => picture.draw({ names: [t("lab.step"), t("lab.loss_short")], lines }));
  const key = (name, text) => h("span", {}, h("i", { class: `key ${name}` }), text);
  return h(
    "section",
    { class: "card", "aria-label": t("lab.trap_chart") },
    h("h3", {}, t("lab.trap_chart")),
    picture.element,
    h("p", { class: "legend" }, key("residual", t("lab.trap_wrong")), key("good", t("lab.trap_right"))),
  );
}
