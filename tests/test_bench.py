"""The harness of `make bench`, on a clock that only the contestants move."""

from collections.abc import Callable

import pytest

from bench import comparison
from bench.comparison import Comparison, Contestant, measure


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Contestant]:
    """A contestant whose run takes so many seconds, exactly."""
    now = [0.0]
    monkeypatch.setattr(comparison, "perf_counter", lambda: now[0])

    def contestant(name: str, seconds: float, per_run: int = 1) -> Contestant:
        def run() -> None:
            now[0] += seconds

        return Contestant(name, run, per_run)

    return contestant


def test_ratios_are_ours_over_theirs(lasting: Callable[..., Contestant]) -> None:
    ours, peer, limit = lasting("ours", 0.3, per_run=100), lasting("peer", 0.2, per_run=100), lasting("limit", 0.001)
    result = measure(Comparison("a step", "ms", ours, peer, limit, times_peer=1.3), rounds=3)
    assert (result.ours, result.times_peer, result.times_limit) == pytest.approx((0.003, 1.5, 3.0))
    assert (result.peer, result.target, result.met) == (("peer", pytest.approx(0.002)), "1.3 × peer", False)


@pytest.mark.parametrize(("times_peer", "seconds", "met"), [(1.6, None, True), (1.6, 0.1, False), (1.4, 0.9, False)])
def test_each_target_has_to_be_met(
    lasting: Callable[..., Contestant], times_peer: float, seconds: float | None, met: bool
) -> None:
    ours, peer = lasting("ours", 0.3), lasting("peer", 0.2)
    assert measure(Comparison("a step", "s", ours, peer, times_peer=times_peer, seconds=seconds), rounds=3).met is met


def test_a_slow_moment_of_the_machine_does_not_count(lasting: Callable[..., Contestant]) -> None:
    moments = iter([1.0, 1.0, 1.0, 1.0, 50.0] + [1.0] * 20)
    steady = lasting("peer", 1.0)
    uneven = Contestant("ours", lambda: [steady.run() for _ in range(int(next(moments)))])
    result = measure(Comparison("a step", "s", uneven, steady), rounds=5)
    assert (result.ours, result.times_peer) == (1.0, 1.0)
