"""What is made small: residuals as a function of the free parameters, in float64 or in more digits.

    r(p) = √w · (prediction(p) − y),    shape (n,);    Jacobian ∂r/∂p, shape (n, k)
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy
from numpy.typing import NDArray

Array = NDArray[Any]


class Curve(Protocol):
    """A prediction, or a residual, as a function of k numbers: a value per point, and its Jacobian."""

    def value(self, p: Array, /) -> Array: ...

    def jacobian(self, p: Array, /) -> Array: ...


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Prediction minus y, each times the root of its weight."""

    prediction: Curve
    y: Array
    roots: Array | float = 1.0

    def value(self, p: Array) -> Array:
        return (self.prediction.value(p) - self.y) * self.roots

    def jacobian(self, p: Array) -> Array:
        columns = self.prediction.jacobian(p)
        return columns if isinstance(self.roots, float) else columns * self.roots[:, None]


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
class TwoPrecisions:
    """Residuals twice: `quick` in float64 for the way, `precise` for the last digits (the same, where there is none)."""

    quick: Curve
    precise: Curve

    def held(self, whole: Array, moving: Array) -> "TwoPrecisions":
        return TwoPrecisions(Held(self.quick, whole, moving), Held(self.precise, whole, moving))
