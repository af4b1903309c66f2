// The graph to explore: open and close what holds other things, look at a tensor, walk through the pass.
// What is written on cards comes from Python; where they stand is worked out here, by the same rules as in layout.py.
"use strict";
const graph = JSON.parse(document.getElementById("graph").textContent);
const words = graph.words;
const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
const picture = document.getElementById("picture");
const state = { opened: new Set(graph.opened), step: null, chosen: graph.root, zoom: 1 };

// ---- what is to be seen (view.py)
function around(node) {
  const found = [];
  for (let id = node.inside; id !== null; id = nodes.get(id).inside) found.push(id);
  return found;
}
function standIn(node) {
  const closed = around(node).filter((id) => !state.opened.has(id));
  return closed.length ? nodes.get(closed[closed.length - 1]) : node;
}
function isInClosedComposite(node) {
  return around(node).some((id) => nodes.get(id).kind === "composite" && !state.opened.has(id));
}
function visible() {
  const results = new Map(graph.nodes.filter((node) => node.inside !== null).map((node) => [node.inside, node.id]));
  const drawn = graph.nodes.filter((node) => !state.opened.has(node.id) && standIn(node) === node);
  const joined = new Map();
  for (const edge of graph.edges) {
    let source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    if (state.opened.has(target.id) || isInClosedComposite(target)) continue;
    while (state.opened.has(source.id)) source = nodes.get(results.get(source.id));
    const from = standIn(source).id, to = standIn(target).id, key = `${from} ${to}`;
    if (from === to) continue;
    const before = joined.get(key);
    joined.set(key, before ? { ...before, label: null, tracked: before.tracked || edge.tracked } : { ...edge, source: from, target: to });
  }
  return [drawn, [...joined.values()]];
}

// ---- where it stands (layout.py, ordering.py): all in (along, across)
const SWEEPS = 24, SETTLING = 60, BETWEEN_NODES = 18, BETWEEN_EDGES = 12, BETWEEN_LAYERS = 24, BETWEEN_PORTS = 12, STRAIGHTNESS = 40, LIGHTNESS = 0.02;
const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);

