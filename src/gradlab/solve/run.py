"""`solve`: from what was asked to the answer with its uncertainty."""

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy
import torch
from numpy.typing import NDArray

from gradlab._types import LossFunction
from gradlab.data import Points
from gradlab.models import Model
from gradlab.models.start import Start
from gradlab.solve.errors_in_x import Shifted
from gradlab.solve.notes import notes
from gradlab.solve.optimum import Optimum, optimum
from gradlab.solve.prepared import Prepared, prepared
from gradlab.solve.problem import Bounds, Problem, Sizes, problem, without_effect
from gradlab.solve.refine import Factors, factors
from gradlab.solve.sandwich import sandwich
from gradlab.solve.solution import Kind, Solution
from gradlab.solve.statistics import covariance, holds_constant, minus_two_log_likelihood, total_of_squares

Array = NDArray[Any]
DUST = 1e-31


def solve(
    model: str | Callable[..., Any] | Model,
    points: Points,
    start: Start | None = None,
    *,
    freeze: Collection[str] = (),
    bounds: Bounds | None = None,
    weights: Sizes | None = None,
    sigma_x: Sizes | None = None,
    sigma_y: Sizes | None = None,
    loss: str | LossFunction = "mse",
) -> Solution:
    """The parameters with the smallest loss to the last digit, and how sure they are.

        minimise Σᵢ wᵢ loss(model(xᵢ, p), yᵢ)        for "mse": weighted least squares

    A model that is linear in its parameters is solved for; another one is searched from `start` (over the model's own),
    by trust-region steps with the exact Jacobian and a few undamped ones in extended precision at the end. `freeze`
    names parameters that stay, `bounds` gives {name: (low, high)}, None for no limit. Of `weights` (n,) only the ratios
    matter; `sigma_y` are standard deviations of y, weights 1/σ². With `sigma_x` as well, x has errors too and each
    point may be shifted sideways (orthogonal distance regression): without it, noise on x flattens a slope. Standard
    errors come from the scatter of the residuals, whatever σ was given; a note says where the two disagree.

    Other losses: "huber:D", "logcosh", "mae", "quantile:Q" or an elementwise function, to their exact optimum.

    Raises OptionError, DataError, ShapeError or ModelError: a start outside its bounds, a lower bound not below the
    upper, weights that are not positive, more parameters than points, a parameter that changes no prediction.

    >>> solution = solve("line", Points([0.0, 1.0, 2.0, 3.0], [1.0, 3.1, 4.9, 7.0]))
    >>> solution.values(), round(float(solution.standard_errors["m"]), 4)
    ({'m': 1.98, 'b': 1.03}, 0.0424)
    """
    asked = problem(model, points, start, freeze, bounds, weights, sigma_x, sigma_y, loss)
    return solved(asked)


def solved(asked: Problem) -> Solution:
    """The answer to a problem that has been checked."""
    with numpy.errstate(all="ignore"):
        ready = prepared(asked)
        without_effect(asked, ready.prediction.quick.jacobian)
        return answer(ready)


def answer(ready: Prepared) -> Solution:
    """Find the optimum of what was prepared, and judge it."""
    with numpy.errstate(all="ignore"):
        return _judged(ready, optimum(ready))


def _judged(ready: Prepared, found: Optimum) -> Solution:
    asked, residuals = ready.problem, ready.residuals
    p = found.p.astype(residuals.kind)
    rest, columns = residuals.precise.value(p), residuals.precise.jacobian(p)
    taken, rss, n, k = factors(columns), _without_dust(float(rest @ rest), asked), len(asked.points), len(p)
    fitted = ready.prediction.precise.value(p.astype(ready.prediction.kind)).astype(float)
    sideways = residuals.precise
    shifts = torch.from_numpy(sideways.shifts(p).astype(float)) if isinstance(sideways, Shifted) else None
    spread = _covariance(ready, found, taken, columns.astype(float), rss)
    likelihood = _likelihood(asked, rss, n)
    return Solution(
        problem=asked,
        params=asked.params(p),
        covariance=torch.from_numpy(spread),
        fitted=torch.from_numpy(fitted),
        shifts=shifts,
        loss=_mean_loss(asked, fitted),
        rss=rss,
        r_squared=_r_squared(ready, columns.astype(float), rss),
        aic=likelihood + 2 * (k + 1),
        bic=likelihood + math.log(n) * (k + 1),
        outcome=_outcome(found, taken),
        method=found.method,
        iterations=found.iterations,
        warnings=tuple(notes(ready, found, taken, rss, spread)),
    )


def _without_dust(rss: float, asked: Problem) -> float:
    """A sum of squares that no digit of y could hold is 0."""
    y, weights = asked.points.y.numpy(), asked.point_weights()
    return rss if rss > DUST * total_of_squares(y, weights, around_mean=False) else 0.0


def _outcome(found: Optimum, taken: Factors) -> Kind:
    if not found.settled:
        return "unsettled"
    if len(taken.s) < len(taken.scale):
        return "undetermined"
    return "exact" if found.method == "singular-values" else "converged"


def _covariance(ready: Prepared, found: Optimum, taken: Factors, columns: Array, rss: float) -> Array:
    dof = len(columns) - columns.shape[1]
    if ready.problem.is_squares:
        return covariance(taken, rss / dof if dof else math.nan)
    return sandwich(ready, found.p.astype(float), taken)


def _mean_loss(asked: Problem, fitted: Array) -> float:
    each = asked.loss(torch.from_numpy(fitted), asked.points.y)
    weights = asked.point_weights()
    return float(each.mean()) if weights is None else float(weights @ each.numpy() / weights.sum())


def _r_squared(ready: Prepared, columns: Array, rss: float) -> float:
    asked = ready.problem
    if asked.sigma_x is not None:
        return math.nan
    y, weights = asked.points.y.numpy(), asked.point_weights()
    around_mean = not ready.is_linear or holds_constant(columns, None if weights is None else numpy.sqrt(weights))
    total = total_of_squares(y, weights, around_mean=around_mean)
    return 1 - rss / total if total > 0 else math.nan


def _likelihood(asked: Problem, rss: float, n: int) -> float:
    if asked.is_squares and asked.sigma_x is None:
        return minus_two_log_likelihood(rss, n, asked.point_weights())
    return math.nan
