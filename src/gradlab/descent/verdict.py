"""When a run is over before its steps are: diverged, or (with `until`) converged."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from gradlab._types import Params
from gradlab.history import Step
from gradlab.history.steps import Kind, Reason

CONVERGED = 1e-6
"""The gradient norm at or below which a run without an `until` is reported as converged (it takes its steps all the
same). Absolute, in the units of the loss over those of the parameters, as `until` is."""

FAR = 1e6
RISES = 10
"""Diverged: the loss is more than FAR times the first one, and has risen RISES times in a row."""


@dataclass(slots=True)
class Verdict:
    """What is seen of a run as it passes: the loss and gradient norm of the last step, and how often the loss rose."""

    free: tuple[str, ...]
    until: float | None
    first_loss: float = math.nan
    loss: float = math.nan
    gradient_norm: float = math.nan
    rises: int = 0

    def remember(self, losses: Sequence[float]) -> None:
        """The losses of an earlier part of the run, as if they had been seen."""
        for loss in (*losses[:1], *losses[1:][-RISES - 1 :]):  # more would tell no more
            self._note(loss)

    def see(self, step: Step) -> tuple[Kind, Reason | None] | None:
        """The end that this step puts to the run, if it does."""
        return self.judge(step.evaluation.loss.item(), gradient_norm(step.evaluation.gradient, self.free))

    def judge(self, loss: float, gradient_norm: float) -> tuple[Kind, Reason | None] | None:
        """The end that a row of this loss and gradient norm puts to the run, if it does."""
        self._note(loss)
        self.gradient_norm = gradient_norm
        if not (math.isfinite(self.loss) and math.isfinite(self.gradient_norm)):
            return "diverged", "non-finite"
        if self.rises >= RISES and self.loss > FAR * self.first_loss:
            return "diverged", "rising"
        if self.until is not None and self.gradient_norm <= self.until:
            return "converged", None
        return None

    def _note(self, loss: float) -> None:
        self.first_loss = loss if math.isnan(self.first_loss) else self.first_loss
        self.rises = self.rises + 1 if loss > self.loss else 0
        self.loss = loss

    def at_the_end(self) -> Kind:
        """What a run that took all its steps has come to."""
        small = self.gradient_norm <= (CONVERGED if self.until is None else self.until)
        return "converged" if small else "steps-done"


def gradient_norm(gradient: Params, names: Iterable[str]) -> float:
    """The Euclidean norm over all elements of the gradient with respect to `names`.

    >>> gradient_norm({"m": torch.tensor(3.0), "b": torch.tensor([4.0, 0.0]), "c": torch.tensor(9.0)}, ("m", "b"))
    5.0
    """
    slopes = (gradient[name] for name in names)
    return math.hypot(*(g.item() if g.dim() == 0 else torch.linalg.vector_norm(g).item() for g in slopes))
