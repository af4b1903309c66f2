"""Errors in x as well as in y: each point may be shifted sideways, at the price of its shift (orthogonal distance).

    minimise Σᵢ ((yᵢ − f(xᵢ + δᵢ; p))/σ_y)² + Σᵢ (δᵢ/σ_x)²   over p and all n shifts δ

Each shift enters one point only (the Hessian is an arrow), so that the best shifts for given p are found point by
point, all at once. What is left is a sum of squares in p alone,

    ρᵢ(p) = (f(xᵢ + δᵢ) − yᵢ) √vᵢ/σ_y²,    vᵢ = σ_y² + (∂f/∂x)² σ_x²,    ∂ρᵢ/∂p = (∂f/∂p)/√vᵢ

which is solved like any other: the derivative is exact, since at its best a shift changes nothing to first order.
Source: P. T. Boggs, R. H. Byrd and R. B. Schnabel, "A stable and efficient algorithm for nonlinear orthogonal distance
regression", SIAM J. Sci. Stat. Comput. 8 (1987).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.prediction import OnColumns
from gradlab.solve.program import Rows

Array = NDArray[Any]

STEPS, HALVINGS = 60, 20


@dataclass(slots=True, eq=False)
class Shifted:
    """The residuals ρ, and `shifts`, at parameters p; `x` and `sigma_x` are (n, columns), `y` and `sigma_y` (n,)."""

    rows: Rows | OnColumns
    x: Array
    y: Array
    sigma_x: Array
    sigma_y: Array
    last: "tuple[Array, Place] | None" = field(default=None, init=False)

    def value(self, p: Array) -> Array:
        place = self._best(p)
        return (place.prediction - self.y) * numpy.sqrt(place.variance) / self.sigma_y**2

    def jacobian(self, p: Array) -> Array:
        place = self._best(p)
        return place.columns / numpy.sqrt(place.variance)[:, None]

    def shifts(self, p: Array) -> Array:
        """The best δ (n, columns) for p."""
        return self._best(p).delta

    def _best(self, p: Array) -> "Place":
        """Gauss-Newton steps at all points at once, halved where they do not help; remembered for the last p."""
        if self.last is not None and (self.last[0] == p).all():
            return self.last[1]
        place = self._at(p, numpy.zeros_like(self.x))
        smallest = 8 * numpy.finfo(self.x.dtype).eps * (abs(self.x) + self.sigma_x)
        for _ in range(STEPS):
            rest = self.y - place.prediction + (place.slopes * place.delta).sum(axis=1)
            step = self.sigma_x**2 * place.slopes * (rest / place.variance)[:, None] - place.delta
            if not (abs(step) > smallest).any():
                break
            place = self._lower(p, place, step)
        self.last = p.copy(), place
        return place

    def _lower(self, p: Array, place: "Place", step: Array) -> "Place":
        """Each point as far along its step as lowers its part of the sum; not at all where nothing does."""
        share = numpy.ones((len(self.y), 1))
        for _ in range(HALVINGS):
            there = self._at(p, place.delta + step * share)
            worse = there.price > place.price * (1 + 8 * numpy.finfo(self.x.dtype).eps)
            if not worse.any():
                return there
            share[worse] /= 2
        share[worse] = 0
        return self._at(p, place.delta + step * share)

    def _at(self, p: Array, delta: Array) -> "Place":
        prediction = self.rows.run([*p, *(self.x + delta).T])
        columns = self.rows.walk_back()
        slopes, k = columns[:, len(p) :], len(p)
        price = ((self.y - prediction) / self.sigma_y) ** 2 + ((delta / self.sigma_x) ** 2).sum(axis=1)
        variance = self.sigma_y**2 + ((slopes * self.sigma_x) ** 2).sum(axis=1)
        return Place(delta, prediction, slopes, columns[:, :k], price, variance)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What there is to know with x shifted by `delta`: the prediction, its slopes along x, its Jacobian by p, v, and
    each point's part of the sum."""

    delta: Array
    prediction: Array
    slopes: Array
    columns: Array
    price: Array
    variance: Array
