/** Questions to the session: one in flight of each kind; while it is, only the newest of those that wait is kept. */
import { arrays } from "./wire.js";

/**
 * @param {{send: (message: any) => void, on: (event: string, tell: (message: any, buffers: any[]) => void) => void}} model
 * @param {(refusal: any) => void} onRefused
 */
export function createRequests(model, onRefused) {
  /** @type {Map<string, {id: number, answer: Function, next: null | [any, Function]}>} */
  const flying = new Map();
  let serial = 0;

  function send(kind, message, answer) {
    const id = ++serial;
    flying.set(kind, { id, answer, next: null });
    model.send({ ...message, type: kind, id });
  }

  /** Ask; `answer(header, arrays)` is called unless a newer question of that kind has taken its place. */
  function ask(kind, message, answer) {
    const current = flying.get(kind);
    if (current) current.next = [message, answer];
    else send(kind, message, answer);
  }

  model.on("msg:custom", (header, buffers) => {
    const [kind, current] = [...flying].find(([, each]) => each.id === header.id) ?? [];
    if (!current) return;
    flying.delete(kind);
    if (current.next) send(kind, ...current.next);
    if (header.type === "refused") {
      if (!current.next) onRefused({ ...header, kind });
      return;
    }
    current.answer(header, arrays(header, buffers ?? []));
  });

  /** What was in flight when the connection broke will not be answered: the newest of each kind is asked again. */
  function restart() {
    for (const [kind, current] of [...flying]) {
      flying.delete(kind);
      if (current.next) send(kind, ...current.next);
    }
  }

  return { ask, restart, idle: () => flying.size === 0 };
}
