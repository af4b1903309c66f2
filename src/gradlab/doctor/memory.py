"""Graphs of past steps that are kept alive, known by what is still there two steps later.

A node of autograd's graph has a sequence number, so a graph that reaches back over a backward pass shows itself:
its generation is the number of backward passes that lie between its oldest part and its newest.
"""

import sys
from collections import Counter
from types import FrameType
from typing import Any
from weakref import ref

from torch import Tensor

from gradlab.doctor.graphs import leaves_below
from gradlab.doctor.holders import holder_of
from gradlab.doctor.log import Log
from gradlab.doctor.names import name_of
from gradlab.doctor.places import Place

_GENERATIONS = 5
"""A graph that reaches over so many backward passes grows with the training."""
_ALIVE = 5
"""So many results of one line, each from another step and each with its graph, are kept on purpose or by mistake."""
_SAMPLED_AT_FIRST = 12
_SAMPLED_LATER = 16


class Memory:
    """Generations of graphs, and weak references to the tracked results of some steps."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.tick = 0
        self.boundary = -1
        self.oldest = 0
        self.growing: Place | None = None
        self.crossing: tuple[Place | None, str | None] | None = None
        self._crossings: dict[Place | None, str | None] = {}
        self.kept: dict[Place | None, int] = {}
        self.holders: dict[Place | None, tuple[str, Place] | None] = {}
        self.roots: list[tuple[ref[Tensor], int]] = []
        self.most_roots = 0
        self.root_place: Place | None = None
        self.generations: dict[int, int] = {}
        self._young: list[tuple[ref[Tensor], Place | None]] = []
        self._aging: list[tuple[ref[Tensor], Place | None]] = []
        self._old: list[tuple[ref[Tensor], Place]] = []
        self._sampling = True

    def generation(self, sequence: int) -> int:
        """Backward passes between the oldest part of the graph under this node and now."""
        return self.generations.get(sequence, 0) + (sequence <= self.boundary)

    def crosses(self, operand: Tensor, place: Place | None, frame: FrameType) -> None:
        """An operation takes an operand whose graph an earlier backward pass has already gone through."""
        if place not in self._crossings:
            self._crossings[place] = name_of(operand, frame)
        self.crossing = self.crossing or (place, self._crossings[place])

    def tracked(self, result: Tensor, place: Place | None, older: int = 0) -> None:
        """`result` is tracked; the oldest of its operands is of generation `older`."""
        node: Any = result.grad_fn
        sequence = node._sequence_nr()
        self.log.note(sequence, place, result)
        if older:
            self.generations[sequence] = older
            if older >= _GENERATIONS and older > self.oldest:
                self.oldest, self.growing = older, self.growing or place
        if self._sampling:
            self._young.append((ref(result), place))

    def last_uses(self) -> dict[int, Place | None]:
        """For each leaf tensor, by identity: the last line of this step whose result, still there, depends on it."""
        found: dict[int, Place | None] = {}
        for result, place in self._young:
            tensor = result()
            if tensor is not None and tensor.grad_fn is not None:
                found.update((id(leaf), place) for leaf in leaves_below([tensor.grad_fn]))
        return found

    def passed(self, sequence: int) -> None:
        """A backward pass that frees its graph began at the node of this sequence number."""
        self.boundary = max(self.boundary, sequence)

    def next_tick(self) -> None:
        """Look which results of the step before last are still there, then let this step age."""
        self.tick += 1
        self.crossing = None
        survivors = [(tensor, place) for tensor, place in self._aging if place and _has_graph(tensor())]
        self._aging, self._young = self._young, []
        if survivors:
            self._count(survivors)
        if len(self.roots) > _ALIVE:
            self._look_at_roots()
        self._sampling = self.tick < _SAMPLED_AT_FIRST or self.tick % _SAMPLED_LATER == 0
        if len(self.generations) > 10_000:
            self.generations = dict(list(self.generations.items())[-5_000:])

    def _count(self, survivors: list[tuple[ref[Tensor], Place]]) -> None:
        """How many results of one line, each from another step, are there at once with their graphs."""
        self._old = [(tensor, place) for tensor, place in self._old if _has_graph(tensor())]
        self._old += {place: (tensor, place) for tensor, place in survivors}.values()
        for place, alive in Counter(place for _, place in self._old).items():
            if alive >= _ALIVE:
                self.kept[place] = max(alive, self.kept.get(place, 0))
                self._find_holder(place, next(tensor() for tensor, at in self._old if at == place))

    def _look_at_roots(self) -> None:
        """How many losses, each from another step and each differentiated already, are still there."""
        self.roots = [(root, tick) for root, tick in self.roots if _has_graph(root())]
        if len(self.roots) > _ALIVE:
            self.most_roots = max(self.most_roots, len(self.roots))
            loss: Any = self.roots[-1][0]()
            self.root_place = self.root_place or self.log.place_of(loss.grad_fn._sequence_nr())
            self._find_holder(self.root_place, loss)

    def _find_holder(self, place: Place | None, tensor: Tensor | None) -> None:
        if place not in self.holders and tensor is not None:
            self.holders[place] = holder_of(tensor, sys._getframe(1))


def _has_graph(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.grad_fn is not None
