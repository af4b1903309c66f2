"""Errors in x as well as in y: each point may be shifted sideways, at the price of its shift (orthogonal distance).

    minimise Σᵢ ((yᵢ − f(xᵢ + δᵢ; p))/σ_y)² + Σᵢ (δᵢ/σ_x)²   over p and all n shifts δ

Each shift enters one point only (the Hessian is an arrow), so that the best shifts for given p are found point by
point, all at once. What is left is a sum of squares in p alone,

    ρᵢ(p) = (f(xᵢ + δᵢ) − yᵢ) √vᵢ/σ_y²,    vᵢ = σ_y² + (∂f/∂x)² σ_x²,    ∂ρᵢ/∂p = (∂f/∂p)/√vᵢ

which is solved like any other: the derivative is exact, since at its best a shift changes nothing to first order.
Source: P. T. Boggs, R. H. Byrd and R. B. Schnabel, "A stable and efficient algorithm for nonlinear orthogonal distance
regression", SIAM J. Sci. Stat. Comput. 8 (1987).
"""

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.prediction import OnColumns
from gradlab.solve.program import Rows

Array = NDArray[Any]

STEPS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """The residuals ρ, and `shifts`, at parameters p; `x` and `sigma_x` are (n, columns), `y` and `sigma_y` (n,)."""

    rows: Rows | OnColumns
    x: Array
    y: Array
    sigma_x: Array
    sigma_y: Array

    def value(self, p: Array) -> Array:
        prediction, slopes = self._at(p, self.shifts(p))[:2]
        return (prediction - self.y) * numpy.sqrt(self._variance(slopes)) / self.sigma_y**2

    def jacobian(self, p: Array) -> Array:
        _, slopes, columns = self._at(p, self.shifts(p))
        return columns / numpy.sqrt(self._variance(slopes))[:, None]

    def shifts(self, p: Array) -> Array:
        """The best δ (n, columns) for p, by Gauss-Newton steps at each point, halved where they do not help."""
        delta = numpy.zeros_like(self.x)
        price, slopes, rest = self._price(p, delta)
        for _ in range(STEPS):
            along = self.sigma_x**2 * slopes
            wanted = along * ((rest + (slopes * delta).sum(axis=1)) / self._variance(slopes))[:, None]
            step, share = wanted - delta, numpy.ones(len(self.y))
            small = numpy.finfo(self.x.dtype).eps * 4
            if not (abs(step) > small * (abs(delta) + abs(self.x) * 1e-3 + self.sigma_x * 1e-3)).any():
                break
            tried = self._price(p, delta + step)
            while (worse := tried[0] > price * (1 + 1e-15)).any() and share.min() > 1e-6:
                share = numpy.where(worse, share / 2, share)
                tried = self._price(p, delta + step * share[:, None])
            better = tried[0] <= price
            delta = numpy.where(better[:, None], delta + step * share[:, None], delta)
            if not better.any():
                break
            price, slopes, rest = self._price(p, delta)
        return delta

    def _price(self, p: Array, delta: Array) -> tuple[Array, Array, Array]:
        prediction, slopes, _ = self._at(p, delta)
        rest = self.y - prediction
        return (rest / self.sigma_y) ** 2 + ((delta / self.sigma_x) ** 2).sum(axis=1), slopes, rest

    def _variance(self, slopes: Array) -> Array:
        return self.sigma_y**2 + ((slopes * self.sigma_x) ** 2).sum(axis=1)

    def _at(self, p: Array, delta: Array) -> tuple[Array, Array, Array]:
        """Prediction, its slopes along x, and its Jacobian by p, with x shifted by δ."""
        prediction = self.rows.run([*p, *(self.x + delta).T])
        columns = self.rows.walk_back()
        return prediction, columns[:, len(p) :], columns[:, : len(p)]
