/** The browser as a host: the anywidget model's interface over one WebSocket that reconnects by itself. */
import { pack, unpack } from "./wire.js";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;

/** @param {string} url */
export function socketModel(url) {
  const listeners = { "msg:custom": [], connection: [] };
  const values = {};
  let socket = null;
  let wait = FIRST_WAIT;
  let closed = false;
  let queue = [];

  const tell = (event, ...details) => listeners[event]?.forEach((listener) => listener(...details));

  function open() {
    socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = FIRST_WAIT;
      tell("connection", true);
      queue.splice(0).forEach((message) => socket.send(pack(message)));
    };
    socket.onmessage = ({ data }) => tell("msg:custom", ...unpack(data));
    socket.onclose = () => {
      queue = [];
      if (closed) return;
      tell("connection", false);
      setTimeout(open, wait);
      wait = Math.min(LONGEST_WAIT, wait * 1.6);
    };
  }

  // A laptop that wakes up does not wait for the next attempt.
  addEventListener("online", () => socket?.readyState === WebSocket.CLOSED && open());
  open();
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(pack(message));
      else if (socket.readyState === WebSocket.CONNECTING) queue.push(message);
    },
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off: (event, listener) => (listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener)),
    get: (name) => values[name],
    set: (name, value) => (values[name] = value),
    save_changes() {},
    close() {
      closed = true;
      socket.close();
    },
  };
}
