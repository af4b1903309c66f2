"""Gradients cleared too late or too early: what `.grad` holds at backward, at the update, and when it is emptied."""

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

    def before_backward(self, leaf: Leaf, tensor: Tensor, place: Place | None) -> None:
        """Backward is about to add to `.grad`: is what stands there used up already?"""
        if leaf.used is None:
            return
        gradient = tensor.grad
        if gradient is None or leaf.used != (id(gradient), gradient._version):
            leaf.used = leaf.leftover = None
        elif leaf.leftover is None:
            leaf.leftover = Leftover(place, _norm(gradient))

    def still_there(self, leaf: Leaf, tensor: Tensor) -> None:
        """Backward has added to `.grad`; a leftover in it stays one until it is cleared."""
        gradient = tensor.grad
        if gradient is not None:
            leaf.used = (id(gradient), gradient._version)

    def cleared(self, leaf: Leaf, place: Place | None, tick: int) -> None:
        """`.grad` is None or zero from here on."""
        if leaf.fresh:
            leaf.clearing = Clearing(place, tick)
        leaf.fresh = False
        leaf.used = leaf.leftover = None

    def replaced(self, leaf: Leaf) -> None:
        """`.grad` was given another tensor by hand."""
        leaf.fresh = True
        leaf.used = leaf.leftover = leaf.clearing = None

    def used(self, leaf: Leaf, tensor: Tensor, tick: int) -> None:
        """An update has used `.grad`."""
        gradient = tensor.grad
        if leaf.leftover is not None and gradient is not None:
            self._accumulated(leaf, leaf.leftover, gradient, tick)
        leaf.leftover = None
        leaf.used = None if gradient is None else (id(gradient), gradient._version)
        leaf.fresh = False

    def used_nothing(self, leaf: Leaf, place: Place | None, tick: int) -> None:
        """An update was made with a gradient that had been cleared since backward."""
        if leaf.clearing is not None:
            evidence = {"update_line": line(place)}
            at = leaf.clearing.place
            self.facts.add(Fact("cleared-before-use", "", "error", at, leaf.name, evidence, tick, [leaf]))

    def _accumulated(self, leaf: Leaf, leftover: Leftover, gradient: Tensor, tick: int) -> None:
        now = _norm(gradient)
        if leftover.norm == 0 or now == 0:
            return
        evidence = {"old": leftover.norm, "sum": now}
        self.facts.add(Fact("accumulated-gradient", "", "error", leftover.place, leaf.name, evidence, tick, [leaf]))


def is_empty(gradient: Any) -> bool:
    """Whether a `.grad` holds nothing: None, or zeros alone."""
    return gradient is None or (isinstance(gradient, Tensor) and not bool(gradient.detach().count_nonzero()))


def _norm(gradient: Tensor) -> float:
    values = gradient.detach()
    return float(torch.linalg.vector_norm(values.coalesce().values() if values.is_sparse else values))
