"""Reading one operation: which parameters took part, what left the graph, what came back into it.

This runs for every operation of the user's code; it is written for speed, and kept in one place for that reason.
"""

import sys
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

import torch
from torch import Tensor
from torch.nn import Parameter

from gradlab.doctor.finite import Finite
from gradlab.doctor.kinds import Kind
from gradlab.doctor.leaves import GradientOf, Leaf, Marks
from gradlab.doctor.ledger import NOTHING, Ledger
from gradlab.doctor.log import address_of
from gradlab.doctor.memory import Memory
from gradlab.doctor.places import Place, place_in
from gradlab.doctor.shapes import Shapes

_SEARCHED = frozenset({list, tuple})
_MANY = 4096
"""Longer sequences among the arguments are numbers, not tensors; they are not searched."""


@dataclass(slots=True, eq=False)
class _Operands:
    """What an operation was given: parameters, a node of the graph, marks, data, a tensor of an earlier step."""

    operands: list[Any]
    older: int
    leaves: list[Leaf] = field(default_factory=list)
    node: Any = None
    marks: Marks = NOTHING
    crossing: Tensor | None = None
    data: bool = False


class Operations:
    """Keeps the ledger up to date as operations go by."""

    def __init__(self, ledger: Ledger, finite: Finite, memory: Memory, shapes: Shapes) -> None:
        self.ledger = ledger
        self.finite = finite
        self.memory = memory
        self.shapes = shapes

    def after(self, kind: Kind, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, older: int = 0) -> None:
        """An operation has given `result`; `older` as in `Memory.generation`, of a tensor written over.

        Most operations are ordinary: nothing that was cut off, nothing from an earlier step, and the graph goes on in
        the result. They are done here; at the first sign of something else they are read with care.
        """
        ledger, memory, ordinary, tracked = self.ledger, self.memory, not older, False
        for operand in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(operand, Tensor):
                below = operand.grad_fn
                if below is not None:
                    tracked = True
                    ordinary = ordinary and below._sequence_nr() > memory.boundary
                elif operand.requires_grad:
                    tracked = True
                    ledger.leaf(operand).took_part = ledger.tick
                elif id(operand) in ledger.marks or type(operand) is Parameter:
                    ordinary = False
            elif type(operand) in _SEARCHED:
                ordinary = False
        if not (ordinary and tracked) or memory.generations or ledger.chained or ledger.loose:
            self._carefully(kind, args, kwargs, result, older)
        elif isinstance(result, Tensor) and result.grad_fn is not None:
            place = place_in(sys._getframe(3))
            memory.tracked(result, place)
            if kind.compares or kind.loss:
                self.shapes.look(kind, args, result, place)
            if kind.risky or self.finite.attentive:
                self.finite.look(kind, (*args, *kwargs.values()), result, place)
        else:
            self._carefully(kind, args, kwargs, result, older)

    def _carefully(
        self, kind: Kind, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, older: int = 0
    ) -> None:
        """The same for operations of any kind."""
        read = self._read([*args, *kwargs.values()], older)
        frame = sys._getframe(4)
        if read.leaves or read.node is not None or read.marks:
            place = place_in(frame)
            if read.crossing is not None:
                self.memory.crosses(read.crossing, place, frame)
            self._results(kind, result, read, place)
            if kind.compares or kind.loss:
                self.shapes.look(kind, args, result, place)
        elif isinstance(result, Tensor) and result.requires_grad and result._base is None:
            self.ledger.leaf(result).made = True
        if kind.risky or self.finite.attentive:
            self.finite.look(kind, read.operands, result, place_in(frame))

    def _read(self, operands: list[Any], older: int) -> "_Operands":
        """What the operands are: parameters, tensors of the graph, numbers that were cut off, data."""
        ledger, memory = self.ledger, self.memory
        read = _Operands(operands, older)
        for operand in operands:
            if isinstance(operand, Tensor):
                below = operand.grad_fn
                if below is None and operand.requires_grad:
                    leaf = ledger.leaf(operand)
                    leaf.took_part = ledger.tick
                    read.leaves.append(leaf)
                    continue
                marks = ledger.marks_of(operand)
                read.marks |= marks
                if below is not None:
                    read.node, sequence = below, below._sequence_nr()
                    read.older = max(read.older, memory.generation(sequence))
                    read.crossing = operand if sequence <= memory.boundary else read.crossing
                elif not marks:
                    read.data = read.data or type(operand) is not Parameter
                    ledger.frozen = ledger.frozen or type(operand) is Parameter
            elif isinstance(operand, list | tuple) and len(operand) <= _MANY:
                operands.extend(operand)
            elif type(operand) is float and ledger.floats:
                read.marks |= self._escaped(operand)
        return read

    def _escaped(self, number: float) -> Marks:
        """The cut at which this very number object left PyTorch, if it did."""
        known = self.ledger.floats.get(id(number))
        return frozenset({known[1]}) if known is not None and known[0] is number else NOTHING

    def _results(self, kind: Kind, result: Any, read: "_Operands", place: Place | None) -> None:
        if kind.sign or kind.collects:
            _note_use_of_gradient(kind, read.marks)
        for each in result if isinstance(result, list | tuple) else (result,):
            if not isinstance(each, Tensor):
                continue
            if not each.requires_grad:
                self._untracked(kind, each, read, place)
            elif each.grad_fn is not None:
                self.memory.tracked(each, place, read.older)
                if read.marks:
                    self._flows_back(each, read.leaves, read.marks, place)
            elif each._base is None:
                self.ledger.flow(read.marks)
                self.ledger.leaf(each).made = True

    def _flows_back(self, result: Tensor, leaves: list[Leaf], marks: Marks, place: Place | None) -> None:
        """Untracked numbers that came from parameters go into the graph again."""
        self.ledger.flow(marks)
        if any(isinstance(mark, GradientOf) for mark in marks):
            together = self.ledger.succeed(result, marks, leaves, place)
            if together is not marks:
                self.ledger.mark(result, together)

    def _untracked(self, kind: Kind, result: Tensor, read: "_Operands", place: Place | None) -> None:
        """What `result` is made of is written on it, so that it is known again if it comes back."""
        ledger, leaves, marks = self.ledger, read.leaves, read.marks
        if leaves or read.node is not None:
            how = kind.name if torch.is_grad_enabled() or kind.name in ("detach", "data") else "no_grad"
            cut = ledger.cut(how, place, leaves, read.node)
            marks = marks | {cut, *[leaf.value for leaf in leaves]}
        if len(marks) > 1:
            marks = ledger.succeed(result, marks, leaves, place)
        ledger.marks[id(result)] = (ref(result), marks)
        if leaves or read.node is not None:
            ledger.severed.append((address_of(result), marks))
            if leaves and not read.data:
                ledger.rebound(result, leaves[0], place)


def _note_use_of_gradient(kind: Kind, marks: Marks) -> None:
    """A gradient of which only the sign is used, or which is collected, is not on its way into an ordinary update."""
    for mark in marks:
        if isinstance(mark, GradientOf):
            mark.leaf.signed = mark.leaf.signed or kind.sign
            mark.leaf.analysed = mark.leaf.analysed or kind.collects
