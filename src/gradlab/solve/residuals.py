"""What is made small: residuals as a function of the free parameters, in float64 or in more digits.

r(p) = √w · (prediction(p) − y),    shape (n,);    Jacobian ∂r/∂p, shape (n, k)
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy
from numpy.typing import NDArray

Array = NDArray[Any]


class Curve(Protocol):
    """A prediction, or a residual, as a function of k numbers: one value per point, and its Jacobian."""

    def value(self, p: Array, /) -> Array: ...

    def jacobian(self, p: Array, /) -> Array: ...


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Prediction minus y, each times the root of its weight; None is 1 for all."""

    prediction: Curve
    y: Array
    roots: Array | None = None

    def value(self, p: Array) -> Array:
        rest = self.prediction.value(p) - self.y
        return rest if self.roots is None else rest * self.roots

    def jacobian(self, p: Array) -> Array:
        columns = self.prediction.jacobian(p)
        return columns if self.roots is None else columns * self.roots[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The same residuals with only some parameters moving, those at `moving`; the others stay as in `whole`."""

    residuals: Curve
    whole: Array
    moving: Array

    def place(self, p: Array) -> Array:
        """All parameters, with the moving ones at `p`."""
        whole = self.whole.astype(p.dtype)
        whole[self.moving] = p
        return whole

    def value(self, p: Array) -> Array:
        return self.residuals.value(self.place(p))

    def jacobian(self, p: Array) -> Array:
        return self.residuals.jacobian(self.place(p))[:, self.moving]


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Residuals twice: `quick` in float64 for the way, `precise` in floats of `kind` for the last digits."""

    quick: Curve
    precise: Curve
    kind: type[Any]

    def held(self, whole: Array, moving: Array) -> "Residuals":
        """With only the parameters at `moving` free, the others as in `whole`."""
        return Residuals(Held(self.quick, whole, moving), Held(self.precise, whole, moving), self.kind)

    def sum_of_squares(self, p: Array) -> float:
        """Σ r², infinite where a residual is not finite."""
        rest = self.precise.value(p.astype(self.kind))
        return float(rest @ rest) if numpy.isfinite(rest).all() else numpy.inf
