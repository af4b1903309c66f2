"""A problem as residuals: ordinary ones, or those that allow each point to be shifted sideways."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.linearity import recorded
from gradlab.solve.decimals import PRECISE, as_written
from gradlab.solve.errors_in_x import Shifted
from gradlab.solve.prediction import RECORDED, OnColumns, Predictions, columns_of, predictions
from gradlab.solve.problem import Problem
from gradlab.solve.program import Rows, program
from gradlab.solve.residuals import Residuals, Weighted
from gradlab.solve.statistics import runs

Array = NDArray[Any]

DOUBT = 1e-3
"""Residuals that change sides so seldom that chance would do it less often than this."""
LARGE = 20_000
UNEXPLAINED = 0.1
"""The share of the scatter of y that a fit may leave without being suspected to be a local minimum."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem ready to be solved, over its free parameters.

    `ordinary` are the weighted residuals up and down, `residuals` those whose squares are added up: the same, but for
    errors in x. `order` is that of the points by x.
    """

    problem: Problem
    prediction: Predictions
    ordinary: Residuals
    residuals: Residuals
    order: Array

    @property
    def is_linear(self) -> bool:
        """Whether the prediction is linear in all free parameters together."""
        return len(self.prediction.linear) == len(self.problem.names)

    @property
    def is_cheap(self) -> bool:
        """Whether other starts may be tried as well: few points, and a model that NumPy computes."""
        return self.prediction.kind is PRECISE and len(self.problem.points) <= LARGE

    def doubtful(self, p: Array) -> bool:
        """Whether the residuals at p keep a shape, or leave much of y unexplained: then it may be a local minimum."""
        rest = self.ordinary.precise.value(p.astype(self.ordinary.kind)).astype(float)
        pattern = runs(rest[self.order])
        y, roots = self.problem.points.y.numpy(), self.problem.point_weights()
        scatter = (y - y.mean()) * (1 if roots is None else numpy.sqrt(roots))
        return bool(rest @ rest > UNEXPLAINED * (scatter @ scatter)) or bool(pattern and pattern.probability < DOUBT)


def prepared(problem: Problem) -> Prepared:
    """Record the model once, and make what has to be made small out of it."""
    prediction = predictions(problem.model, problem.points.x, problem.start, problem.free)
    ordinary = _ordinary(problem, prediction)
    residuals = ordinary if problem.sigma_x is None else _orthogonal(problem)
    x = problem.points.x
    along = x.reshape(-1) if x.numel() == len(x) else prediction.quick.value(problem.row(problem.start))
    return Prepared(problem, prediction, ordinary, residuals, numpy.argsort(numpy.asarray(along), kind="stable"))


def _ordinary(problem: Problem, prediction: Predictions) -> Residuals:
    y, weights = problem.points.y.numpy(), problem.point_weights()
    roots = None if weights is None else numpy.sqrt(weights)
    quick = Weighted(prediction.quick, y, roots)
    if prediction.kind is float:
        return Residuals(quick, quick, float)
    return Residuals(quick, Weighted(prediction.precise, as_written(y), roots), PRECISE)


def _orthogonal(problem: Problem) -> Residuals:
    x, y = problem.points.x, problem.points.y.numpy()
    assert problem.sigma_x is not None and problem.sigma_y is not None
    sigmas = (problem.sigma_x, problem.sigma_y)
    columns = numpy.stack(columns_of(x), axis=1)
    run = _program_of_x(problem)
    if run is None:
        quick = Shifted(OnColumns(problem.model, problem.start, problem.free, x.dim() == 1), columns, y, *sigmas)
        return Residuals(quick, quick, float)
    quick = Shifted(run(float), columns, y, *sigmas)
    return Residuals(quick, Shifted(run(PRECISE), as_written(columns), as_written(y), *sigmas), PRECISE)


def _program_of_x(problem: Problem) -> Callable[[type[Any]], Rows] | None:
    """The model as a program in which x moves as well; None where there is none."""
    x = problem.points.x.clone()
    if len(x) > RECORDED:
        return None
    once = recorded(lambda p: problem.model(x, **p), problem.start)
    known = program(once, problem.free, once.recording.value(x))
    return None if known is None else known.rows
