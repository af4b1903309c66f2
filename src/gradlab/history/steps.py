"""One step of a descent, and what became of the whole run."""

import math
from dataclasses import dataclass
from typing import Literal

from gradlab import messages
from gradlab._types import Evaluation, Params, State

Kind = Literal["steps-done", "converged", "diverged", "interrupted"]
Reason = Literal["non-finite", "rising"]


@dataclass(frozen=True, slots=True)
class Step:
    """One point of the trajectory: where it stands, what was seen there, what the optimizer remembered on arrival.

    `evaluation` is taken at `params`; `state` is the optimizer's before the update that starts from this point, so that
    a run taken up again from (`params`, `state`, `index`) is the same run.
    """

    index: int
    params: Params
    evaluation: Evaluation
    state: State


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: a value, not an exception.

    `step`, `loss` and `gradient_norm` (Euclidean, over the free parameters) are those of the last row. `lr` is the step
    size of the run; `stable_lr` the largest one that plain gradient descent can take from the start, 2/λmax of the
    Hessian there: infinite where nothing curves upwards, None where it was not asked for (only divergence asks).

    >>> with messages.speaking("en"):
    ...     Outcome("steps-done", step=25, loss=1.75, gradient_norm=0.5).sentence()
    'The 25 steps are done: loss 1.75, gradient norm 0.5.'
    """

    kind: Kind
    step: int
    loss: float
    gradient_norm: float
    reason: Reason | None = None
    lr: float | None = None
    stable_lr: float | None = None

    def sentence(self) -> str:
        """The outcome in one or two sentences, with its numbers, in the language in force."""
        return " ".join(messages.text(key, **values) for key, values in self.sentences())

    def sentences(self) -> list[tuple[str, dict[str, object]]]:
        """The sentences as keys of the catalogue with their numbers, to be said in any language, later."""
        kind = f"{self.kind}_{self.reason}" if self.reason else self.kind
        keys = [f"outcome.{kind}".replace("-", "_")]
        if self.kind == "diverged" and self.stable_lr is not None:
            keys.append(self._advice(self.stable_lr))
        values = {name: getattr(self, name) for name in ("step", "loss", "gradient_norm", "lr", "stable_lr")}
        return [(key, values) for key in keys]

    def _advice(self, stable_lr: float) -> str:
        """What the curvature at the start says about the lr."""
        if math.isinf(stable_lr):
            return "outcome.no_upward_curvature"
        too_large = self.lr is not None and self.lr > stable_lr
        return "outcome.lr_too_large" if too_large else "outcome.lr_stable_at_start"
