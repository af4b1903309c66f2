/** Who takes part in each race: what differs from the state in force, and what it is called. */
import { number, t } from "../core/words.js";

const LRS = [0.1, 0.3, 1, 3];

/** @type {Record<string, (state: import("../core/state.js").State) => {name: string, patch: any}[]>} */
export const RUNNERS = {
  optimizers: () =>
    ["sgd", "momentum", "nesterov", "adam"].map((optimizer) => ({
      name: t(`lab.optimizer_${optimizer}`),
      patch: { optimizer },
    })),
  lrs: ({ lr }) =>
    LRS.map((factor) => Number((lr * factor).toPrecision(3))).map((each) => ({
      name: `lr ${number(each)}`,
      patch: { lr: each },
    })),
  gradients: ({ delta }) => [
    { name: t("lab.method_finite_difference"), patch: { gradient: "finite-difference:forward", delta: delta ?? 0.1 } },
    { name: t("lab.method_chain_rule"), patch: { gradient: "chain-rule" } },
    { name: "autograd", patch: { gradient: "autograd" } },
  ],
  losses: () => ["mae", "mse", "huber", "logcosh"].map((loss) => ({ name: t(`lab.loss_${loss}`), patch: { loss } })),
};
