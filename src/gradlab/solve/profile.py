"""Profile-likelihood intervals: how far a parameter can go while the others make the best of it.

The interval holds all values of one parameter for which the others still reach RSS ≤ RSS₀ (1 + t²/dof), t of Student:
the likelihood-ratio test turned round. Where the model is linear it is value ± t·standard error; elsewhere it is as
lopsided as the sum of squares, and open where that never rises enough.
Source: D. M. Bates and D. G. Watts, "Nonlinear Regression Analysis and Its Applications" (1988), chapter 6.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from gradlab.errors import OptionError
from gradlab.solve.prepared import prepared
from gradlab.solve.residuals import Residuals
from gradlab.solve.search import levenberg_marquardt
from gradlab.solve.statistics import student

if TYPE_CHECKING:
    from gradlab.solve.solution import Intervals, Solution

Array = NDArray[Any]

FARTHEST = 1e4
"""Standard errors beyond which an end counts as open."""
EXACT = 1e-9


def profile(solution: "Solution", level: float, names: Sequence[str] | None) -> "Intervals":
    """The interval of each parameter in `names` (all free ones without it); ±infinity where it is open.

    Raises OptionError for a loss other than the square, bounds, no degrees of freedom, or an unknown name.
    """
    problem = solution.problem
    if not problem.is_squares or numpy.isfinite(problem.bounds).any() or not solution.dof:
        raise OptionError("solve.profile")
    for name in names or ():
        if name not in solution.names:
            raise OptionError.unknown("solve.profile_name", name, solution.names)
    residuals = prepared(problem).residuals
    best, errors = problem.row(solution.params), solution.covariance.diagonal().sqrt().numpy()
    limit = solution.rss * (1 + student(level, solution.dof) ** 2 / solution.dof)
    with numpy.errstate(all="ignore"):
        return {
            name: (
                _end(residuals, best, index, -errors[index], limit),
                _end(residuals, best, index, errors[index], limit),
            )
            for index, name in enumerate(solution.names)
            if names is None or name in names
        }


def _end(residuals: Residuals, best: Array, index: int, error: float, limit: float) -> float:
    """Where the lowest sum of squares for a held parameter reaches `limit`: stepped out to, then closed in on."""
    if not math.isfinite(error) or error == 0:
        return math.copysign(math.inf, error) if error else float(best[index])
    from scipy.optimize import brentq

    others = best

    def excess(distance: float) -> float:
        nonlocal others
        others = _best_others(residuals, others, index, best[index] + distance * error)
        return math.sqrt(residuals.sum_of_squares(others) / limit) - 1

    outside = 1.0
    while excess(outside) < 0:
        outside *= 1.5
        if outside > FARTHEST:
            return math.copysign(math.inf, error)
    return float(best[index] + error * brentq(excess, 0.0, outside, xtol=EXACT, rtol=EXACT))


def _best_others(residuals: Residuals, start: Array, index: int, value: float) -> Array:
    """All parameters, the one at `index` held at `value` and the others the best for it."""
    moving = numpy.delete(numpy.arange(len(start)), index)
    whole = start.copy()
    whole[index] = value
    if len(moving):
        held = residuals.held(whole, moving)
        whole[moving], _ = levenberg_marquardt(held.quick, start[moving])
    return whole
