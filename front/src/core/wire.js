/** One frame of the socket: u32 length of the header, little-endian | JSON header | the buffers it lists, each padded to 8 bytes. */

const TYPES = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array };

/** @param {Record<string, any>} message @returns {ArrayBuffer} */
export function pack(message) {
  const header = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(4 + header.length);
  new DataView(frame.buffer).setUint32(0, header.length, true);
  frame.set(header, 4);
  return frame.buffer;
}

/** @param {ArrayBuffer} frame @returns {[Record<string, any>, DataView[]]} the header, and its buffers as bytes */
export function unpack(frame) {
  const length = new DataView(frame).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, 4, length)));
  let at = 4 + length;
  const buffers = (header.buffers ?? []).map(([, dtype, shape]) => {
    const bytes = size(shape) * TYPES[dtype].BYTES_PER_ELEMENT;
    const view = new DataView(frame, at, bytes);
    at += Math.ceil(bytes / 8) * 8;
    return view;
  });
  return [header, buffers];
}

const size = (shape) => shape.reduce((product, length) => product * length, 1);

/** The buffers as typed arrays by name; copied, since in a frame they are not aligned. */
export function arrays(header, buffers) {
  const named = {};
  (header.buffers ?? []).forEach(([name, dtype, shape], index) => {
    const view = buffers[index];
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    named[name] = Object.assign(new TYPES[dtype](bytes), { shape });
  });
  return named;
}
