"""One measured thing: ours, a peer, the limit set by the machine, and how much slower than those we may be."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 15
SHORTEST_SAMPLE = 0.02
"""Seconds: what is shorter is repeated within one sample until it lasts as long as this."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """Something that can be run again and again; `per_run` is how many of the measured thing one run does."""

    name: str
    run: Callable[[], object]
    per_run: int = 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """`what` is measured, in what `unit` (s, ms, µs).

    Of the targets one or both are set: `times_peer` bounds ours / peer, `seconds` bounds ours.
    """

    what: str
    unit: str
    ours: Contestant
    peer: Contestant | None = None
    limit: Contestant | None = None
    times_peer: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one comparison came to: medians over the rounds in seconds, and their ratios."""

    what: str
    unit: str
    ours: float
    peer: tuple[str, float] | None
    limit: tuple[str, float] | None
    times_peer: float | None
    times_limit: float | None
    target: str
    met: bool


def seconds_of(contestant: Contestant, repeats: int) -> float:
    """Seconds for one of the measured things, averaged over one sample."""
    start = perf_counter()
    for _ in range(repeats):
        contestant.run()
    return (perf_counter() - start) / (repeats * contestant.per_run)


def repeats_of(contestant: Contestant) -> int:
    """How often a sample repeats the run; the first run, which only warms up, does not count."""
    contestant.run()
    return max(1, round(SHORTEST_SAMPLE / max(seconds_of(contestant, 1) * contestant.per_run, 1e-9)))


def take_turns(contestants: list[Contestant], rounds: int = ROUNDS) -> list[list[float]]:
    """The samples of each contestant, one per round; each round begins with another one."""
    repeats = [repeats_of(contestant) for contestant in contestants]
    samples: list[list[float]] = [[] for _ in contestants]
    for round in range(rounds):
        for turn in range(len(contestants)):
            index = (round + turn) % len(contestants)
            samples[index].append(seconds_of(contestants[index], repeats[index]))
    return samples


def measure(comparison: Comparison, rounds: int = ROUNDS) -> Result:
    """Run the comparison, and judge it by its targets."""
    contestants = [one for one in (comparison.ours, comparison.peer, comparison.limit) if one is not None]
    taken = dict(zip(contestants, map(median, take_turns(contestants, rounds)), strict=True))
    ours = taken[comparison.ours]

    def beside(other: Contestant | None) -> tuple[tuple[str, float], float] | tuple[None, None]:
        return ((other.name, taken[other]), ours / taken[other]) if other else (None, None)

    peer, times_peer = beside(comparison.peer)
    limit, times_limit = beside(comparison.limit)
    targets, met = [], True
    if comparison.times_peer is not None and times_peer is not None:
        targets.append(f"{comparison.times_peer:.3g} × peer")
        met &= times_peer <= comparison.times_peer
    if comparison.seconds is not None:
        targets.append(f"{comparison.seconds:g} s")
        met &= ours <= comparison.seconds
    return Result(comparison.what, comparison.unit, ours, peer, limit, times_peer, times_limit, ", ".join(targets), met)
