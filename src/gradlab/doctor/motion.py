"""Where the updates lead: along the gradient or against it, and whether they overshoot.

Between two backward passes a parameter moves by s. With the gradient g before and h after, the slope along the move
is ⟨g, s⟩ where it begins and ⟨h, s⟩ where it ends. Downhill the first is negative. On a parabola the second is the
larger in size, and positive, exactly when the step is longer than 2 / curvature: the loss rises with every step.
"""

import math
import statistics
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gradlab.doctor.graphs import Node, never_negative
from gradlab.doctor.leaves import Leaf
from gradlab.doctor.places import Place

_SAMPLED_AT_FIRST = 12
_PERIOD = 64
_IN_A_ROW = 4
_FIRST_MOVES = 8
_ALERT = 64
_LARGEST = 1 << 12


@dataclass(frozen=True, slots=True)
class Motion:
    """One move of one parameter between two backward passes; `length` is |s|, `gradient` is |g|."""

    tick: int
    before: float
    after: float
    length: float
    gradient: float

    @property
    def cosine(self) -> float:
        scale = self.length * self.gradient
        return self.before / scale if scale > 0 and math.isfinite(scale) else 0.0

    @property
    def curvature(self) -> float:
        return (self.after - self.before) / self.length**2 if self.length > 0 else 0.0


@dataclass(slots=True, eq=False)
class Track:
    """What is known of a parameter's moves: the last look, the first moves and the latest."""

    looked_at: int = -1
    value: Tensor | float | None = None
    gradient: Tensor | float | None = None
    start: Tensor | float | None = None
    looks: int = 0
    moved: bool = False
    sloped: bool = False
    first: list[Motion] = field(default_factory=list)
    latest: deque[Motion] = field(default_factory=lambda: deque(maxlen=64))

    def moves(self) -> list[Motion]:
        """All moves that are remembered, each once."""
        return [*self.first, *(move for move in self.latest if move not in self.first)]


@dataclass(slots=True, eq=False)
class Losses:
    """The values of one loss, told apart by the line of its backward."""

    place: Place | None
    count: int = 0
    first: float = math.nan
    least: float = math.inf
    most: float = -math.inf
    most_at: int = 0
    last: float = math.nan
    least_at: int = 0
    rises: int = 0
    nonnegative: bool = False
    finite: int = 0
    alert: int = 0
    opening: list[float] = field(default_factory=list)
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=8))
    leaves: set[Leaf] = field(default_factory=set)

    def note(self, value: float, tick: int) -> None:
        self.count += 1
        if self.count == 1:
            self.first = value
        self.rises = self.rises + 1 if value > self.last else 0
        if value < self.least:
            self.least, self.least_at = value, tick
        if value > self.most:
            self.most, self.most_at = value, self.count
        if value > 2 * abs(self.least) + self.least and self.alert < _ALERT:
            self.alert += 1
        self.last = value
        if math.isfinite(value):
            self.finite += 1
            self.recent.append(value)
            if len(self.opening) < 8:
                self.opening.append(value)

    def exploded(self) -> bool:
        """Whether it ended several times higher than it began, not by the chance of a few batches."""
        if self.finite < 3:
            return False
        early = statistics.median(self.opening) if self.finite >= 16 else self.first
        late = statistics.median(self.recent)
        return late > 3 * max(early, self.first) and late > 10 * self.least


class Motions:
    """The losses by place, and a Track for each parameter."""

    def __init__(self) -> None:
        self.losses: dict[Place | None, Losses] = {}
        self.tracks: dict[Leaf, Track] = {}

    def loss(self, place: Place | None, value: float, root: Node, tick: int) -> Losses:
        losses = self.losses.get(place)
        if losses is None:
            losses = self.losses[place] = Losses(place, nonnegative=_by_construction(root))
        losses.note(value, tick)
        return losses

    def due(self, tick: int, losses: Losses | None) -> bool:
        """Whether this pass is one of those in which parameters and gradients are looked at."""
        alert = losses is not None and 0 < losses.alert < _ALERT
        return tick < _SAMPLED_AT_FIRST or tick % _PERIOD < _IN_A_ROW or alert

    def look(self, leaf: Leaf, tensor: Tensor, gradient: Tensor, tick: int) -> None:
        """After a backward pass: compare with the pass that reached this parameter before, if that was looked at."""
        track = self.tracks.get(leaf)
        if track is None:
            track = self.tracks[leaf] = Track()
        value, slope = _copy(tensor), _copy(gradient)
        if track.looks == 0:
            track.start = value
        track.moved = track.moved or not _same(value, track.start)
        track.sloped = track.sloped or _length(slope) != 0
        track.looks += 1
        if track.looked_at == leaf.reached_at and track.looked_at >= 0:
            _compare(track, value, slope, tick)
        track.looked_at, track.value, track.gradient = tick, value, slope


def _compare(track: Track, value: Any, slope: Any, tick: int) -> None:
    move = value - track.value
    length = _length(move)
    before = _dot(track.gradient, move)
    if length == 0 or not math.isfinite(length) or math.isnan(before):
        return
    motion = Motion(tick, before, _dot(slope, move), length, _length(track.gradient))
    track.latest.append(motion)
    if len(track.first) < _FIRST_MOVES:
        track.first.append(motion)


def _copy(tensor: Tensor) -> Tensor | float:
    """The values, copied and few: a number, or at most so many elements."""
    if tensor.numel() == 1:
        return float(tensor.detach().item())
    values = tensor.detach().reshape(-1)[:_LARGEST]
    return values.clone() if values.data_ptr() == tensor.data_ptr() else values


def _same(one: Any, other: Any) -> bool:
    return (
        bool(torch.equal(one, other)) if isinstance(one, Tensor) and isinstance(other, Tensor) else bool(one == other)
    )


def _dot(one: Any, other: Any) -> float:
    return float(torch.dot(one, other.to(one.dtype))) if isinstance(one, Tensor) else one * other


def _length(value: Any) -> float:
    return float(torch.linalg.vector_norm(value)) if isinstance(value, Tensor) else abs(value)


def _by_construction(root: Node) -> bool:
    try:
        return never_negative(root)
    except (AttributeError, RuntimeError, TypeError):
        return False
