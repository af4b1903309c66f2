/** One card of the grid under the pictures. */
import { h } from "../core/dom.js";

export const card = (name, title, ...children) =>
  h("section", { class: `card ${name}`, "aria-label": title }, h("h3", {}, title), ...children);
