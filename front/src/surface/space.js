/** The camera of the 3D view: a turn, a tilt, and where a point of the unit box lands on the screen. */

export const HOME = { turn: 0.5, tilt: 0.52 };

/** @param {{turn: number, tilt: number}} camera @param {number} width @param {number} height */
export function projection({ turn, tilt }, width, height) {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [ct, st] = [Math.cos(tilt), Math.sin(tilt)];
  const scale = Math.min(width / 3.5, height / 2.7);
  const middle = [width / 2, height / 2 - scale * 0.06];
  /** Right, up and depth of (x, y, z), each in [−1, 1], before the stretch to pixels. */
  const turned = (x, y, z) => {
    const right = c * x - s * y;
    const back = s * x + c * y;
    return [right, st * back + ct * z, ct * back - st * z];
  };
  const project = (x, y, z) => {
    const [right, up] = turned(x, y, z);
    return [middle[0] + scale * right, middle[1] - scale * up];
  };
  /** The same as a matrix for WebGL (column-major), depth within [−1, 1]. */
  const [a, b] = [(2 * scale) / width, (2 * scale) / height];
  const shift = (2 * scale * 0.06) / height;
  const matrix = new Float32Array([
    a * c,
    b * st * s,
    0.4 * ct * s,
    0,
    -a * s,
    b * st * c,
    0.4 * ct * c,
    0,
    0,
    b * ct,
    -0.4 * st,
    0,
    0,
    shift,
    0,
    1,
  ]);
  return { project, matrix, depth: (x, y, z) => turned(x, y, z)[2] };
}

/** Height of the box against its sides. */
export const HEIGHT = 0.62;

/** From the solution's numbers to the unit box. Heights are the loss itself, not its logarithm. */
export function unitBox(solution) {
  const [p, q] = [solution.range(0), solution.range(1)];
  let low = Infinity;
  let high = -Infinity;
  for (const value of solution.surface) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const unit = (value, [from, to]) => (2 * (value - from)) / (to - from || 1) - 1;
  return {
    x: (value) => unit(value, p),
    y: (value) => unit(value, q),
    z: (value) => HEIGHT * unit(value, [low, high]),
    loss: [low, high],
    sides: [p, q],
  };
}
