/** The computation graph of this step: values on the way forward, gradients on the way back, each in its phase. */
import { h, s, set } from "../core/dom.js";
import { localised, t } from "../core/words.js";
import { card } from "./card.js";

const FORWARD = ["predict", "loss"];
const ROW = 18;
const PAD = 10;
/** Smaller than this the letters cannot be read: then the picture scrolls. */
const LEAST_SCALE = 0.82;

export function graphPicture() {
  const svg = s("svg", { class: "graph", role: "img" });
  const scroll = h("div", { class: "scroll-x", tabindex: 0, role: "group", "aria-label": t("lab.graph_title") }, svg);
  let shown = null;

  function draw(graph) {
    const [width, height] = [graph.width + 12, graph.height + 12];
    set(svg, {
      viewBox: `-6 -6 ${width} ${height}`,
      width,
      height,
      style: `min-width:${Math.round(width * LEAST_SCALE)}px`,
      "aria-label": described(graph),
    });
    svg.replaceChildren(arrowHead(), ...graph.edges.map(edgeOf), ...graph.nodes.map(nodeOf));
  }

  function sync(detail, phase) {
    if (!detail.graph) return;
    if (detail.graph !== shown) draw((shown = detail.graph));
    set(svg, {
      "data-way":
        phase === null ? "both" : FORWARD.includes(phase) ? "forward" : phase === "zero" ? "none" : "backward",
    });
  }
  return {
    element: card("graph-card", t("lab.graph_title"), scroll, h("p", { class: "quiet" }, t("lab.graph_note"))),
    sync,
  };
}

const arrowHead = () =>
  s(
    "marker",
    {
      id: "gl-arrow",
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 10,
      markerHeight: 10,
      markerUnits: "userSpaceOnUse",
      orient: "auto-start-reverse",
    },
    s("path", { d: "M0,0L8,4L0,8z" }),
  );

function edgeOf({ points, label, tracked }) {
  const d = points.map(([x, y], index) => `${index ? "L" : "M"}${x},${y}`).join("");
  const path = s("path", { d, "marker-end": "url(#gl-arrow)" });
  return s("g", { class: tracked === false ? "edge untracked" : "edge" }, path, label ? labelOf(label) : null);
}

function labelOf({ x, y, width, height, rows }) {
  const top = y - height / 2;
  return s(
    "g",
    { class: "label" },
    s("rect", { x: x - width / 2, y: top, width, height, rx: 6 }),
    rows.map((row, index) =>
      s(
        "text",
        { class: row.kind || "local", x, y: top + PAD / 2 + ROW * (index + 0.72), "text-anchor": "middle" },
        localised(row.text),
      ),
    ),
  );
}

function nodeOf({ x, y, width, height, rows, foot, kind }) {
  const [left, top] = [x - width / 2, y - height / 2];
  const at = (index) => top + PAD / 2 + ROW * (index + 0.72);
  return s(
    "g",
    { class: `node ${kind}` },
    s("rect", { x: left, y: top, width, height, rx: kind === "leaf" ? 14 : 6 }),
    rows.map((row, index) => [
      s("text", { class: row.kind || "source", x: left + PAD, y: at(index) }, localised(row.text)),
      row.tag ? s("text", { class: "tag", x: left + width - PAD, y: at(index), "text-anchor": "end" }, row.tag) : null,
    ]),
    foot
      ? s("text", { class: `foot ${foot.kind}`, x: left + PAD, y: at(rows.length) + PAD / 4 }, localised(foot.text))
      : null,
  );
}

const described = (graph) => graph.nodes.map((node) => node.rows.map((row) => row.text).join(" ")).join("; ");
