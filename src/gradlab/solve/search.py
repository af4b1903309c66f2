"""The way to a minimum of a sum of squares: trust-region steps, and other ways in where the first one is in doubt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.projection import Projected
from gradlab.solve.refine import refined
from gradlab.solve.residuals import Curve, Residuals

Array = NDArray[Any]

TOLERANCE = 1e-10
EVALUATIONS, SHORT = 600, 150
"""At most so many from the start that was given, and from each other one: what is far by then is given up."""

FAR = 1e100
"""Stands for a residual that is not finite: no step is taken to there, and its square can still be added up."""

SETTLED = 1e-8
"""A last Gauss-Newton step that is smaller than this beside the parameters has reached a minimum."""

MORE_STARTS, SMALLER = 12, 6
SAME, ENOUGH = 1e-6, 3
"""So many other ways to the same sum of squares, and it is believed to be the lowest."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A place with its sum of squares, the number of evaluations that led there, and whether the last steps settled.

    `at_bound` marks the parameters that a bound holds; `starts` counts the places that were tried.
    """

    p: Array
    rss: float
    iterations: int
    settled: bool
    at_bound: Array
    starts: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """`residuals` to be made small within `bounds` (k, 2).

    In the parameters at `linear` they are linear when the others are held. `doubtful(p)` says whether p may well be no
    more than a local minimum; then, if it is `cheap` to do so, other starts are tried.
    """

    residuals: Residuals
    bounds: Array
    linear: tuple[int, ...]
    doubtful: Callable[[Array], bool]
    cheap: bool = True

    @property
    def bounded(self) -> bool:
        return bool(numpy.isfinite(self.bounds).any())


def minimum(task: Task, start: Array) -> Found:
    """The lowest minimum found from `start`; other ways than the first only while it is in doubt."""
    best, count, again = _from(task, start, project=False), 1, 0
    ways = _other_ways(task, start)
    while (not best.settled or task.doubtful(best.p)) and again < ENOUGH and (way := next(ways, None)) is not None:
        count += 1
        other = _from(task, way, project=not task.bounded, unless_above=best)
        if other.rss < best.rss * (1 - SAME) or (other.settled and not best.settled and _same(other, best)):
            best, again = other, 0
        again += best.settled and _same(other, best)
    return replace(best, starts=count)


def _same(one: Found, other: Found) -> bool:
    return abs(one.rss - other.rss) <= SAME * other.rss


def _other_ways(task: Task, start: Array) -> Iterator[Array]:
    """The start itself, for the search over fewer parameters, and places ever farther around it."""
    if not task.cheap:
        return
    generator = numpy.random.default_rng(0)
    yield start
    if not numpy.isfinite(task.residuals.quick.value(start)).all():  # what overflows is seldom too small
        yield from (numpy.clip(start / 10.0**power, *task.bounds.T) for power in range(1, SMALLER + 1))
    for spread in numpy.geomspace(0.3, 3, MORE_STARTS):
        draws = generator.standard_normal(len(start))
        yield numpy.clip(numpy.where(start == 0, spread * draws, start * numpy.exp(spread * draws)), *task.bounds.T)


def _from(task: Task, start: Array, *, project: bool, unless_above: Found | None = None) -> Found:
    """Walk down from `start`, then find the last digits, unless what was found lies above what is known."""
    quick, at_bound = task.residuals.quick, numpy.zeros(len(start), bool)
    curved = [index for index in range(len(start)) if index not in task.linear]
    limit = SHORT if unless_above else EVALUATIONS
    if task.bounded:
        p, iterations, at_bound = _within_bounds(quick, start, task.bounds, limit)
    elif project and task.linear and curved:
        projected = Projected(quick, list(task.linear), curved)
        phi, iterations = levenberg_marquardt(projected, start[curved], limit)
        p = projected.whole(phi)
    else:
        p, iterations = levenberg_marquardt(quick, start, limit)
    rough = Found(p, task.residuals.sum_of_squares(p), iterations, False, at_bound)
    if unless_above is not None and rough.rss > unless_above.rss * (1 + SAME):
        return rough
    return _finished(task, rough)


def levenberg_marquardt(residuals: Curve, start: Array, limit: int = EVALUATIONS) -> tuple[Array, int]:
    """MINPACK's trust-region steps with scaled columns, the first no longer than the start itself."""
    from scipy.optimize import leastsq

    value, jacobian = finite(residuals)
    limits = {"ftol": TOLERANCE, "xtol": TOLERANCE, "gtol": 0.0, "maxfev": limit, "factor": 1.0}
    p, _, counts, _, _ = leastsq(value, start, Dfun=jacobian, full_output=True, **limits)
    return p, int(counts["nfev"])


def _within_bounds(residuals: Curve, start: Array, bounds: Array, limit: int) -> tuple[Array, int, Array]:
    """scipy's trust-region-reflective steps; parameters that end at a bound are put onto it."""
    from scipy.optimize import least_squares

    value, jacobian = finite(residuals)
    limits = {"ftol": TOLERANCE, "xtol": TOLERANCE, "gtol": None, "max_nfev": limit}
    found = least_squares(value, start, jacobian, tuple(bounds.T), x_scale="jac", **limits)
    p = numpy.where(found.active_mask < 0, bounds[:, 0], numpy.where(found.active_mask > 0, bounds[:, 1], found.x))
    return p, int(found.nfev), found.active_mask != 0


def finite(residuals: Curve) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Value and Jacobian as two functions that never give NaN or infinity."""

    def value(p: Array) -> Array:
        rest = residuals.value(p)
        return rest if numpy.isfinite(rest).all() else numpy.full_like(rest, FAR)

    def jacobian(p: Array) -> Array:
        return numpy.nan_to_num(residuals.jacobian(p), nan=0.0, posinf=0.0, neginf=0.0)

    return value, jacobian


def _finished(task: Task, rough: Found) -> Found:
    """The last digits of the parameters that no bound holds, kept where they are indeed lower and within the bounds."""
    moving = numpy.flatnonzero(~rough.at_bound)
    whole = rough.p.astype(task.residuals.kind)
    residuals = task.residuals.held(whole, moving) if len(moving) < len(whole) else task.residuals
    last = refined(residuals.precise, whole[moving])
    whole[moving] = last.p
    inside = bool(((whole >= task.bounds[:, 0]) & (whole <= task.bounds[:, 1])).all())
    rss = task.residuals.sum_of_squares(whole)
    if not (inside and rss <= rough.rss * (1 + 1e-9)):
        return rough
    return Found(whole, rss, rough.iterations + last.steps, last.size <= SETTLED, rough.at_bound)
