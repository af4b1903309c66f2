/** A solution as the panes read it: rows 0..n−1 of the History, and the picture of the surface. Nothing is computed. */

/**
 * @typedef {Record<string, any>} Header
 * @param {Header} header @param {Record<string, any>} buffers
 */
export function solutionOf(header, buffers) {
  const names = header.elements ?? header.parameters;
  const width = names.length;
  const column = (name) => names.indexOf(name);
  const cell = (table, row, name) => (column(name) < 0 ? undefined : table[row * width + column(name)]);
  const rows = buffers.step.length;
  return {
    ...header,
    ...buffers,
    /** Least squares are the minimum of the MSE, and of no other loss. */
    optimum: header.optimum ?? (header.settings?.loss === "mse" ? header.least_squares : null),
    names,
    rows,
    last: rows - 1,
    param: (row, name) => cell(buffers.params, row, name),
    slope: (row, name) => cell(buffers.gradient, row, name),
    /** One row of a table (rows, m) as a view. */
    row: (table, row) => table.subarray(row * table.shape[1], (row + 1) * table.shape[1]),
    axis: (index) => header.axes[index],
    range: (index) => header.window[header.axes[index]],
  };
}

/** @typedef {ReturnType<typeof solutionOf>} Solution */
