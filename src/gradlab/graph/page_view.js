// Drawing, and what the reader can do.
const MARGIN = 24, ROW = 18, PAD = 10;
const number = (value) => value.toFixed(1).replace(/\.0$/, "");

function make(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
function rowOf(row, left, top, width) {
  const y = number(top + PAD / 2 + ROW * 0.72), made = [make("text", { class: row.kind, x: number(left + PAD), y }, row.text)];
  if (row.tag) made.push(make("text", { class: "tag", x: number(left + width - PAD), y }, row.tag));
  return made;
}
function box(card, centre, classes, holds) {
  const [width, height] = card.size, left = centre[0] - width / 2, top = centre[1] - height / 2;
  const rect = (inset, high, name, up = top) => make("rect", { class: name, x: number(left + inset), y: number(up + inset), width: number(width - 2 * inset), height: number(high - 2 * inset), rx: 8 - inset / 1.5 });
  const group = make("g", { class: classes }, rect(0, card.head, "box"));
  if (holds) group.append(rect(3, card.head, "inner"));
  card.rows.forEach((row, k) => group.append(...rowOf(row, left, top + ROW * k, width)));
  if (card.foot) group.append(rect(0, height - card.head, "foot", top + card.head), ...rowOf(card.foot, left, top + card.head - PAD / 4, width));
  return group;
}
function path(points, downwards) {
  let d = `M${points[0].map(number).join(" ")}`;
  for (let k = 1; k < points.length; k++) {
    const [x, y] = points[k - 1], [toX, toY] = points[k];
    const bend = downwards ? [[x, (y + toY) / 2], [toX, (y + toY) / 2]] : [[(x + toX) / 2, y], [(x + toX) / 2, toY]];
    d += `C${[...bend, [toX, toY]].map((point) => point.map(number).join(" ")).join(" ")}`;
  }
  return d;
}

let shown = null; // what is drawn at present: nodes in the order of the pass, their elements, and those of the edges
function draw() {
  const [drawn, edges] = visible(), compact = drawn.length > graph.most_with_detail;
  const card = (node) => (compact ? node.small : node.card), label = (edge) => (compact ? null : edge.label);
  const lay = (turn) => layOut(new Map(drawn.map((node) => [node.id, turn(card(node).size)])), edges.map((edge) => ({ source: edge.source, target: edge.target, label: label(edge) && turn(label(edge).size) })));
  const swap = ([a, b]) => [b, a], same = (point) => point;
  let layout = lay(same);
  const downwards = new Set([...layout.nodes.values()].map(([along]) => along)).size > graph.most_layers_across;
  const turn = downwards ? swap : same;
  if (downwards) layout = lay(swap);
  const [width, height] = turn(layout.extent).map((size) => size + 2 * MARGIN);
  const ground = make("g", { transform: `translate(${MARGIN} ${MARGIN})` });
  const svg = make("svg", { class: "gradlab-graph", viewBox: `0 0 ${number(width)} ${number(height)}`, width: number(width * state.zoom), height: number(height * state.zoom) }, make("defs", {}, arrow()), ground);
  frames(ground, drawn, card, (id) => turn(layout.nodes.get(id)));
  const lines = edges.map((edge, k) => {
    const line = make("path", { class: edge.tracked ? "edge" : "edge untracked", d: path(layout.routes[k].map(turn), downwards), "marker-end": "url(#gradlab-arrow)" });
    ground.append(line);
    return line;
  });
  const labels = edges.map((edge, k) => {
    if (!label(edge)) return null;
    const element = box(label(edge), turn(layout.labels[k]), "label", false);
    ground.append(element);
    return element;
  });
  const cards = new Map(drawn.map((node) => [node.id, cardOf(node, card(node), turn(layout.nodes.get(node.id)), ground)]));
  picture.replaceChildren(svg);
  shown = { drawn, edges, lines, labels, cards, order: [...drawn].sort((a, b) => a.order - b.order), width, height };
  show();
}
function arrow() {
  return make("marker", { id: "gradlab-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, make("path", { d: "M0 0L8 4L0 8z", fill: "#7f8a99" }));
}
function cardOf(node, card, centre, ground) {
  const holds = node.kind === "composite" || node.kind === "module";
  const element = box(card, centre, `card ${node.kind}${node.tracked ? "" : " untracked"}${node.id === graph.root ? " root" : ""}`, holds);
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", node.told);
  const choose = () => { state.chosen = node.id; show(); };
  element.addEventListener("mouseenter", choose);
  element.addEventListener("focus", choose);
  const open = () => { if (holds) { state.opened.add(node.id); state.step = null; draw(); } };
  element.addEventListener("click", open);
  element.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  ground.append(element);
  return element;
}
function frames(ground, drawn, card, centre) {
  for (const id of [...state.opened].sort((a, b) => around(nodes.get(a)).length - around(nodes.get(b)).length)) {
    const bounds = (node) => { const [x, y] = centre(node.id), [w, h] = card(node).size; return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]; };
    const inside = drawn.filter((node) => around(node).includes(id)).map(bounds);
    if (!inside.length) continue;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...inside.map((b) => b[side])));
    const nesting = 1 + Math.max(0, ...drawn.map((node) => around(node).indexOf(id)));
    const room = (PAD * nesting) / 2 + PAD / 2, head = 16 * nesting;
    const crossed = drawn.filter((node) => !around(node).includes(id)).map(bounds).some((b) => b[0] < right && left < b[2] && b[1] < bottom && top < b[3]);
    const frame = make("rect", { class: crossed ? "frame crossed" : "frame", x: number(left - room), y: number(top - head), width: number(right - left + 2 * room), height: number(bottom - top + head + room), rx: 10 });
    const close = make("text", { class: "frame-name", x: number(left - room + PAD), y: number(top - head + 11), tabindex: "0", role: "button" }, `⊟ ${nodes.get(id).title}`);
    const shut = () => { state.opened.delete(id); state.step = null; draw(); };
    close.addEventListener("click", shut);
    close.addEventListener("keydown", (event) => { if (event.key === "Enter") shut(); });
    ground.append(frame, close);
  }
}

