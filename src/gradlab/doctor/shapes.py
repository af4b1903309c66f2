"""Silent broadcasting between prediction and target: a column against a row gives a square."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab.doctor.graphs import Node, elementwise_path
from gradlab.doctor.kinds import Kind
from gradlab.doctor.places import Place


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An operation whose result is larger than both its operands, which have as many elements; one of them is data."""

    sequence: int
    place: Place | None
    prediction: tuple[int, ...]
    target: tuple[int, ...]
    result: tuple[int, ...]


class Shapes:
    """Broadcasts since the last backward; one is a mistake if the loss is nothing but a mean over it."""

    def __init__(self) -> None:
        self.since_backward: list[Broadcast] = []

    def look(self, kind: Kind, args: tuple[Any, ...], result: Any, place: Place | None) -> None:
        if len(args) < 2 or not isinstance(result, Tensor) or not result.requires_grad:
            return
        first, second = args[0], args[1]
        if not isinstance(first, Tensor) or not isinstance(second, Tensor) or first.shape == second.shape:
            return
        shape = tuple(torch.broadcast_shapes(first.shape, second.shape)) if kind.loss else tuple(result.shape)
        one_tracked = first.requires_grad != second.requires_grad
        if not one_tracked or first.numel() != second.numel() or math.prod(shape) <= first.numel():
            return
        if len(self.since_backward) < 100 and result.grad_fn is not None:
            tracked, other = (first, second) if first.requires_grad else (second, first)
            node: Any = result.grad_fn
            self.since_backward.append(
                Broadcast(node._sequence_nr(), place, tuple(tracked.shape), tuple(other.shape), shape)
            )

    def under(self, root: Node) -> Broadcast | None:
        """The broadcast that the loss at `root` averages over, if there is one."""
        found = [one for one in self.since_backward if elementwise_path(root, one.sequence)]
        self.since_backward.clear()
        return found[0] if found else None
