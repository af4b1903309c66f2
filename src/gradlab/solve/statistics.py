"""What the residuals say about the parameters: covariance, what is not determined, goodness of fit, structure."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.refine import Factors

Array = NDArray[Any]

NULL = 1e-7
"""Parameters that take part in an undetermined direction by less than this share are determined all the same."""


def student(level: float, dof: int) -> float:
    """How many standard errors to each side hold `level` of Student's t with `dof` degrees of freedom; NaN for 0.

    >>> round(student(0.95, 10), 4)
    2.2281
    """
    from scipy.special import stdtrit

    return float(stdtrit(dof, (1 + level) / 2)) if dof > 0 else math.nan


def covariance(taken: Factors, variance: float) -> Array:
    """s² (Jᵀ J)⁻¹ from the singular values of J: without squaring, so that no digits are lost.

    A parameter that the points do not determine has infinite variance, and no covariance (NaN) with the others.
    """
    half = taken.vt.T / taken.s
    found = variance * (half @ half.T) / numpy.outer(taken.scale, taken.scale).astype(float)
    loose = undetermined(taken)
    found[loose, :] = found[:, loose] = math.nan
    found[loose, loose] = math.inf
    return found


def undetermined(taken: Factors) -> Array:
    """Which parameters take part in a direction along which no prediction changes."""
    return (
        1 - (taken.vt**2).sum(axis=0) > NULL**2
        if len(taken.s) < len(taken.scale)
        else numpy.zeros(len(taken.scale), bool)
    )


def loose_directions(taken: Factors) -> list[Array]:
    """Directions in the parameters along which no prediction changes, the largest component 1."""
    k = len(taken.scale)
    if len(taken.s) == k:
        return []
    _, _, vt = numpy.linalg.svd(taken.vt, full_matrices=True)
    directions = vt[len(taken.s) :] / taken.scale.astype(float)
    return [direction / direction[abs(direction).argmax()] for direction in directions]


def correlation(found: Array) -> Array:
    """The covariance in units of the standard errors; NaN where there is none."""
    errors = numpy.sqrt(numpy.diag(found))
    with numpy.errstate(all="ignore"):
        related = found / numpy.outer(errors, errors)
    numpy.fill_diagonal(related, 1.0)
    return related


@dataclass(frozen=True, slots=True)
class Runs:
    """How often the residuals change sides, against what chance would do (A. Wald and J. Wolfowitz, 1940)."""

    found: int
    expected: float
    z: float

    @property
    def probability(self) -> float:
        """Of as few runs as these or fewer, if the sides were in random order (normal approximation)."""
        return NormalDist().cdf(self.z)


FEWEST = 12


def runs(residuals: Array) -> Runs | None:
    """The runs of equal signs along the residuals in their order; None where there are too few to tell.

    >>> runs(numpy.array([1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1])).found
    2
    """
    above = residuals > 0
    n, one = len(above), int(above.sum())
    other = n - one
    if n < FEWEST or min(one, other) < 2:
        return None
    expected = 1 + 2 * one * other / n
    variance = (expected - 1) * (expected - 2) / (n - 1)
    found = 1 + int((above[1:] != above[:-1]).sum())
    return Runs(found, expected, (found + 0.5 - expected) / math.sqrt(variance)) if variance > 0 else None


def holds_constant(columns: Array, roots: Array | None) -> bool:
    """Whether a model with these columns can add a constant to all predictions: then R² compares with the mean."""
    ones = numpy.ones(len(columns)) if roots is None else roots
    length = numpy.linalg.norm(columns, axis=0)
    u, s, _ = numpy.linalg.svd(columns / numpy.where(length > 0, length, 1), full_matrices=False)
    u = u[:, s > 1e-12 * s[0]]
    return bool(numpy.linalg.norm(ones - u @ (u.T @ ones)) < 1e-9 * numpy.linalg.norm(ones))


def total_of_squares(y: Array, weights: Array | None, *, around_mean: bool) -> float:
    """Σ w (y − ȳ)², or Σ w y² for a model that cannot hold a constant."""
    given = numpy.ones_like(y) if weights is None else weights
    centre = (given @ y) / given.sum() if around_mean else 0.0
    return float(given @ (y - centre) ** 2)


def minus_two_log_likelihood(rss: float, n: int, weights: Array | None) -> float:
    """Of Gaussian residuals with the likeliest variance, RSS/n: n (log 2π + log(RSS/n) + 1) − Σ log w."""
    if rss <= 0:
        return -math.inf
    return n * (math.log(2 * math.pi * rss / n) + 1) - (0.0 if weights is None else float(numpy.log(weights).sum()))
