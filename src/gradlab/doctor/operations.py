"""Reading one operation: which parameters took part, what left the graph, what came back into it.

This runs for every operation of the user's code; it is written for speed, and kept in one place for that reason.
"""

import sys
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

_MANY = 4096
"""Longer sequences among the arguments are numbers, not tensors; they are not searched."""


class Operations:
    """Keeps the ledger up to date as operations go by."""

    def __init__(self, ledger: Ledger, finite: Finite, memory: Memory, shapes: Shapes) -> None:
        self.ledger = ledger
        self.finite = finite
        self.memory = memory
        self.shapes = shapes

    def after(self, kind: Kind, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, older: int = 0) -> None:
        """An operation has given `result`; `older` as in `Memory.generation`, of a tensor written over."""
        ledger, memory, leaves = self.ledger, self.memory, list[Leaf]()
        node, marks, crossing, data = None, NOTHING, None, False
        operands = [*args, *kwargs.values()] if kwargs else list(args)
        for operand in operands:
            if isinstance(operand, Tensor):
                if operand.requires_grad:
                    below = operand.grad_fn
                    if below is None:
                        leaves.append(ledger.leaf(operand))
                        continue
                    node = below
                    sequence = below._sequence_nr()
                    if sequence <= memory.boundary or memory.generations:
                        older = max(older, memory.generation(sequence))
                        crossing = operand if sequence <= memory.boundary else crossing
                    if not ledger.chained:
                        continue
                if (entry := ledger.marks.get(id(operand))) is not None and entry[0]() is operand:
                    marks = marks | entry[1] if marks else entry[1]
                elif type(operand) is Parameter:
                    ledger.frozen = True
                else:
                    data = True
            elif isinstance(operand, list | tuple):
                if len(operand) <= _MANY:
                    operands.extend(operand)
            elif type(operand) is float and ledger.floats:
                marks |= self._escaped(operand)
        if leaves or node is not None or marks:
            place = place_in(sys._getframe(3))
            if crossing is not None:
                memory.crosses(crossing, place, sys._getframe(3))
            for leaf in leaves:
                leaf.took_part = ledger.tick
            self._results(kind, result, leaves, node, marks, older, place)
            if not data and leaves and isinstance(result, Tensor) and not result.requires_grad:
                ledger.rebound(result, leaves[0], place)
            if kind.compares or kind.loss:
                self.shapes.look(kind, args, result, place)
        elif isinstance(result, Tensor) and result.requires_grad and result._base is None:
            ledger.leaf(result).made = True
        if kind.risky or self.finite.attentive:
            self.finite.look(kind, operands, result, place_in(sys._getframe(3)))

    def _escaped(self, number: float) -> Marks:
        """The cut at which this very number object left PyTorch, if it did."""
        known = self.ledger.floats.get(id(number))
        return frozenset({known[1]}) if known is not None and known[0] is number else NOTHING

    def _results(
        self, kind: Kind, result: Any, leaves: list[Leaf], node: Any, marks: Marks, older: int, place: Place | None
    ) -> None:
        if not marks and isinstance(result, Tensor) and result.requires_grad:
            self.memory.tracked(result, older, place)
            return
        if kind.sign or kind.collects:
            _note_use_of_gradient(kind, marks)
        for each in result if isinstance(result, list | tuple) else (result,):
            if not isinstance(each, Tensor):
                continue
            if not each.requires_grad:
                self._untracked(kind, each, leaves, node, marks, place)
            elif each.grad_fn is not None:
                self.memory.tracked(each, older, place)
                if marks:
                    self._flows_back(each, leaves, marks, place)
            elif each._base is None:
                self.ledger.flow(marks)
                self.ledger.leaf(each).made = True

    def _flows_back(self, result: Tensor, leaves: list[Leaf], marks: Marks, place: Place | None) -> None:
        """Untracked numbers that came from parameters go into the graph again."""
        self.ledger.flow(marks)
        if any(isinstance(mark, GradientOf) for mark in marks):
            together = self.ledger.succeed(result, marks, leaves, place)
            if together is not marks:
                self.ledger.mark(result, together)

    def _untracked(
        self, kind: Kind, result: Tensor, leaves: list[Leaf], node: Any, marks: Marks, place: Place | None
    ) -> None:
        """What `result` is made of is written on it, so that it is known again if it comes back."""
        if leaves or node is not None:
            how = kind.name if torch.is_grad_enabled() or kind.name in ("detach", "data") else "no_grad"
            cut = self.ledger.cut(how, place, leaves, node)
            marks = marks | {cut, *[leaf.value for leaf in leaves]}
            marks = self.ledger.succeed(result, marks, leaves, place)
            self.ledger.severed.append((address_of(result), marks))
        elif len(marks) > 1:
            marks = self.ledger.succeed(result, marks, leaves, place)
        self.ledger.marks[id(result)] = (ref(result), marks)


def _note_use_of_gradient(kind: Kind, marks: Marks) -> None:
    """A gradient of which only the sign is used, or which is collected, is not on its way into an ordinary update."""
    for mark in marks:
        if isinstance(mark, GradientOf):
            mark.leaf.signed = mark.leaf.signed or kind.sign
            mark.leaf.analysed = mark.leaf.analysed or kind.collects
