"""A recording of a few points, read as scalar operations that hold for every point."""

from collections.abc import Iterable

import torch

from gradlab.kernel.cells import EVERY, Cells, cells, elementwise, of_numbers
from gradlab.kernel.moving import READINGS
from gradlab.kernel.nodes import Node, Nodes
from gradlab.kernel.refusal import NotFusedError
from gradlab.recorder import Operation, Recording, Value
from gradlab.rules import RULES

STOP = "detach"
_SHAPE_ONLY = frozenset("zeros_like ones_like full_like new_zeros new_ones new_full new_tensor".split())
"""Operations that ask a tensor for its shape and dtype, not for its numbers."""


class Reader:
    """Walks through a recording once; `cells_of` has the table of every value met so far.

    `dtype` is that of the run: a value in another precision is refused, since the loop has only one.
    """

    def __init__(self, table: Nodes, dtype: torch.dtype) -> None:
        self.table = table
        self.dtype = dtype
        self._cells: dict[Value, Cells] = {}

    def know(self, value: Value, known: Cells) -> None:
        """What a value from outside is: the points, a parameter."""
        self._cells[value] = known

    def read(self, recording: Recording) -> None:
        """All operations, in order. Raises NotFusedError for the first that no loop over points can stand for."""
        if recording.through_a_view is not None:
            raise NotFusedError("kernel.writes_over", operation=recording.through_a_view)
        for operation in recording.operations:
            if operation.result not in self._cells:
                self._cells[operation.result] = self._read(operation)
        for value in recording.read_out:
            if not self.cells_of(value).numbers_only():
                raise NotFusedError("kernel.read_out")

    def cells_of(self, value: Value) -> Cells:
        """The table of a value; one from outside that nobody declared is a constant."""
        if value not in self._cells:
            if value.tensor.grad_fn is not None:
                raise NotFusedError("kernel.unseen", operation=type(value.tensor.grad_fn).__name__)
            self._cells[value] = of_numbers(self.table, value.tensor.detach().cpu().numpy())
        return self._cells[value]

    def _read(self, operation: Operation) -> Cells:
        operands = [self.cells_of(value) for _, value in operation.values()]
        result = operation.result.tensor
        if operation.name in _SHAPE_ONLY or all(operand.numbers_only() for operand in operands):
            return of_numbers(self.table, result.detach().cpu().numpy())
        if result.dtype not in (self.dtype, torch.bool):
            raise NotFusedError(
                "kernel.precision", operation=operation.name, dtype=str(result.dtype).removeprefix("torch.")
            )
        if operation.name in RULES:
            read = elementwise(self.table, operation.name, self._operands(operation))
        elif operation.name in READINGS:
            read = READINGS[operation.name](self.table, operation, self.cells_of)
        else:
            raise NotFusedError("kernel.no_rule", operation=operation.name)
        if read.shape != tuple(result.shape):
            raise NotFusedError("kernel.no_rule", operation=operation.name)
        return self._followed(operation, read)

    def _operands(self, operation: Operation) -> list[Cells]:
        """By the names of the rule; a number among them is a constant."""
        found = []
        for name in RULES[operation.name].operands:
            operand = operation.operands.get(name)
            if isinstance(operand, Value):
                found.append(self.cells_of(operand))
            elif isinstance(operand, bool | int | float):
                found.append(of_numbers(self.table, operand))
            else:
                raise NotFusedError("kernel.no_rule", operation=operation.name)
        return found

    def _followed(self, operation: Operation, read: Cells) -> Cells:
        """Where autograd does not follow, the gradient stops: under `no_grad`, after `detach`.

        An `autograd.Function` of the user's has a derivative of its own, that no rule knows.
        """
        tracked = operation.result.tracked and operation.name != "detach"
        was_tracked = any(value.tracked for _, value in operation.values())
        by_hand = isinstance(operation.result.tensor.grad_fn, torch.autograd.function.BackwardCFunction)
        if by_hand or (tracked and not was_tracked):
            raise NotFusedError("kernel.unseen", operation=operation.name)
        return stopped(self.table, read) if was_tracked and not tracked else read


def stopped(table: Nodes, read: Cells) -> Cells:
    """The same values, through which no gradient passes."""
    nodes = [node if node.number is not None else table.call(STOP, node) for node in read.nodes.reshape(-1)]
    return cells(nodes, read.points.reshape(-1).tolist(), read.shape)


def one_node(read: Cells, n: int) -> Node:
    """The node that stands for all of `n` points. Raises NotFusedError if it is not one and the same."""
    nodes, points = read.nodes.tolist(), read.points.tolist()
    if read.shape != (n,) or len(set(nodes)) != 1 or not (points == list(range(n)) or set(points) == {EVERY}):
        raise NotFusedError("kernel.point_by_point")
    return nodes[0]


def leaves(table: Nodes, kind: str, name: Iterable[str | int], shape: tuple[int, ...]) -> Cells:
    """The cells of a tensor of unknowns: one leaf an element."""
    size = 1
    for extent in shape:
        size *= extent
    return cells([table.leaf((kind, *name, index)) for index in range(size)], [EVERY] * size, shape)
