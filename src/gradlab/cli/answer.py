"""What `gradlab fit` answers: the run, and beside it what the run was walking towards."""

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradlab._types import Params
from gradlab.data import Points
from gradlab.descent.standardise import standardised
from gradlab.history import History
from gradlab.models import Model
from gradlab.solve import in_own_units, optimum_beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Answer:
    """A run with its model and points.

    `seen` are the points that the descent saw, with x standardised if it was so asked. `own` are the parameters of the
    x that was measured where the run used a standardised one, `exact` the optimum of the run's own objective, in the
    units of `params`; None where there is no such thing, or it would take long to find.
    """

    history: History
    model: Model
    seen: Points
    own: Params | None
    exact: Params | None

    @property
    def params(self) -> Params:
        """The parameters that are shown first: those of the x that was measured, wherever there are such."""
        return self.own or self.history.params

    def as_text(self) -> str:
        """The result for a terminal."""
        from gradlab.text import summary

        return summary(self.history, self.exact, own=self.own)

    def as_page(self, data: str, y: str) -> str:
        """The result as one HTML page."""
        from gradlab.report import report

        return report(self.history, self.seen, self.model, exact=self.exact, own=self.own, data=data, y=y)

    def figure(self) -> "Figure":
        """The curve of the model moving towards the points, where x is one column; else loss and gradient by step."""
        from gradlab.figures import draw_evolution, draw_loss

        one_x = self.seen.x.dim() == 1 or self.seen.x.shape[1] == 1
        return draw_evolution(self.model, self.seen, self.history) if one_x else draw_loss(self.history)

    def as_json(self) -> str:
        """One object; a number that is not finite becomes null, since JSON has no other word for it."""
        history, settings = self.history, self.history.settings
        return json.dumps(
            {
                "params": _numbers(self.params),
                "gradient": _numbers(history.gradient),
                "loss": _finite(history.losses[-1].item()),
                "steps": history.steps,
                "outcome": history.outcome.kind,
                "gradient_method": settings["gradient"],
                "engine": history.engine,
                "model": self.model.name,
                "n": len(self.seen),
                "loss_name": settings["loss"],
                "sentence": history.outcome.sentence(),
                "optimum": _numbers(self.exact) if self.exact else None,
                "least_squares": _numbers(self.exact) if self.exact and settings["loss"] == "mse" else None,
                "standardise": self._standardised(),
            }
        )

    def _standardised(self) -> dict[str, Any] | None:
        settings = self.history.settings["standardise"]
        return {**settings, "params": _numbers(self.history.params)} if settings else None


def answer_to(model: Model, points: Points, history: History) -> Answer:
    """Put the optimum, and parameters in the units that were measured, beside a run."""
    settings = history.settings
    points = points.to(device="cpu")
    seen = standardised(points)[0] if settings["standardise"] else points
    free = tuple(name for name in history.parameters if name not in settings["freeze"])
    exact = optimum_beside(model, seen, history.params, free, settings["loss"])
    if not settings["standardise"]:
        return Answer(history, model, seen, None, exact)
    own = in_own_units(model, points, seen, history.params)
    own_exact = in_own_units(model, points, seen, exact) if own and exact else exact
    return Answer(history, model, seen, own, own_exact)


def _numbers(params: Params) -> dict[str, Any]:
    return {name: _finite(value.tolist()) for name, value in params.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return value if math.isfinite(value) else None