// ---- the walk through the pass: forward in the order of computing, then back
function steps() {
  const forward = shown.order.map((node) => [node, false]);
  return [...forward, ...shown.order.filter((node) => node.backward).reverse().map((node) => [node, true])];
}
function show() {
  const all = steps(), at = state.step, slider = document.getElementById("step");
  slider.max = all.length;
  slider.value = at === null ? all.length : at + 1;
  const walked = at === null ? all : all.slice(0, at + 1);
  const made = new Set(walked.filter(([, back]) => !back).map(([node]) => node.id)), reached = new Set(walked.filter(([, back]) => back).map(([node]) => node.id));
  for (const node of shown.drawn) {
    const element = shown.cards.get(node.id), current = at !== null && all[at][0] === node;
    element.classList.toggle("future", !made.has(node.id));
    element.classList.toggle("unreached", !reached.has(node.id));
    element.classList.toggle("current", current);
    element.classList.toggle("chosen", state.chosen === node.id);
  }
  shown.edges.forEach((edge, k) => {
    shown.lines[k].classList.toggle("future", !made.has(edge.target));
    shown.labels[k]?.classList.toggle("future", !made.has(edge.target));
    shown.labels[k]?.classList.toggle("unreached", !reached.has(edge.target));
  });
  if (at !== null) state.chosen = all[at][0].id;
  const told = at === null ? "" : `${all[at][1] ? words.backward : words.forward} ${at + 1}/${all.length}: ${all[at][1] ? all[at][0].backward : all[at][0].forward}`;
  document.getElementById("told").textContent = told;
  details();
}
function details() {
  const node = nodes.get(state.chosen), list = document.createElement("dl");
  for (const [term, text] of node ? node.details : []) {
    const name = document.createElement("dt"), value = document.createElement("dd");
    name.textContent = term;
    value.textContent = text;
    list.append(name, value);
  }
  const title = document.createElement("h2");
  title.textContent = node ? node.title : "";
  document.getElementById("details").replaceChildren(title, list);
}
function walk(to) {
  const last = steps().length - 1;
  state.step = to === null || to > last ? null : Math.max(0, to);
  show();
  if (state.step !== null) shown.cards.get(steps()[state.step][0].id).scrollIntoView({ block: "nearest", inline: "nearest" });
}
const next = (by) => walk(state.step === null ? (by > 0 ? 0 : steps().length - 1) : state.step + by < 0 ? 0 : state.step + by);
const actions = {
  first: () => walk(0),
  back: () => next(-1),
  forward: () => next(1),
  end: () => walk(null),
  open: () => { state.opened = new Set(graph.holders); state.step = null; draw(); },
  close: () => { state.opened = new Set(); state.step = null; draw(); },
  smaller: () => { state.zoom /= 1.25; draw(); },
  larger: () => { state.zoom *= 1.25; draw(); },
  fit: () => { state.zoom = Math.min(1, picture.clientWidth / shown.width); draw(); },
};
for (const [name, act] of Object.entries(actions)) document.getElementById(name).addEventListener("click", act);
document.getElementById("step").addEventListener("input", (event) => walk(Number(event.target.value) - 1 >= steps().length ? null : Number(event.target.value) - 1));
document.addEventListener("keydown", (event) => {
  const act = { ArrowLeft: actions.back, ArrowRight: actions.forward, Home: actions.first, End: actions.end }[event.key];
  if (act && event.target.id !== "step") { event.preventDefault(); act(); }
});
draw();
const asked = /^#step=(\d+)$/.exec(location.hash); // a link to one moment of the pass
if (asked) walk(Number(asked[1]) - 1);
if (shown.width > picture.clientWidth && shown.width < 2.2 * picture.clientWidth) actions.fit();
