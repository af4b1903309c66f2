"""Gradients cleared too late or too early: what `.grad` holds at backward, at the update, and when it is emptied.

Ticks order it all: backward at tick t ends it, so what follows that backward, the update and the clearing, is at t + 1.
"""

from typing import Any

import torch
from torch import Tensor

from gradlab.doctor.facts import Fact, Facts
from gradlab.doctor.leaves import Clearing, Leaf, Leftover
from gradlab.doctor.places import Place, line


class Gradients:
    """Follows the `.grad` of every parameter from backward to update to clearing."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.leftovers: set[Leaf] = set()
        self.clearings: set[Leaf] = set()

    def before_backward(self, leaf: Leaf, gradient: Tensor, place: Place | None) -> None:
        """Backward is about to add to `gradient`: is what stands there used up already?"""
        if leaf.cleared() > leaf.graded_at or leaf.gradient_mark != (id(gradient), gradient._version):
            leaf.leftover = None
        elif leaf.leftover is None and leaf.updated_at > leaf.graded_at:
            leaf.leftover = Leftover(place, _norm(gradient))
            self.leftovers.add(leaf)

    def after_backward(self, leaf: Leaf, gradient: Tensor | None) -> None:
        leaf.gradient_mark = None if gradient is None else (id(gradient), gradient._version)

    def cleared(self, leaf: Leaf, place: Place | None, tick: int) -> None:
        """`.grad` is None or zero from here on."""
        if leaf.graded_at + 1 == tick and leaf.updated_at != tick:
            leaf.clearing = Clearing(place, tick)
            self.clearings.add(leaf)
        leaf.cleared_at = tick
        leaf.leftover = None

    def replaced(self, leaf: Leaf) -> None:
        """`.grad` was given another tensor by hand."""
        leaf.leftover = leaf.clearing = leaf.gradient_mark = None

    def used(self, leaf: Leaf, tensor: Tensor, place: Place | None, tick: int) -> None:
        """An update has used `.grad`."""
        if leaf.leftover is not None and tensor.grad is not None and leaf.cleared() <= leaf.graded_at:
            self._accumulated(leaf, leaf.leftover, tensor.grad, tick)
        leaf.leftover = None
        leaf.updated_at, leaf.updated_place = tick, place
        leaf.updates += 1

    def used_nothing(self, leaf: Leaf, clearing: Clearing, place: Place | None, tick: int) -> None:
        """An update was made with a gradient that had been cleared since backward."""
        evidence = {"update_line": line(place)}
        self.facts.add(Fact("cleared-before-use", "", "error", clearing.place, leaf.name, evidence, tick, [leaf]))

    def next_tick(self) -> None:
        self.clearings.clear()
        self.leftovers = {leaf for leaf in self.leftovers if leaf.leftover is not None}

    def _accumulated(self, leaf: Leaf, leftover: Leftover, gradient: Tensor, tick: int) -> None:
        now = _norm(gradient)
        if leftover.norm and now:
            evidence = {"old": leftover.norm, "sum": now}
            fact = Fact("accumulated-gradient", "", "error", leftover.place, leaf.name, evidence, tick, [leaf])
            self.facts.add(fact)


def is_empty(gradient: Any) -> bool:
    """Whether a `.grad` holds nothing: None, or zeros alone."""
    return gradient is None or (isinstance(gradient, Tensor) and not bool(gradient.detach().count_nonzero()))


def _norm(gradient: Tensor) -> float:
    values = gradient.detach()
    return float(torch.linalg.vector_norm(values.coalesce().values() if values.is_sparse else values))