function levels(sizes, lines) {
  const users = new Map([...sizes.keys()].map((id) => [id, []]));
  for (const line of lines) users.get(line.source).push(line.target);
  const distance = new Map();
  for (const start of sizes.keys()) {
    const stack = [start];
    while (stack.length) {
      const missing = users.get(stack[stack.length - 1]).filter((user) => !distance.has(user));
      if (missing.length) stack.push(...missing);
      else {
        const id = stack.pop();
        distance.set(id, 1 + Math.max(-1, ...users.get(id).map((user) => distance.get(user))));
      }
    }
  }
  const deepest = Math.max(0, ...distance.values());
  return new Map([...distance].map(([id, steps]) => [id, deepest - steps]));
}
function layOut(sizes, lines) {
  const level = levels(sizes, lines), index = new Map([...sizes.keys()].map((id, i) => [id, i]));
  const drawn = [...sizes].map(([id, size]) => ({ rank: 2 * level.get(id), size, before: [], after: [], across: 0, real: true, line: -1 }));
  const chains = lines.map((line, number) => {
    const start = index.get(line.source), end = index.get(line.target), chain = [start];
    for (let rank = drawn[start].rank + 1; rank < drawn[end].rank; rank++) {
      const size = rank === drawn[end].rank - 1 && line.label ? line.label : [0, 0];
      chain.push(drawn.push({ rank, size, before: [], after: [], across: 0, real: false, line: number }) - 1);
    }
    chain.push(end);
    for (let i = 1; i < chain.length; i++) { drawn[chain[i - 1]].after.push(chain[i]); drawn[chain[i]].before.push(chain[i - 1]); }
    return chain;
  });
  for (const place of drawn) place.light = !(place.real ? place : drawn[chains[place.line][0]]).before.length;
  const layers = ordered(drawn);
  settleAll(drawn, layers);
  const spans = [];
  let end = 0;
  for (const layer of layers) {
    const thickness = Math.max(0, ...layer.map((i) => drawn[i].size[0]));
    spans.push([end, end + thickness]);
    end += thickness + BETWEEN_LAYERS;
  }
  const lowest = Math.min(...drawn.map((place) => place.across - place.size[1] / 2));
  for (const place of drawn) place.across -= lowest;
  const at = drawn.map((place) => [(spans[place.rank][0] + spans[place.rank][1]) / 2, place.across]);
  const ports = portsOf(drawn, chains);
  return {
    nodes: new Map([...index].map(([id, i]) => [id, at[i]])),
    labels: chains.map((chain) => at[chain[chain.length - 2]]),
    routes: chains.map((chain, number) => route(drawn, chain, spans, ports[number])),
    extent: [end - BETWEEN_LAYERS, Math.max(...drawn.map((place) => place.across + place.size[1] / 2))],
  };
}
function ordered(drawn) {
  const layers = Array.from({ length: Math.max(...drawn.map((place) => place.rank)) + 1 }, () => []);
  const stack = drawn.map((_, i) => i).filter((i) => !drawn[i].after.length).sort((a, b) => drawn[a].rank - drawn[b].rank);
  const seen = new Set();
  while (stack.length) {
    const i = stack.pop();
    if (seen.has(i)) continue;
    seen.add(i);
    layers[drawn[i].rank].push(i);
    stack.push(...[...drawn[i].before].reverse());
  }
  let best = layers.map((layer) => [...layer]), fewest = crossings(drawn, layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forward = sweep % 2 === 0, walk = forward ? layers : [...layers].reverse();
    for (let k = 1; k < walk.length; k++) {
      const at = new Map(walk[k - 1].map((i, place) => [i, place])), here = new Map(walk[k].map((i, place) => [i, place]));
      const key = (i) => {
        const neighbours = forward ? drawn[i].before : drawn[i].after;
        return neighbours.length ? sum(neighbours.map((n) => at.get(n))) / neighbours.length : here.get(i);
      };
      walk[k].sort((a, b) => key(a) - key(b));
    }
    const count = crossings(drawn, layers);
    if (count < fewest) [best, fewest] = [layers.map((layer) => [...layer]), count];
  }
  return best;
}
function crossings(drawn, layers) {
  let total = 0;
  for (let k = 1; k < layers.length; k++) {
    const at = new Map(layers[k].map((i, place) => [i, place])), before = [];
    for (const i of layers[k - 1]) {
      const ends = drawn[i].after.map((end) => at.get(end));
      for (const end of ends) total += before.filter((other) => other > end).length;
      before.push(...ends);
    }
  }
  return total;
}
function settleAll(drawn, layers) {
  for (const layer of layers) settle(drawn, layer, layer.map(() => [0, 1]));
  const lines = new Map();
  drawn.forEach((place, i) => { if (!place.real) lines.set(place.line, [...(lines.get(place.line) || []), i]); });
  for (const [line, members] of lines) if (members.length < 2) lines.delete(line);
  for (let sweep = 0; sweep < SETTLING; sweep++) {
    const late = sweep >= SETTLING / 2, straight = new Map();
    if (late) for (const [line, members] of lines) straight.set(line, course(drawn, members));
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse())
      settle(drawn, layer, layer.map((i) => wish(drawn, i, sweep, late, straight)));
  }
}
function course(drawn, members) {
  const passed = members.map((i) => drawn[i].across);
  const middle = (drawn[drawn[members[0]].before[0]].across + drawn[drawn[members[members.length - 1]].after[0]].across) / 2;
  const least = Math.min(...passed), most = Math.max(...passed);
  return Math.abs(least - middle) >= Math.abs(most - middle) ? least : most;
}
function wish(drawn, i, sweep, late, straight) {
  const place = drawn[i], own = place.light ? LIGHTNESS : 1;
  if (straight.has(place.line)) return [straight.get(place.line), STRAIGHTNESS * own];
  const sides = late ? [place.before, place.after] : [[place.before, place.after][sweep % 2]];
  let total = 0, weight = 0;
  for (const n of sides.flat()) {
    const pull = [1, 3, 9][!place.real + !drawn[n].real] * (drawn[n].light && !place.light ? LIGHTNESS : 1);
    total += pull * drawn[n].across;
    weight += pull;
  }
  return weight ? [total / weight, weight * own] : [place.across, 0.001];
}
function settle(drawn, layer, wishes) {
  const offsets = [0], blocks = [];
  for (let k = 1; k < layer.length; k++) {
    const one = drawn[layer[k - 1]], other = drawn[layer[k]];
    offsets.push(offsets[k - 1] + (one.size[1] + other.size[1]) / 2 + (one.real || other.real ? BETWEEN_NODES : BETWEEN_EDGES));
  }
  wishes.forEach(([wished, weight], k) => {
    let [mean, mass, count] = [wished - offsets[k], weight, 1];
    while (blocks.length && blocks[blocks.length - 1][0] >= mean) {
      const [earlier, more, several] = blocks.pop();
      [mean, mass, count] = [(mean * mass + earlier * more) / (mass + more), mass + more, count + several];
    }
    blocks.push([mean, mass, count]);
  });
  let k = 0;
  for (const [mean, , count] of blocks) for (let i = 0; i < count; i++, k++) drawn[layer[k]].across = mean + offsets[k];
}
function portsOf(drawn, chains) {
  const ports = chains.map(() => 0), arriving = new Map();
  chains.forEach((chain, number) => arriving.set(chain[chain.length - 1], [...(arriving.get(chain[chain.length - 1]) || []), number]));
  for (const [target, numbers] of arriving) {
    numbers.sort((a, b) => drawn[chains[a][chains[a].length - 2]].across - drawn[chains[b][chains[b].length - 2]].across);
    const apart = Math.min(BETWEEN_PORTS, drawn[target].size[1] / (numbers.length + 1));
    numbers.forEach((number, place) => { ports[number] = apart * (place - (numbers.length - 1) / 2); });
  }
  return ports;
}
function route(drawn, chain, spans, port) {
  const start = drawn[chain[0]], end = drawn[chain[chain.length - 1]], middle = (rank) => (spans[rank][0] + spans[rank][1]) / 2;
  const points = [[middle(start.rank) + start.size[0] / 2, start.across], [spans[start.rank][1], start.across]];
  for (const i of chain.slice(1, -1)) for (const along of spans[drawn[i].rank]) points.push([along, drawn[i].across]);
  const across = end.across + port;
  return [...points, [spans[end.rank][0], across], [middle(end.rank) - end.size[0] / 2, across]];
}
