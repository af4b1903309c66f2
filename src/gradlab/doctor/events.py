"""The doctor's rooms, and the way of each event into them."""

import sys
from types import FrameType
from typing import Any
from weakref import ref

import torch
from torch import Tensor

from gradlab.doctor.calls import Calls
from gradlab.doctor.facts import Fact, Facts
from gradlab.doctor.finite import Finite
from gradlab.doctor.kinds import Kind
from gradlab.doctor.leaves import Cut, GradientOf, Leaf, Marks, Successor, ValueOf
from gradlab.doctor.ledger import NOTHING, Ledger
from gradlab.doctor.log import Log
from gradlab.doctor.memory import Memory
from gradlab.doctor.operations import Operations
from gradlab.doctor.optimizers import Optimizers
from gradlab.doctor.passes import Passes
from gradlab.doctor.places import Place, here
from gradlab.doctor.raised import Raised
from gradlab.doctor.shapes import Shapes
from gradlab.doctor.writing import Writing

_RAISED = frozenset("numpy-on-grad inplace-on-leaf non-scalar-loss backward-twice no-grad-required".split())
"""Codes of which the exception itself is all the harm."""
_SEARCHED = 64
"""So many elements of a nested list given to torch.tensor are looked at."""


class Events:
    """One run under watch."""

    def __init__(self) -> None:
        log = Log()
        self.ledger, self.facts = Ledger(log), Facts()
        self.finite, self.memory, shapes = Finite(), Memory(log), Shapes()
        self.operations = Operations(self.ledger, self.finite, self.memory, shapes)
        self.passes = Passes(self.ledger, self.facts, self.finite, self.memory, shapes)
        self.gradients = self.passes.gradients
        self.writing = Writing(self.ledger, self.gradients, self.operations)
        self.optimizers = Optimizers(self.ledger, self.gradients)
        self.raised = Raised(self.ledger, self.facts, self.memory)
        self.calls = Calls(self.ledger, self.passes, self.raised)
        self.empty_read: tuple[ref[Tensor], Place | None, int] | None = None

    def gradient_read(self, owner: Tensor, gradient: Tensor | None) -> None:
        ledger = self.ledger
        if gradient is None:
            self._empty_gradient_read(owner)
        elif owner.requires_grad and owner.grad_fn is None:
            leaf = ledger.leaf(owner)
            leaf.wanted_at = leaf.read_at = ledger.tick
            if not gradient.requires_grad:
                ledger.mark_gradient(gradient, leaf.gradient)

    def _empty_gradient_read(self, owner: Tensor) -> None:
        """Whoever asks for a gradient that is not there wants one; PyTorch itself asks only in order to clear it."""
        ledger = self.ledger
        caller = sys._getframe(4).f_code.co_filename
        self.empty_read = (ref(owner), here(3), ledger.tick)
        if owner.requires_grad and owner.grad_fn is None and not caller.startswith(torch.__path__[0]):
            ledger.leaf(owner).wanted_at = ledger.tick
        for mark in ledger.marks_of(owner):
            if isinstance(mark, Successor):
                mark.asked_for_grad = ledger.tick

    def gradient_written(self, owner: Tensor, gradient: Tensor | None) -> None:
        leaf = self.ledger.known(owner)
        if leaf is not None and gradient is None:
            leaf.wanted_at = self.ledger.tick
            self.gradients.cleared(leaf, here(2), self.ledger.tick)
        elif leaf is not None:
            self.gradients.replaced(leaf)

    def requires(self, owner: Tensor) -> None:
        """requires_grad was switched: a tensor made from a parameter and its gradient may be a leaf again."""
        if owner.requires_grad and owner.is_leaf:
            self._new_leaf(owner, self.ledger.marks_of(owner))

    def factory(self, kind: Kind, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> None:
        """torch.tensor and its like: what is given to them loses its history."""
        place, marks = here(2), NOTHING
        for given in _elements([*args[:1], *kwargs.values()]):
            marks |= self._marks_given(kind, given, place)
        if any(given is result for given in args[:1]):
            return
        if not marks:
            marks = self._by_numbers(result, place)
            self.finite.given(kind, result, place)
        if result.requires_grad:
            self._new_leaf(result, marks)
        elif marks:
            self.ledger.mark(result, marks)

    def escape(self, kind: Kind, args: tuple[Any, ...], result: Any) -> None:
        """Numbers of a tensor leave PyTorch."""
        source = args[0]
        marks = self.ledger.marks_of(source)
        if source.requires_grad:
            leaves = [self.ledger.leaf(source)] if source.grad_fn is None else []
            for leaf in leaves:
                leaf.took_part = leaf.value_escaped = self.ledger.tick
            cut = self.ledger.cut(kind.name, here(2), leaves, source.grad_fn)
            cut.left = bool(leaves) or source.numel() > 1
            self.ledger.floats[id(result)] = (result, cut)
            self.ledger.loose = self.ledger.loose or bool(leaves)
        for mark in marks:
            if isinstance(mark, GradientOf):
                mark.leaf.gradient_escaped = self.ledger.tick
            elif isinstance(mark, Cut):
                mark.left = mark.left or source.numel() > 1
                self.ledger.floats[id(result)] = (result, mark)
                self.ledger.loose = True

    def survived(self, failure: BaseException | None) -> None:
        """The run is over, with this exception or none: what PyTorch raised once and the user caught is a note."""
        ended: set[int] = set()
        while failure is not None and id(failure) not in ended:
            ended.add(id(failure))
            failure = failure.__cause__ or failure.__context__
        for fact in self.facts:
            if fact.failure is not None and fact.code in _RAISED and fact.failure not in ended and fact.times == 1:
                fact.severity = "note"

    def lacked_gradient(self, failure: BaseException) -> bool:
        """Whether the run ended because a `.grad` was None: such a one was read in this very step."""
        lately = self.empty_read is not None and self.empty_read[2] == self.ledger.tick
        return lately and isinstance(failure, TypeError | AttributeError)

    def ended_by(self, failure: BaseException) -> Fact | None:
        """The run ends with an exception; what a `.grad` of None means is told from the ledger."""
        if self.empty_read is None or not self.lacked_gradient(failure):
            return None
        reference, place, _ = self.empty_read
        owner = reference()
        return None if owner is None else self.raised.empty_gradient(owner, place, failure)

    def in_place_failed(self, args: tuple[Any, ...], failure: BaseException, frame: FrameType) -> Fact | None:
        return self.raised.in_place(args[0], failure, here(2), frame)

    def escape_failed(self, kind: Kind, args: tuple[Any, ...], failure: BaseException, frame: FrameType) -> Fact | None:
        if kind.name not in ("numpy", "__array__") or not isinstance(failure, RuntimeError):
            return None
        return self.raised.escape(args[0], failure, here(2), frame)

    def _new_leaf(self, tensor: Tensor, marks: Marks) -> None:
        for mark in marks:
            if isinstance(mark, Successor) and tuple(tensor.shape) == mark.leaf.shape:
                if not mark.adopted:
                    self.ledger.adopt(mark, tensor)
                return
        for leaf in _sole_sources(marks):
            leaf.has_heir = leaf.has_heir or leaf.shape == tuple(tensor.shape)
        self.ledger.flow(marks)
        self.ledger.mark(tensor, marks)
        self.ledger.leaf(tensor).made = True

    def _marks_given(self, kind: Kind, given: Any, place: Place | None) -> Marks:
        ledger = self.ledger
        if isinstance(given, Tensor):
            if not given.requires_grad:
                return ledger.marks_of(given)
            leaves = [ledger.leaf(given)] if given.grad_fn is None else []
            for leaf in leaves:
                leaf.took_part = ledger.tick
            cut = ledger.cut(kind.name, place, leaves, given.grad_fn)
            return frozenset({cut, *[leaf.value for leaf in leaves], *ledger.marks_of(given)})
        known = ledger.floats.get(id(given))
        return frozenset({known[1]}) if known is not None and known[0] is given else NOTHING

    def _by_numbers(self, result: Tensor, place: Place | None) -> Marks:
        """A parameter rebuilt from numbers: its value and its gradient both left PyTorch in this step."""
        for leaf in self.ledger.leaves:
            rebuilt = leaf.value_escaped == leaf.gradient_escaped == self.ledger.tick
            if rebuilt and leaf.shape == tuple(result.shape):
                return self.ledger.succeed(result, frozenset({leaf.gradient, leaf.value}), [], place)
        return NOTHING


def _elements(given: list[Any]) -> list[Any]:
    """The numbers and tensors in a nested list, not more than a few of each."""
    found: list[Any] = []
    for each in given:
        if isinstance(each, list | tuple):
            found += _elements(list(each[:_SEARCHED]))
        else:
            found.append(each)
    return found


def _sole_sources(marks: Marks) -> set[Leaf]:
    """The parameters of which each mark speaks alone."""
    values = {mark.leaf for mark in marks if isinstance(mark, ValueOf)}
    return values.union(*(mark.leaves for mark in marks if isinstance(mark, Cut) and len(mark.leaves) == 1))
