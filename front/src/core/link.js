/** The state as a URL fragment and back: what is as by default is left out, numbers of points as base64. */
import { DEFAULT, same } from "./state.js";

const KEYS = {
  model: "model",
  loss: "loss",
  gradient: "grad",
  delta: "delta",
  kink: "kink",
  optimizer: "opt",
  lr: "lr",
  steps: "steps",
  start: "start",
  freeze: "freeze",
  batch: "batch",
  seed: "seed",
  standardise: "std",
  axes: "axes",
  window: "win",
  grid: "grid",
  step: "at",
};
const VIEW = { lang: "lang", theme: "theme", hide: "hide", lock: "lock", tab: "tab", situation: "sit" };

/** @param {import("./state.js").State} state @returns {string} the fragment, without its # */
export function encode(state) {
  const parts = [];
  const put = (key, value) =>
    parts.push(`${key}=${encodeURIComponent(value).replace(/%(2C|3A|40|2A|2F)/g, decodeURIComponent)}`);
  if (state.source.kind === "own") put(...encodePoints(state.points));
  else if (!same(state.source, DEFAULT.source)) put("data", encodeSource(state.source));
  for (const [name, key] of Object.entries(KEYS)) {
    if (!same(state[name], DEFAULT[name])) put(key, write(state[name]));
  }
  for (const [name, key] of Object.entries(VIEW)) {
    const value = state.view[name];
    if (value !== undefined && value !== null && value.length) put(key, write(value));
  }
  return parts.join("&");
}

/** What a fragment says, as a partial state; what cannot be read is left out. @param {string} fragment */
export function decode(fragment) {
  const said = new Map();
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at < 1) continue;
    try {
      said.set(part.slice(0, at), decodeURIComponent(part.slice(at + 1)));
    } catch {
      continue;
    }
  }
  /** @type {any} */
  const state = { view: {} };
  for (const [name, key] of Object.entries(KEYS)) {
    if (said.has(key)) state[name] = read(name, said.get(key));
    if (state[name] === undefined) delete state[name];
  }
  for (const [name, key] of Object.entries(VIEW)) {
    if (said.has(key)) state.view[name] = ["hide", "lock"].includes(name) ? list(said.get(key)) : said.get(key);
  }
  const points = decodePoints(said.get("p"), Float32Array) ?? decodePoints(said.get("P"), Float64Array);
  if (points) Object.assign(state, { points, source: { kind: "own" } });
  else if (said.has("data")) state.source = decodeSource(said.get("data"));
  return state;
}

const list = (text) => (text ? text.split(",") : []);

function write(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.join(",");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => `${name}:${Array.isArray(each) ? each.join(":") : each}`)
      .join(",");
  return value;
}

const READERS = {
  lr: Number,
  steps: Number,
  seed: Number,
  grid: Number,
  step: Number,
  kink: Number,
  delta: nullable,
  batch: nullable,
  standardise: (text) => text === "true",
  freeze: list,
  axes: list,
  start: (text) => pairs(text, ([value]) => Number(value)),
  window: (text) => (text === "null" ? null : pairs(text, (values) => values.map(Number))),
};

function nullable(text) {
  return text === "null" ? null : Number(text);
}

function read(name, text) {
  const value = (READERS[name] ?? String)(text);
  return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
}

function pairs(text, convert) {
  return Object.fromEntries(
    list(text)
      .map((pair) => pair.split(":"))
      .map(([name, ...values]) => [name, convert(values)]),
  );
}

const LINE = ["m", "b", "n", "sigma", "range", "seed"];

function encodeSource(source) {
  return source.kind === "line" ? `line,${LINE.map((name) => source[name]).join(",")}` : `dataset,${source.name}`;
}

function decodeSource(text) {
  const [kind, ...values] = text.split(",");
  if (kind === "dataset") return { kind, name: values[0] };
  return { kind: "line", ...Object.fromEntries(LINE.map((name, index) => [name, Number(values[index])])) };
}

/** Pairs as float32 where that loses nothing (`p`), else as float64 (`P`): a link reopens exactly the same run. */
function encodePoints({ x, y }) {
  const flat = x.flatMap((value, index) => [value, y[index]]);
  const exact = flat.every((value) => Math.fround(value) === value);
  const bytes = new Uint8Array((exact ? Float32Array : Float64Array).from(flat).buffer);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return [exact ? "p" : "P", btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")];
}

function decodePoints(text, Type) {
  if (!text) return null;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const flat = new Type(Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer);
    const pick = (offset) => Array.from({ length: flat.length >> 1 }, (_, index) => flat[2 * index + offset]);
    return { x: pick(0), y: pick(1) };
  } catch {
    return null;
  }
}
