/** Each picture of the page as a file of its own: SVG with its colours written in, or PNG of the canvases. */
import { download } from "../core/dom.js";

const STYLE = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font",
  "text-anchor",
];

/** @param {HTMLElement} root @returns {[string, () => void][]} */
export function picturesOf(root) {
  const svg = (name, selector) => [name, () => saveSvg(name, root.querySelector(selector), root)];
  const png = (name, selector) => [name, () => savePng(name, root.querySelector(selector), root)];
  return [
    svg("data", ".data svg.plot"),
    png("map", ".stage.map"),
    png("relief", ".stage.relief"),
    svg("losses", ".losses svg.plot"),
  ];
}

function saveSvg(name, svg, root) {
  if (svg) download(`gradlab-${name}.svg`, [svgText(svg, root)], "image/svg+xml");
}

/** The drawing on its own: what the style sheet says of each element, as attributes of its copy. */
function svgText(svg, root) {
  const copy = svg.cloneNode(true);
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const originals = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((element, index) => {
    const style = getComputedStyle(originals[index]);
    element.setAttribute("style", STYLE.map((property) => `${property}:${style.getPropertyValue(property)}`).join(";"));
    for (const attribute of ["class", "tabindex", "role"]) element.removeAttribute(attribute);
  });
  copy.style.background = getComputedStyle(root).getPropertyValue("--pane");
  copy.removeAttribute("class");
  return new XMLSerializer().serializeToString(copy);
}

function savePng(name, stage, root) {
  if (!stage) return;
  const [first] = stage.querySelectorAll("canvas");
  const whole = document.createElement("canvas");
  whole.width = first.width;
  whole.height = first.height;
  const pen = whole.getContext("2d");
  pen.fillStyle = getComputedStyle(root).getPropertyValue("--pane");
  pen.fillRect(0, 0, whole.width, whole.height);
  stage.dispatchEvent(new Event("redraw"));
  stage.querySelectorAll("canvas").forEach((canvas) => pen.drawImage(canvas, 0, 0, whole.width, whole.height));
  const finish = () => whole.toBlob((blob) => download(`gradlab-${name}.png`, [blob], "image/png"));
  const axes = stage.querySelector("svg");
  if (!axes) return finish();
  const image = new Image();
  image.onload = () => {
    pen.drawImage(image, 0, 0, whole.width, whole.height);
    finish();
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(axes, root).replace(/background:[^;"]*;?/, ""))}`;
}
