"""Fewer parameters to search: those in which the prediction is linear follow from the others by one solve.

    r(p) = c(φ) + A(φ) β,    β(φ) = argmin ‖c + A β‖,    search over φ alone

Source: G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
variables separate", SIAM J. Numer. Anal. 10 (1973); less the second term, as L. Kaufman, BIT 15 (1975).
"""

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.refine import Factors, factors
from gradlab.solve.residuals import Curve

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Projected:
    """Residuals over the parameters at `curved`; those at `linear` are solved for at each place."""

    residuals: Curve
    linear: list[int]
    curved: list[int]

    def whole(self, phi: Array) -> Array:
        """All parameters at φ: the linear ones are the best for it; NaN where there are none."""
        return self._solved(phi)[0]

    def value(self, phi: Array) -> Array:
        return self.residuals.value(self.whole(phi))

    def jacobian(self, phi: Array) -> Array:
        p, taken = self._solved(phi)
        columns = self.residuals.jacobian(p)[:, self.curved]
        return columns - taken.u @ (taken.u.T @ columns) if taken else columns

    def _solved(self, phi: Array) -> tuple[Array, Factors | None]:
        p = numpy.zeros(len(self.linear) + len(self.curved))
        p[self.curved] = phi
        offset, matrix = self.residuals.value(p), self.residuals.jacobian(p)[:, self.linear]
        if not (numpy.isfinite(offset).all() and numpy.isfinite(matrix).all()):
            return numpy.full_like(p, numpy.nan), None
        taken = factors(matrix)
        p[self.linear] = taken.solve(-offset, passes=1)
        return p, taken
