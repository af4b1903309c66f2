"""The way to a minimum of a sum of squares: trust-region steps, and other ways in where the first one is in doubt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.projection import Projected
from gradlab.solve.refine import refined
from gradlab.solve.residuals import Curve, TwoPrecisions

Array = NDArray[Any]

TOLERANCE = 1e-10
EVALUATIONS = 600
FAR = 1e100
"""Stands for a residual that is not finite: no step is taken to there, and its square can still be added up."""

SETTLED = 1e-8
"""Where the last Gauss-Newton step is smaller than this beside the parameters, a minimum has been reached."""

MORE_STARTS = 12
SAME = 1e-6
ENOUGH = 3
"""So many other ways to the same sum of squares, and it is believed to be the lowest."""

LARGE = 20_000
"""Points from which on no other starts are tried: each costs as much as the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A place with its sum of squares, the steps that led there, and whether they settled."""

    p: Array
    rss: float
    iterations: int
    settled: bool
    starts: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Residuals to be made small; `linear` holds the parameters in which they are linear when the others stay."""

    residuals: TwoPrecisions
    linear: tuple[int, ...]
    doubtful: Callable[[Array], bool]

    def ways(self, start: Array) -> Iterator[Callable[[], tuple[Array, int]]]:
        """From `start`: over the other parameters alone, then over all; then the same from places around it."""
        quick = self.residuals.quick
        generator = numpy.random.default_rng(0)
        yield lambda: _projected(quick, start, self.linear)
        for spread in numpy.geomspace(0.3, 3, MORE_STARTS):
            factors = numpy.exp(spread * generator.standard_normal(len(start)))
            place = numpy.where(start == 0, spread * generator.standard_normal(len(start)), start * factors)
            yield lambda place=place: _projected(quick, place, self.linear)


def minimum(task: Task, start: Array) -> Found:
    """The lowest minimum found from `start`; other ways than the first only while its residuals are in doubt."""
    quick = task.residuals.quick
    best, count, again = _finished(task, *levenberg_marquardt(quick, start)), 1, 0
    ways = task.ways(start) if len(quick.value(start)) <= LARGE else iter(())
    while (not best.settled or task.doubtful(best.p)) and again < ENOUGH and (way := next(ways, None)):
        count += 1
        p, iterations = way()
        rss = _sum_of_squares(quick, p)
        if rss < best.rss * (1 - SAME) or (rss <= best.rss * (1 + SAME) and not best.settled):
            other = _finished(task, p, iterations)
            if other.rss < best.rss * (1 - SAME) or other.settled:
                best, again = other, 0
        again += best.settled and abs(rss - best.rss) <= SAME * best.rss
    return Found(best.p, best.rss, best.iterations, best.settled, count)


def levenberg_marquardt(residuals: Curve, start: Array) -> tuple[Array, int]:
    """MINPACK's trust-region steps with scaled columns, and the number of evaluations that they took."""
    from scipy.optimize import leastsq

    def value(p: Array) -> Array:
        rest = residuals.value(p)
        return rest if numpy.isfinite(rest).all() else numpy.full_like(rest, FAR)

    def jacobian(p: Array) -> Array:
        return numpy.nan_to_num(residuals.jacobian(p), nan=0.0, posinf=0.0, neginf=0.0)

    limits = {"ftol": TOLERANCE, "xtol": TOLERANCE, "gtol": 0.0, "maxfev": EVALUATIONS, "factor": 1.0}
    p, _, counts, _, _ = leastsq(value, start, Dfun=jacobian, full_output=True, **limits)
    return p, int(counts["nfev"])


def _projected(residuals: Curve, start: Array, linear: tuple[int, ...]) -> tuple[Array, int]:
    curved = [index for index in range(len(start)) if index not in linear]
    if not linear or not curved:
        return levenberg_marquardt(residuals, start)
    projected = Projected(residuals, list(linear), curved)
    phi, count = levenberg_marquardt(projected, start[curved])
    return projected.whole(phi), count


def _finished(task: Task, p: Array, iterations: int) -> Found:
    """The last digits, kept where they are indeed lower."""
    precise = task.residuals.precise
    before = _sum_of_squares(task.residuals.quick, p)
    last = refined(precise, p.astype(numpy.longdouble))
    after = _sum_of_squares(precise, last.p)
    if after <= before * (1 + 1e-9):
        return Found(last.p, after, iterations + last.steps, last.size <= SETTLED)
    return Found(p, before, iterations, False)


def _sum_of_squares(residuals: Curve, p: Array) -> float:
    rest = residuals.value(p)
    return float(rest @ rest) if numpy.isfinite(rest).all() else numpy.inf
