/** What is to be known now: solving is off, something was refused. And the one live region for screen readers. */
import { h, say } from "./core/dom.js";
import { number, t } from "./core/words.js";
import { sentenceOf } from "./learning/outcome.js";

const PAUSE = 600;

/** @param {import("./app.js").Context} context */
export function statusLine({ store, on }) {
  const offline = h("p", { class: "banner offline", role: "status", hidden: true }, t("lab.offline"));
  const refused = h("p", { class: "banner refused", role: "alert", hidden: true });
  const live = h("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const syncConnection = () => (offline.hidden = store.online);
  function syncRefusal() {
    refused.hidden = !store.refusal;
    if (store.refusal) say(refused, sentenceOf(store.refusal));
  }
  let waiting = 0;
  /** Silent while it plays, and until a hand rests. */
  function announce() {
    clearTimeout(waiting);
    if (store.playing) return;
    waiting = setTimeout(() => {
      const { solution, state } = store;
      if (solution)
        say(
          live,
          t("lab.live", {
            step: state.step,
            last: solution.last,
            loss: number(solution.loss[state.step], 4),
            outcome: sentenceOf(solution.outcome),
          }),
        );
    }, PAUSE);
  }
  on("connection", syncConnection);
  on("refused", syncRefusal);
  on("solution", syncRefusal);
  on("solution", announce);
  on("step", announce);
  syncConnection();
  syncRefusal();
  return h("div", { class: "status" }, offline, refused, live);
}
