"""The mean absolute error and the quantile loss, to their exact optimum: linear programmes.

    minimise Σᵢ wᵢ (above·max(yᵢ − fᵢ, 0) + below·max(fᵢ − yᵢ, 0)),    f = f₀ + J d,    low ≤ d ≤ high

Solved through its dual, which has one variable per point and one equation per parameter:

    maximise (y − f₀)ᵀ z − Σⱼ (highⱼ s⁺ⱼ − lowⱼ s⁻ⱼ),    Jᵀ z = s⁺ − s⁻,    −below·w ≤ z ≤ above·w,    s ≥ 0

The optimum passes through as many points as there are parameters, which are solved for once more. A model that is not
linear is replaced by its tangent within a box that shrinks where the tangent is no good.
Source: R. Koenker, "Quantile Regression", Cambridge University Press (2005), chapter 6.
"""

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.refine import factors, relative_size
from gradlab.solve.residuals import Curve

Array = NDArray[Any]

STEPS = 200
SMALL = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Pinball:
    """Slopes of the loss: `above` where y lies above the prediction, `below` where it lies below, times `weights`."""

    y: Array
    above: float
    below: float
    weights: Array

    def total(self, prediction: Array) -> float:
        """The sum over all points, infinite where a prediction is not finite."""
        rest = self.y - prediction
        each = self.weights * numpy.where(rest > 0, self.above * rest, -self.below * rest)
        total = float(each.sum())
        return total if numpy.isfinite(total) else numpy.inf


def minimum(prediction: Curve, loss: Pinball, start: Array, bounds: Array, *, linear: bool) -> tuple[Array, int, bool]:
    """The best parameters from `start`, the programmes solved, and whether the last step was too small to matter."""
    if linear:
        p = _solved(prediction.jacobian(start), loss, loss.y - prediction.value(start), (bounds.T - start).T)
        return start + p, 1, True
    return _by_tangents(prediction, loss, start, bounds)


def _by_tangents(prediction: Curve, loss: Pinball, p: Array, bounds: Array) -> tuple[Array, int, bool]:
    total, reach = loss.total(prediction.value(p)), 1.0
    for count in range(STEPS):
        columns, rest = prediction.jacobian(p), loss.y - prediction.value(p)
        unit = numpy.linalg.norm(rest) / numpy.where((length := numpy.linalg.norm(columns, axis=0)) > 0, length, 1)
        box = numpy.stack(
            [numpy.maximum(bounds[:, 0] - p, -reach * unit), numpy.minimum(bounds[:, 1] - p, reach * unit)]
        )
        step = _solved(columns, loss, rest, box.T)
        promised = total - loss.total(loss.y - rest + columns @ step)
        there = loss.total(prediction.value(p + step))
        won = total - there
        if relative_size(step, p, columns) <= SMALL or promised <= 1e-15 * total:
            return (p + step if won >= 0 else p), count + 1, True
        reach = reach * 2 if won > 0.75 * promised else reach / 4 if won < 0.25 * promised else reach
        if won > 0:
            p, total = p + step, there
    return p, STEPS, False


def _solved(columns: Array, loss: Pinball, rest: Array, box: Array) -> Array:
    """The best d for the tangent: the multipliers of the dual's equations, then made exact."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    scale = numpy.where((length := numpy.linalg.norm(columns, axis=0)) > 0, length, 1)
    unit = max(float(abs(rest).max()), numpy.finfo(float).tiny)
    scaled, low, high = columns / scale, *(box.T * scale / unit)
    sides = [(sign, index, edge) for sign, edges in ((1, high), (-1, low)) for index, edge in enumerate(edges)]
    sides = [side for side in sides if numpy.isfinite(side[2])]
    slack = numpy.zeros((columns.shape[1], len(sides)))
    for column, (sign, index, _) in enumerate(sides):
        slack[index, column] = -sign
    prices = numpy.concatenate([-rest / unit, [sign * edge for sign, _, edge in sides]])
    limits = [*zip(-loss.below * loss.weights, loss.above * loss.weights, strict=True), *[(0, None)] * len(sides)]
    equations = hstack([csr_array(scaled.T), csr_array(slack)]) if sides else csr_array(scaled.T)
    found = linprog(prices, A_eq=equations, b_eq=numpy.zeros(columns.shape[1]), bounds=limits, method="highs")
    d = -found.eqlin.marginals * unit / scale
    return _exact(columns, loss, rest, d, box)


def _exact(columns: Array, loss: Pinball, rest: Array, d: Array, box: Array) -> Array:
    """Through the points that lie closest, as many as there are parameters: the vertex that the programme meant."""
    k = columns.shape[1]
    closest = numpy.argsort(abs(rest - columns @ d))[:k]
    vertex = factors(columns[closest]).solve(rest[closest])
    inside = ((vertex >= box[:, 0]) & (vertex <= box[:, 1])).all()
    zero = loss.y - rest
    return (
        vertex if inside and loss.total(zero + columns @ vertex) <= loss.total(zero + columns @ d) * (1 + 1e-12) else d
    )
