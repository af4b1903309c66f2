/** Points by hand: mouse, touch and keyboard. Values are kept as float32, so that a link can carry them exactly. */

const FINE = 100;
const COARSE = 20;

/**
 * @param {import("../core/store.js").Store} store
 * @param {{svg: any, scales: () => {x: any, y: any}, tool: () => string, circles: () => Element[], focus: (index: number) => void}} pane
 */
export function handle(store, pane) {
  let held = null;

  const place = (event) => {
    const box = pane.svg.getBoundingClientRect();
    const { x, y } = pane.scales();
    return [x.invert(event.clientX - box.left), y.invert(event.clientY - box.top)].map(Math.fround);
  };

  function put(points) {
    store.change({ points, source: { kind: "own" } });
  }

  function move(index, x, y) {
    const points = { x: [...store.state.points.x], y: [...store.state.points.y] };
    points.x[index] = Math.fround(x);
    points.y[index] = Math.fround(y);
    put(points);
  }

  function add(x, y) {
    const { points } = store.state;
    put({ x: [...points.x, x], y: [...points.y, y] });
    pane.focus(points.x.length);
  }

  function remove(index) {
    const { points } = store.state;
    if (points.x.length < 2) return;
    const without = (list) => list.filter((_, each) => each !== index);
    put({ x: without(points.x), y: without(points.y) });
    pane.focus(Math.min(index, points.x.length - 2));
  }

  const indexOf = (event) => pane.circles().indexOf(event.target);
  const locked = () => store.locked("points");

  pane.svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || locked()) return;
    const index = indexOf(event);
    if (index < 0) {
      if (pane.tool() === "add") add(...place(event));
      return;
    }
    if (pane.tool() === "delete") return remove(index);
    pane.focus(index);
    held = { index, id: event.pointerId };
    store.dragging = true;
    pane.svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  pane.svg.addEventListener("pointermove", (event) => {
    if (held?.id === event.pointerId) move(held.index, ...place(event));
  });
  const release = (event) => {
    if (held?.id !== event.pointerId) return;
    held = null;
    store.dragging = false;
    store.emit("state");
  };
  pane.svg.addEventListener("pointerup", release);
  pane.svg.addEventListener("pointercancel", release);
  pane.svg.addEventListener("dblclick", (event) => {
    if (!locked() && indexOf(event) < 0) add(...place(event));
  });

  const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  pane.svg.addEventListener("keydown", (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    const count = pane.circles().length;
    const jump = { PageDown: index + 1, PageUp: index - 1, Home: 0, End: count - 1 }[event.key];
    const direction = DIRECTIONS[event.key];
    if (jump !== undefined) pane.focus((jump + count) % count);
    else if (locked()) return;
    else if (direction) nudge(index, direction, event.shiftKey ? COARSE : FINE);
    else if (event.key === "Delete" || event.key === "Backspace") remove(index);
    else if (event.key === "Insert" || event.key === "+") beside(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function nudge(index, [right, up], parts) {
    const { x, y } = pane.scales();
    const { points } = store.state;
    const by = (scale) => (scale.domain[1] - scale.domain[0]) / parts;
    move(index, points.x[index] + right * by(x), points.y[index] + up * by(y));
  }

  function beside(index) {
    const { x } = pane.scales();
    const { points } = store.state;
    add(Math.fround(points.x[index] + (x.domain[1] - x.domain[0]) / COARSE), points.y[index]);
  }
}
