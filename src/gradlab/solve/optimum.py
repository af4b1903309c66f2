"""The optimum of a prepared problem, by the way that its loss and model allow."""

from dataclasses import dataclass, replace
from typing import Any

import numpy
import torch
from numpy.typing import NDArray

from gradlab.errors import ModelError
from gradlab.losses import Loss
from gradlab.solve.prepared import Prepared
from gradlab.solve.problem import Problem
from gradlab.solve.quantiles import Pinball
from gradlab.solve.quantiles import minimum as least_absolute
from gradlab.solve.refine import refined
from gradlab.solve.residuals import Curve, Residuals, Weighted
from gradlab.solve.robust import Descent, Penalty
from gradlab.solve.search import SETTLED, Task, minimum

Array = NDArray[Any]

DUST = 1e-17


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Parameters in a row, how they were found, and whether the search settled there."""

    p: Array
    iterations: int
    settled: bool
    method: str
    starts: int = 1


def optimum(ready: Prepared) -> Optimum:
    """Least squares where the loss is the square; else from there on to the optimum of the loss that was asked for."""
    problem, start = ready.problem, _least_squares(ready)
    if problem.is_squares:
        return start
    prediction, penalty, p = scaled_prediction(ready), penalty_of(problem), start.p.astype(float)
    if slopes := kink(problem.loss):
        loss = Pinball(penalty.y.numpy(), *slopes, penalty.weights)
        return Optimum(*least_absolute(prediction, loss, p, problem.bounds, linear=ready.is_linear), "linear-programme")
    return Optimum(*Descent(prediction, penalty, problem.bounds).run(p), "newton")


def scaled_prediction(ready: Prepared) -> Curve:
    """The prediction, in units of σ where that was given."""
    sigma_y = ready.problem.sigma_y
    return ready.prediction.quick if sigma_y is None else Weighted(ready.prediction.quick, numpy.zeros(1), 1 / sigma_y)


def penalty_of(problem: Problem) -> Penalty:
    """The loss that was asked for against y, in the same units."""
    y, n = problem.points.y, len(problem.points)
    y = y if problem.sigma_y is None else torch.from_numpy(y.numpy() / problem.sigma_y)
    return Penalty(problem.loss, y, numpy.ones(n) if problem.weights is None else problem.weights)


def kink(loss: object) -> tuple[float, float] | None:
    """The slopes above and below of a loss that is two half lines; None for a smooth one.

    >>> from gradlab.losses import quantile
    >>> kink(quantile(0.75))
    (0.75, 0.25)
    """
    name, _, number = loss.name.partition(":") if isinstance(loss, Loss) else ("", "", "")
    if name == "mae":
        return 1.0, 1.0
    return (float(number), 1 - float(number)) if name == "quantile" else None


def _least_squares(ready: Prepared) -> Optimum:
    problem, residuals, ordinary = ready.problem, ready.residuals, ready.ordinary
    start, linear = problem.row(problem.start), ready.prediction.linear
    if ready.is_linear and not numpy.isfinite(problem.bounds).any():
        last = refined(ordinary.precise, numpy.zeros_like(start, ordinary.kind))
        found = Optimum(_without_dust(last.p, ordinary), last.steps, last.size <= SETTLED, "singular-values")
    else:
        found = _searched(Task(ordinary, problem.bounds, linear, ready.doubtful, ready.is_cheap), start)
    if problem.sigma_x is None:
        return found
    sideways = _searched(Task(residuals, problem.bounds, (), lambda p: False, cheap=False), found.p.astype(float))
    return replace(sideways, method="orthogonal-distance", starts=found.starts)


def _without_dust(p: Array, residuals: Residuals) -> Array:
    """What is 0 but for rounding is 0: a share of the prediction that no digit of it can hold."""
    shares = abs(p) * numpy.sqrt((residuals.precise.jacobian(p) ** 2).sum(axis=0))
    return numpy.where(shares > DUST * shares.max(), p, 0)


def _searched(task: Task, start: Array) -> Optimum:
    found = minimum(task, start)
    if not numpy.isfinite(found.rss):
        raise ModelError("solve.not_finite", starts=found.starts)
    method = "trust-region" if task.bounded else "levenberg-marquardt"
    return Optimum(found.p, found.iterations, found.settled, method, found.starts)
