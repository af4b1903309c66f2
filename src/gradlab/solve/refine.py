"""The last digits: undamped Gauss-Newton steps, their residuals computed with more digits than the answer will have.

minimise ‖r(p) + J(p) d‖ over d,    p ← p + d
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.residuals import Curve

Array = NDArray[Any]

RANK = 1e-14
"""Singular values below this share of the largest count as 0: the points say nothing along that direction."""

STEPS = 80
SETTLED = 1e-16
"""A step this small beside the parameters changes no digit of theirs."""
PATIENCE = 6
"""Steps without a smaller one: rounding has the last word then."""
WINDOW = 6


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A matrix taken apart, J = U S Vᵀ · diag(scale): columns have length 1, what is not determined is left out."""

    matrix: Array
    u: Array
    s: Array
    vt: Array
    scale: Array

    def solve(self, target: Array, passes: int = 2) -> Array:
        """The d with the smallest ‖J d − target‖; of many, the shortest in scaled columns.

        Solved in float64, then again for what the solution leaves over: d and the rest of `target` together, for beside
        a large rest the rounding of d alone would cost twice the digits. Å. Björck, "Iterative refinement of linear
        least squares solutions", BIT 7 (1967).
        """
        d, rest = numpy.zeros(len(self.scale), target.dtype), numpy.zeros_like(target)
        for _ in range(passes):
            above = (target - rest - self.matrix @ d).astype(float)
            below = (self.matrix.T @ rest).astype(float)
            inside = self.u.T @ above + (self.vt @ below) / self.s
            d = d + self.vt.T @ (inside / self.s)
            rest = rest + (above - self.u @ inside)
        return d / self.scale


def factors(matrix: Array) -> Factors:
    """Scale the columns of a matrix (n, k) and find its singular values, in float64."""
    scale = numpy.sqrt((matrix * matrix).sum(axis=0))
    scale = numpy.where(scale > 0, scale, 1)
    scaled = matrix / scale
    u, s, vt = numpy.linalg.svd(scaled.astype(float), full_matrices=False)
    kept = s > RANK * s.max(initial=0)
    return Factors(scaled, u[:, kept], s[kept], vt[kept], scale)


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """Where the steps settled; `size` is the last one's, beside the parameters."""

    p: Array
    size: float
    steps: int


def refined(residuals: Curve, p: Array) -> Refined:
    """Undamped Gauss-Newton steps from `p`, in the precision of `p`."""

    def step_at(p: Array) -> tuple[Array, Array]:
        rest, matrix = residuals.value(p), residuals.jacobian(p)
        if not (numpy.isfinite(rest).all() and numpy.isfinite(matrix).all()):
            return numpy.full_like(p, numpy.nan), matrix
        return factors(matrix).solve(-rest), matrix

    return settled(step_at, p)


def settled(step_at: Callable[[Array], tuple[Array, Array]], p: Array) -> Refined:
    """Steps from `p` until they are too small to matter or shrink no more; `step_at` gives one, and the Jacobian.

    Such steps shrink by a constant factor; where that is slow, the factor is learned from the last ones and overtaken.
    D. G. Anderson, "Iterative procedures for nonlinear integral equations", J. ACM 12 (1965).
    """
    best, last = Refined(p, numpy.inf, 0), 0.0
    places: list[Array] = []
    moves: list[Array] = []
    for count in range(STEPS):
        step, matrix = step_at(p)
        size = relative_size(step, p, matrix)
        if not numpy.isfinite(size):
            break
        if size < best.size:
            best = Refined(p + step, size, count + 1)
        rate = min(1, size / last) if last else 1
        if size * rate <= SETTLED or count + 1 - best.steps >= PATIENCE:
            break
        last = size
        places, moves = [*places[-WINDOW:], p], [*moves[-WINDOW:], step]
        p = p + step if len(moves) < 3 or size > 1e-3 else _overtaken(places, moves)
    return best


def relative_size(step: Array, p: Array, matrix: Array) -> float:
    """The largest change of a parameter beside itself, or beside a thousandth of what the largest one contributes."""
    lengths = numpy.sqrt((matrix * matrix).sum(axis=0))
    parts = abs(p) * lengths
    beside = numpy.maximum(parts, 1e-3 * parts.max(initial=0))
    moved = abs(step) * lengths
    return float(numpy.where(moved > 0, moved / numpy.where(beside > 0, beside, 1), 0).max(initial=0))


def _overtaken(places: list[Array], moves: list[Array]) -> Array:
    """The place where the steps would vanish if each were linear in the place."""
    dp, dm = numpy.diff(numpy.array(places), axis=0).T, numpy.diff(numpy.array(moves), axis=0).T
    unit = numpy.maximum(abs(moves[-1]), abs(moves[0]))
    unit = numpy.where(unit > 0, unit, 1)
    changes, now = (dm / unit[:, None]).astype(float), (moves[-1] / unit).astype(float)
    mix = numpy.linalg.lstsq(changes, now, rcond=1e-10)[0]
    return places[-1] + moves[-1] - (dp + dm) @ mix
