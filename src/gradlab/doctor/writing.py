"""Changes in place: of a parameter, of its gradient, or of a tensor computed from either."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gradlab.doctor.clearing import Gradients, is_empty
from gradlab.doctor.kinds import PROJECTIONS, ZEROING, Kind
from gradlab.doctor.leaves import GradientOf, Leaf, Marks, Successor, ValueOf
from gradlab.doctor.ledger import NOTHING, Ledger
from gradlab.doctor.operations import Operations
from gradlab.doctor.places import Place, here


class Writing:
    """Finds out what a write was to: a parameter (also through .data or a view), a gradient, or neither."""

    def __init__(self, ledger: Ledger, gradients: Gradients, operations: Operations) -> None:
        self.ledger = ledger
        self.gradients = gradients
        self.operations = operations

    def generation_before(self, args: tuple[Any, ...]) -> int:
        """How old the graph is that the target has before it is written over."""
        node = args[0].grad_fn
        return 0 if node is None else self.operations.memory.generation(node._sequence_nr())

    def in_place(self, kind: Kind, args: tuple[Any, ...], kwargs: dict[str, Any], older: int) -> None:
        """`args` begins with the tensor that was changed."""
        target = args[0]
        if target.grad_fn is not None:
            self.operations.after(kind, args, kwargs, target, older)
            return
        self._written(kind, target, [*args[1:], *kwargs.values()], here(2))

    def many(self, kind: Kind, args: tuple[Any, ...]) -> None:
        """`torch._foreach_add_(params, grads)`: element by element."""
        targets, *others = args
        place = here(2)
        for index, target in enumerate(targets):
            operands = [other[index] if isinstance(other, list | tuple) else other for other in others]
            self._written(kind, target, operands, place)

    def data(self, kind: Kind, args: tuple[Any, ...]) -> None:
        """`m.data = value`."""
        owner, value = args
        if owner.requires_grad and owner.grad_fn is None:
            leaf = self.ledger.leaf(owner)
            self.ledger.moved(leaf, owner)
            self._parameter(kind, leaf, owner, [value], here(2))

    def _written(self, kind: Kind, target: Tensor, operands: list[Any], place: Place | None) -> None:
        if target.requires_grad:
            self._parameter(kind, self.ledger.leaf(target), target, operands, place)
            return
        own = self.ledger.marks_of(target)
        leaf = _owner_of_gradient(own, target)
        if leaf is not None:
            if kind.name in ZEROING or _writes_zero(kind, operands):
                self.gradients.cleared(leaf, place, self.ledger.tick)
            return
        leaf = self.ledger.at_address(target)
        owner = None if leaf is None else leaf.tensor()
        if leaf is not None and owner is not None:
            self._parameter(kind, leaf, owner, operands, place)
        elif marks := self._marks(operands):
            self._accumulates(marks - {mark.leaf.gradient for mark in own if isinstance(mark, ValueOf)})
            self.ledger.mark(target, own | marks)

    def _parameter(self, kind: Kind, leaf: Leaf, owner: Tensor, operands: Sequence[Any], place: Place | None) -> None:
        """A parameter was changed: an update if its gradient had to do with it."""
        tick, marks = self.ledger.tick, self._marks(operands)
        leaf.version = owner._version
        for mark in marks:
            if isinstance(mark, Successor):
                mark.adopted = True
        if leaf.gradient not in marks and (kind.name in PROJECTIONS or leaf.read_at != tick):
            return
        clearing = leaf.clearing
        emptied = clearing is not None and clearing.tick == tick and is_empty(owner.grad)
        if clearing and emptied and all(is_empty(operand) for operand in operands if isinstance(operand, Tensor)):
            self.gradients.used_nothing(leaf, clearing, place, tick)
        self.gradients.used(leaf, owner, place, tick)

    def _marks(self, operands: Sequence[Any]) -> Marks:
        marks = NOTHING
        for operand in operands:
            if isinstance(operand, Tensor):
                marks |= self.ledger.marks_of(operand)
                if operand.requires_grad and operand.grad_fn is None:
                    marks |= {self.ledger.leaf(operand).value}
        return marks

    def _accumulates(self, marks: Marks) -> None:
        """Gradients are gathered in a tensor of their own: someone studies them, or keeps a momentum."""
        for mark in marks:
            if isinstance(mark, GradientOf):
                mark.leaf.analysed = True


def _owner_of_gradient(marks: Marks, target: Tensor) -> Leaf | None:
    """The parameter whose `.grad` `target` is, or shares its memory with."""
    for mark in marks:
        if isinstance(mark, GradientOf):
            owner = mark.leaf.tensor()
            gradient = None if owner is None else owner.grad
            if gradient is not None and (gradient is target or _share(gradient, target)):
                return mark.leaf
    return None


def _share(one: Tensor, other: Tensor) -> bool:
    if one.layout is not torch.strided or other.layout is not torch.strided:
        return False
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr() != 0


def _writes_zero(kind: Kind, operands: list[Any]) -> bool:
    """`g.fill_(0)`, `g *= 0`, `g[:] = 0`, `g.copy_(zeros)`."""
    if kind.name not in ("fill_", "mul_", "copy_", "__setitem__", "_foreach_mul_") or not operands:
        return False
    value = operands[-1]
    return is_empty(value) if isinstance(value, Tensor) else isinstance(value, int | float) and value == 0
