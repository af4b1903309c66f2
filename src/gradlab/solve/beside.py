"""The optimum of a descent's own objective, to be shown beside its path: where it costs next to nothing."""

from gradlab._types import Params
from gradlab.data import Points
from gradlab.errors import GradlabError
from gradlab.models import Model
from gradlab.solve.linear import least_squares
from gradlab.solve.run import solve

MOST_POINTS, MOST_NUMBERS = 5_000, 20
"""What is larger and not linear least squares would take longer than a person waits for a number beside the others."""


def optimum_beside(model: Model, points: Points, params: Params, free: tuple[str, ...], loss: str) -> Params | None:
    """The parameters with the smallest `loss`, searched from `params` where it has to be searched.

    None where it would take long, where the loss is not one of ours, and where no single optimum was reached.

    >>> from gradlab.models import resolve
    >>> points = Points([0.0, 1.0, 2.0], [1.0, 3.0, 50.0])
    >>> start = {"m": torch.tensor(0.0), "b": torch.tensor(1.0)}
    >>> optimum_beside(resolve("line"), points, start, ("m",), "mae")["m"]
    tensor(24.5000, dtype=torch.float64)
    """
    if loss == "mse" and (exact := least_squares(model, points, params, free)) is not None:
        return exact
    if len(points) > MOST_POINTS or sum(params[name].numel() for name in free) > MOST_NUMBERS:
        return None
    start = params if all(bool(value.isfinite().all()) for value in params.values()) else None
    try:
        found = solve(model, points, start, freeze=[name for name in params if name not in free], loss=loss)
    except GradlabError:
        return None
    return found.params if found.outcome in ("exact", "converged") else None
