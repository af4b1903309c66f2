/** The error surface in three dimensions: WebGL2, or a painter where there is none. Drag or arrow keys turn it. */
import { createCanvas } from "../core/canvas.js";
import { ink } from "../core/colors.js";
import { eachFrame, h, onResize } from "../core/dom.js";
import { clamp } from "../core/scale.js";
import { t } from "../core/words.js";
import { createMesh } from "./mesh.js";
import { createPainter } from "./painter.js";
import { HOME, projection, unitBox } from "./space.js";
import { drawBox, drawPath3D } from "./space_overlay.js";

const REST = 100;

/** @param {import("../app.js").Context} context */
export function reliefView({ store, on, dispose }) {
  const overlay = createCanvas("overlay");
  const stage = h(
    "div",
    { class: "stage relief", tabindex: 0, role: "group", "aria-label": t("lab.relief_help") },
    overlay.element,
  );
  let mesh = createMesh(fallBack) ?? createPainter();
  mesh.element.setAttribute("aria-hidden", "true");
  stage.prepend(mesh.element);
  stage.dataset.engine = mesh.element.classList.contains("mesh") ? "painter" : "webgl2";
  const camera = { ...HOME };
  let box = null;
  let eye = null;
  let disposed = false;

  function fallBack() {
    if (disposed) return;
    const painter = createPainter();
    mesh.element.replaceWith(painter.element);
    mesh = painter;
    stage.dataset.engine = "painter";
    reload();
  }

  function reload() {
    if (!store.solution?.surface) return;
    box = unitBox(store.solution);
    mesh.load(store.solution, box);
    drawAll();
  }

  const drawStep = eachFrame(() => {
    if (!box || !eye) return;
    overlay.fit(stage);
    overlay.clear();
    const view = { solution: store.solution, step: store.state.step, box, camera: eye, inks: inksOf(stage) };
    drawBox(overlay.context, view);
    drawPath3D(overlay.context, view);
  });

  const drawAll = eachFrame(() => {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!box || !width) return;
    eye = projection(camera, width, height);
    mesh.draw(width, height, mesh.element.classList.contains("mesh") ? eye : eye.matrix);
    drawStep();
  });

  turnByHand(stage, camera, drawAll);
  dispose(onResize(stage, drawAll));
  dispose(() => {
    disposed = true;
    mesh.dispose();
  });
  on("solution", restrained(reload));
  // A picture of it can only be taken in the moment in which it is drawn.
  stage.addEventListener(
    "redraw",
    () =>
      eye &&
      mesh.draw(stage.clientWidth, stage.clientHeight, mesh.element.classList.contains("mesh") ? eye : eye.matrix),
  );
  on("step", drawStep);
  on("view", drawStep);
  reload();
  return stage;
}

/** Under a hand that drags, the relief follows a little more slowly than the rest: it costs the most to draw. */
function restrained(draw) {
  let then = 0;
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    const early = then + REST - performance.now();
    const now = () => {
      then = performance.now();
      draw();
    };
    if (early <= 0) now();
    else waiting = setTimeout(now, early);
  };
}

function turnByHand(stage, camera, draw) {
  let from = null;
  const turn = (by, tilt) => {
    camera.turn += by;
    camera.tilt = clamp(camera.tilt + tilt, 0.05, 1.5);
    draw();
  };
  stage.addEventListener("pointerdown", (event) => {
    from = [event.clientX, event.clientY];
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    turn((from[0] - event.clientX) * -0.01, (event.clientY - from[1]) * 0.01);
    from = [event.clientX, event.clientY];
  });
  stage.addEventListener("pointerup", () => (from = null));
  stage.addEventListener("pointercancel", () => (from = null));
  stage.addEventListener("dblclick", () => {
    Object.assign(camera, HOME);
    draw();
  });
  const KEYS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.08], ArrowDown: [0, -0.08] };
  stage.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    turn(...KEYS[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
}

/** The colours and fonts for canvases at an element; read again only when the theme is another. */
export function inksOf(element) {
  const theme = `${element.closest(".gradlab")?.dataset.theme} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
  if (inks?.theme !== theme) inks = { theme, ...readInks(element) };
  return inks;
}

let inks = null;

const readInks = (element) => ({
  path: "#d55e00",
  arrow: "#0b3d91",
  line: ink(element, "--line-strong"),
  soft: ink(element, "--soft"),
  text: ink(element, "--text"),
  paper: ink(element, "--pane"),
  font: `600 13px ${ink(element, "--font")}`,
  small: `11.5px ${ink(element, "--font")}`,
  italic: `italic 600 14px ${ink(element, "--font")}`,
});
