"""A tensor as a table of scalars: which node stands in each place, and which point it belongs to."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.kernel.nodes import Node, Nodes
from gradlab.kernel.refusal import NotFusedError

EVERY = -1
"""The point of what belongs to none: a parameter, a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Arrays of the tensor's shape: `nodes`, and `points`, the number of the point or EVERY."""

    nodes: Any
    points: Any

    @property
    def shape(self) -> tuple[int, ...]:
        return self.nodes.shape

    def taken(self, places: Any) -> "Cells":
        """The cells at `places`, an array of positions counted through the flattened table."""
        return Cells(self.nodes.reshape(-1)[places], self.points.reshape(-1)[places])

    def numbers_only(self) -> bool:
        return all(node.number is not None for node in self.nodes.reshape(-1))


def cells(nodes: list[Node], points: list[int], shape: tuple[int, ...]) -> Cells:
    """Cells from lists in row-major order."""
    table = np.empty(len(nodes), dtype=object)
    table[:] = nodes
    return Cells(table.reshape(shape), np.array(points, dtype=np.int64).reshape(shape))


def of_numbers(table: Nodes, values: Any) -> Cells:
    """The cells of an array of constants."""
    flat = np.asarray(values).reshape(-1).tolist()
    return cells([table.number(value) for value in flat], [EVERY] * len(flat), np.shape(values))


def common_point(points: Any, operation: str) -> Any:
    """The point that all operands of one scalar operation belong to (first axis: the operands)."""
    highest = points.max(axis=0)
    if ((points != EVERY) & (points != highest)).any():
        raise NotFusedError("kernel.mixes_points", operation=operation)
    return highest


def elementwise(table: Nodes, name: str, operands: list[Cells]) -> Cells:
    """One scalar operation in each place, with PyTorch's broadcasting."""
    nodes = np.broadcast_arrays(*(operand.nodes for operand in operands))
    points = common_point(np.stack(np.broadcast_arrays(*(operand.points for operand in operands))), name)
    flat = [table.call(name, *each) for each in zip(*(array.reshape(-1) for array in nodes), strict=True)]
    return cells(flat, points.reshape(-1).tolist(), points.shape)
