/** The Δ laboratory: how far each difference is from the true gradient, for every Δ at once. A click takes that Δ. */
import { h, s } from "../core/dom.js";
import { toSolve } from "../core/state.js";
import { t } from "../core/words.js";
import { sentenceOf } from "../learning/outcome.js";
import { segmented } from "../learning/fields.js";
import { chart } from "./chart.js";
import { COLOURS } from "./race.js";

const SCHEMES = ["forward", "central", "richardson"];
const DASH = { forward: [3, 3], central: [], richardson: [10, 4] };
let dtype = "float64";

/** @param {import("../app.js").Context} context */
export function deltaTab({ store, on, dispose }) {
  const told = h("p", { class: "quiet", role: "status" });
  const picture = chart({ label: t("lab.delta_chart"), dispose, onpick: take });
  const key = h("p", { class: "legend" });
  const choice = segmented({
    id: "dtype",
    name: t("lab.delta_dtype"),
    options: ["float64", "float32"].map((id) => [id, id]),
    value: dtype,
    onchange: (value) => {
      dtype = value;
      draw();
    },
  });
  let found = null;

  function take(delta) {
    store.change({
      gradient: store.state.gradient.startsWith("finite") ? store.state.gradient : "finite-difference:central",
      delta: Number(delta.toPrecision(3)),
    });
  }

  function ask() {
    if (!store.solution) return;
    store.ask("delta", { state: toSolve(store.state), index: store.state.step }, (header, buffers) => {
      found = { ...header, ...buffers };
      told.textContent = "";
      draw();
    });
  }

  function draw() {
    if (!found) return;
    const { curves, deltas, errors } = found;
    const width = deltas.length;
    const names = [...new Set(curves.map((curve) => curve.parameter))];
    const lines = curves
      .map((curve, index) => ({ ...curve, values: errors.subarray(index * width, (index + 1) * width), at: deltas }))
      .filter((curve) => curve.dtype === dtype)
      .map((curve) => ({
        ...curve,
        colour: COLOURS[names.indexOf(curve.parameter) % COLOURS.length],
        dash: DASH[curve.scheme] ?? [],
      }));
    picture.draw({
      names: ["Δ", t("lab.delta_error")],
      lines,
      logarithmic: true,
      cursor: store.state.delta ?? undefined,
    });
    key.replaceChildren(
      ...names.map((name, index) =>
        h("span", {}, h("i", { class: "swatch", style: `border-top-color:${COLOURS[index]}` }), `∂L/∂${name}`),
      ),
      ...SCHEMES.map((scheme) => h("span", {}, dashKey(scheme), t(`lab.scheme_name_${scheme}`))),
    );
  }

  on("solution", ask);
  on("step", ask);
  on("refused-delta", (refusal) => (told.textContent = sentenceOf(refusal)));
  ask();
  return h(
    "div",
    { class: "delta-lab" },
    h(
      "div",
      { class: "row" },
      h("p", { class: "quiet" }, t("lab.delta_help")),
      h("span", { class: "push" }),
      choice.element,
    ),
    told,
    picture.element,
    key,
  );
}

const dashKey = (scheme) =>
  s(
    "svg",
    { width: 34, height: 8, "aria-hidden": "true" },
    s("line", {
      x1: 0,
      x2: 34,
      y1: 4,
      y2: 4,
      stroke: "currentColor",
      "stroke-width": 2.5,
      "stroke-dasharray": DASH[scheme].join(" ") || "none",
    }),
  );
