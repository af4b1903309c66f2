"""What a person should know before believing the numbers: diagnoses, as values with a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.errors import listed
from gradlab.messages import text
from gradlab.solve.optimum import Optimum
from gradlab.solve.prepared import Prepared
from gradlab.solve.refine import Factors
from gradlab.solve.statistics import correlation, loose_directions, runs

Array = NDArray[Any]

FEW = 3
"""Fewer degrees of freedom than that leave the standard errors themselves uncertain by half and more."""
TWINS = 0.999
MOST_DIRECTIONS = 2
CONDITION = 1e8
UNLIKELY = 1e-3


@dataclass(frozen=True, slots=True)
class Note:
    """A diagnosis: its `code`, and the values that fill its sentence.

    >>> Note("few_points", {"n": 5, "unknowns": 4, "dof": 1}).code
    'few_points'
    """

    code: str
    values: dict[str, Any]

    def sentence(self) -> str:
        """In the language in force."""
        return text(f"solve.note_{self.code}", **self.values)

    __str__ = sentence


def notes(prepared: Prepared, found: Optimum, taken: Factors, rss: float, covariance: Array) -> Iterator[Note]:
    """All that is worth a warning, the gravest first."""
    problem, names = prepared.problem, prepared.problem.names
    n, k = len(problem.points), len(names)
    if not found.settled:
        yield Note("unsettled", {"iterations": found.iterations})
    for direction in loose_directions(taken)[:MOST_DIRECTIONS]:
        moves = [
            f"{name} {share:+.3g}" for name, share in zip(names, direction.tolist(), strict=True) if abs(share) > 1e-6
        ]
        yield Note("alone" if len(moves) == 1 else "singular", {"moves": listed(moves), "name": moves[0].split(" ")[0]})
    if len(taken.s) == k and taken.s[0] > CONDITION * taken.s[-1]:
        yield Note("ill_conditioned", {"condition": float(taken.s[0] / taken.s[-1])})
    p = found.p.astype(float)
    for name, value, (low, high) in zip(names, p.tolist(), problem.bounds.tolist(), strict=True):
        if value in (low, high):
            yield Note("at_bound", {"name": name, "bound": value})
    if n == k:
        yield Note("no_freedom", {"n": n})
    elif n - k < FEW:
        yield Note("few_points", {"n": n, "unknowns": k, "dof": n - k})
    yield from _twins(names, correlation(covariance))
    yield from _structure(prepared, found)
    yield from _scatter(prepared, rss, n - k)
    if found.starts > 1:
        yield Note("other_starts", {"starts": found.starts})


def _twins(names: tuple[str, ...], related: Array) -> Iterator[Note]:
    """The two parameters that the points can hardly tell apart."""
    strength = numpy.triu(numpy.nan_to_num(abs(related)), 1)
    one, other = numpy.unravel_index(strength.argmax(), strength.shape)
    if strength[one, other] > TWINS:
        values = {"one": names[one], "other": names[other], "correlation": float(related[one, other])}
        yield Note("twins", values)


def _structure(prepared: Prepared, found: Optimum) -> Iterator[Note]:
    rest = prepared.ordinary.precise.value(found.p.astype(prepared.ordinary.kind)).astype(float)
    y = prepared.problem.points.y.numpy()
    pattern = runs(rest[prepared.order])
    if pattern and pattern.probability < UNLIKELY and abs(rest).max() > 1e-13 * abs(y).max():
        yield Note("structure", {"found": pattern.found, "expected": pattern.expected, "p": pattern.probability})


def _scatter(prepared: Prepared, rss: float, dof: int) -> Iterator[Note]:
    """Standard deviations that were given, against the scatter that is there."""
    if prepared.problem.sigma_y is None or dof < 1:
        return
    from scipy.special import chdtrc

    above = float(chdtrc(dof, rss))
    if above < UNLIKELY / 2:
        yield Note("scatter_larger", {"times": (rss / dof) ** 0.5, "dof": dof})
    elif above > 1 - UNLIKELY / 2:
        yield Note("scatter_smaller", {"times": (rss / dof) ** 0.5, "dof": dof})
