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
        key = f"{self.kind}_{self.reason}" if self.reason else self.kind
        sentence = messages.text(f"outcome.{key}".replace("-", "_"), **self._numbers())
        return f"{sentence} {self._advice()}" if self.kind == "diverged" and self.stable_lr is not None else sentence

    def _numbers(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("step", "loss", "gradient_norm", "lr", "stable_lr")}

    def _advice(self) -> str:
        """What the curvature at the start says about the lr."""
        assert self.stable_lr is not None
        if math.isinf(self.stable_lr):
            return messages.text("outcome.no_upward_curvature")
        key = "lr_too_large" if self.lr is not None and self.lr > self.stable_lr else "lr_stable_at_start"
        return messages.text(f"outcome.{key}", **self._numbers())
