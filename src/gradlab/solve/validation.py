"""k-fold validation: fit on all points but a few, predict those, and see how far off that is."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
import torch

from gradlab.errors import OptionError

if TYPE_CHECKING:
    from gradlab.solve.solution import Solution


@dataclass(frozen=True, slots=True)
class Validation:
    """`rmse` is the root of the mean squared error on points that were not fitted, over all folds and for each one.

    `within` is the same on the points that were fitted, with all of them: much less of it means that the model learned
    the noise. `r_squared` is 1 − Σ(y − prediction)²/Σ(y − ȳ)² of the predictions; it may be negative.
    """

    folds: tuple[float, ...]
    rmse: float
    within: float
    r_squared: float


def validate(solution: "Solution", folds: int, seed: int) -> Validation:
    """Split the points at random (by `seed`) into `folds` equal parts; fit without each one in turn, and predict it.

    Raises OptionError for fewer than 2 folds, or so many or so few that a fit has fewer points than parameters.

    >>> solution = gradlab.solve("line", gradlab.noisy_line(0.5, 0.0, 50, sigma=0.0))
    >>> solution.validate(folds=5).rmse < 1e-12
    True
    """
    from gradlab.solve.run import solved

    problem, n = solution.problem, solution.n
    left = n - math.ceil(n / folds) if folds > 1 else 0
    if folds < 2 or folds > n or left < len(solution.names):
        raise OptionError("solve.folds", folds=folds, n=n, unknowns=len(solution.names))
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    predicted, parts = torch.empty(n, dtype=torch.float64), torch.tensor_split(order, folds)
    for part in parts:
        rest = torch.ones(n, dtype=torch.bool).index_fill(0, part, False).nonzero()[:, 0]
        fitted = solved(problem.some(rest, solution.params))
        with torch.no_grad():
            predicted[part] = problem.model(problem.points.x[part], **fitted.params)
    y = problem.points.y
    wrong = (predicted - y).numpy()
    each = tuple(float(numpy.sqrt((wrong[part.numpy()] ** 2).mean())) for part in parts)
    scatter = float(((y - y.mean()) ** 2).sum())
    return Validation(
        each,
        float(numpy.sqrt((wrong**2).mean())),
        float((solution.residuals**2).mean().sqrt()),
        1 - float(wrong @ wrong) / scatter if scatter else math.nan,
    )
