/** Native inputs with a label and a `sync()` that shows the state; a field that is being typed in is left alone. */
import { h, say, set, uniqueId } from "../core/dom.js";
import { number, parse } from "../core/words.js";

const typed = (input) => input.getRootNode().activeElement === input;

/** @param {{id: string, label: string, options: string[][], value: () => string, onchange: (value: string) => void}} field */
export function selectField({ id, label, options, value, onchange }) {
  const name = uniqueId(id);
  const select = h("select", { id: name, "data-field": id, onchange: () => onchange(select.value) });
  function fill(list) {
    select.replaceChildren(...list.map(([key, text]) => h("option", { value: key }, text)));
    sync();
  }
  function sync() {
    select.value = value();
  }
  fill(options);
  return { element: h("div", { class: "field" }, h("label", { for: name }, label), select), sync, fill, input: select };
}

/** A number as it is written in the language; taken over on Enter or when the field is left, and by the arrow keys. */
export function numberField({ id, label, value, onchange, placeholder = "" }) {
  const name = uniqueId(id);
  const input = h("input", {
    id: name,
    "data-field": id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    placeholder,
    onchange: take,
    onkeydown: arrows,
    onblur: sync,
  });
  function take() {
    const typedValue = parse(input.value);
    const good = Number.isFinite(typedValue);
    set(input, { "aria-invalid": good ? null : "true" });
    if (good) onchange(typedValue);
  }
  function arrows(event) {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!up) return;
    event.preventDefault();
    const now = parse(input.value) || 0;
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(now) || 1)) - 1);
    const next = Number(
      (now + up * Math.max(unit, Number.isInteger(now) && !event.altKey && Math.abs(now) >= 10 ? 1 : 0)).toPrecision(6),
    );
    onchange(next);
    input.value = number(next);
  }
  function sync() {
    set(input, { "aria-invalid": null });
    const now = value();
    if (!typed(input) || input.getRootNode().activeElement !== input) input.value = now === null ? "" : number(now, 8);
  }
  sync();
  return { element: h("div", { class: "field number" }, h("label", { for: name }, label), input), sync, input };
}

/** A slider; with `log` its positions are powers of ten. `onchange` is called while it moves. */
export function sliderField({
  id,
  label,
  value,
  low,
  high,
  step = 1,
  log = false,
  show = number,
  onchange,
  marks = null,
}) {
  const name = uniqueId(id);
  const to = log ? Math.log10 : (each) => each;
  const from = log ? (position) => Number((10 ** position).toPrecision(3)) : (position) => position;
  const input = h("input", {
    id: name,
    "data-field": id,
    type: "range",
    min: to(low),
    max: to(high),
    step: log ? 0.01 : step,
    oninput: () => {
      onchange(from(Number(input.value)));
      sync();
    },
  });
  const output = h("output", { for: name });
  function sync() {
    const now = value();
    if (now === null || now === undefined) return;
    if (Number(now) !== from(Number(input.value))) input.value = String(to(now));
    const text = show(now);
    say(output, text);
    set(input, { "aria-valuetext": text });
  }
  sync();
  return {
    element: h(
      "div",
      { class: "field slider" },
      h("label", { for: name }, label),
      output,
      h("div", { class: "track" }, input, marks),
    ),
    sync,
    input,
  };
}

export function checkField({ id, label, value, onchange }) {
  const name = uniqueId(id);
  const input = h("input", { id: name, "data-field": id, type: "checkbox", onchange: () => onchange(input.checked) });
  function sync() {
    input.checked = value();
  }
  sync();
  return { element: h("div", { class: "field check" }, input, h("label", { for: name }, label)), sync, input };
}

/** Radio buttons that look like one bar. */
export function segmented({ name, options, value, onchange, id = null }) {
  const group = uniqueId("radio");
  let now = value;
  const inputs = options.map(([key]) =>
    h("input", {
      type: "radio",
      id: `${group}-${key}`,
      name: group,
      value: key,
      "data-field": id && `${id}-${key}`,
      onchange: () => onchange((now = key)),
    }),
  );
  const element = h(
    "div",
    { class: "segmented", role: "radiogroup", "aria-label": name },
    options.map(([key, text], i) => [inputs[i], h("label", { for: `${group}-${key}` }, text)]),
  );
  function sync(next = now) {
    now = next;
    inputs.forEach((input) => (input.checked = input.value === now));
  }
  sync();
  return { element, sync, inputs };
}

/** What is locked by the link stays readable and cannot be changed. */
export function lock(element) {
  element.querySelectorAll("input,select,textarea,button").forEach((each) => set(each, { disabled: "" }));
  element.classList.add("locked");
}
