"""Where PyTorch raises: which of the codes its exception stands for, told by the tensors at hand."""

import difflib
from collections.abc import Iterator
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from gradlab.doctor.facts import Fact, Facts
from gradlab.doctor.kinds import spoken_cut
from gradlab.doctor.leaves import Cut, Leaf, Marks, Successor
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.memory import Memory
from gradlab.doctor.names import common_name, name_of, variables_of
from gradlab.doctor.passes import Pass
from gradlab.doctor.places import Place, line, site, user_frame
from gradlab.doctor.report import note


class Raised:
    """Turns an exception that PyTorch raised into a Fact, where one of the codes fits."""

    def __init__(self, ledger: Ledger, facts: Facts, memory: Memory) -> None:
        self.ledger = ledger
        self.facts = facts
        self.memory = memory

    def in_place(
        self, target: Any, failure: BaseException, place: Place | None, frame: FrameType | None
    ) -> Fact | None:
        """A change in place of a tracked leaf, or of a view of one, while autograd records."""
        if not isinstance(target, Tensor) or not torch.is_grad_enabled():
            return None
        owner = target if target._base is None else target._base
        if not (owner.requires_grad and owner.is_leaf):
            return None
        leaf = self.ledger.leaf(owner)
        name = leaf.name or name_of(owner, frame) or _first_operand(place)
        return self._fact("inplace-on-leaf", "", place, name, failure, leaves=[leaf])

    def escape(self, source: Any, failure: BaseException, place: Place | None, frame: FrameType | None) -> Fact | None:
        """numpy() of a tensor that autograd follows."""
        if not isinstance(source, Tensor) or not source.requires_grad:
            return None
        name = name_of(source, frame) or _first_operand(place)
        return self._fact("numpy-on-grad", "", place, name, failure, shape=tuple(source.shape))

    def backward(self, going: Pass, failure: BaseException, given: Any, frame: FrameType | None) -> Fact | None:
        """A backward pass that did not happen."""
        if not isinstance(failure, RuntimeError) or not going.roots:
            return None
        root, place = going.roots[0], going.place
        name = name_of(root, frame) or _first_operand(place)
        if not any(each.requires_grad for each in going.roots):
            return self._nothing_tracked(root, place, failure, frame)
        if root.numel() != 1 and given is None:
            return self._fact("non-scalar-loss", "", place, name, failure, shape=tuple(root.shape), n=root.numel())
        chain = self._growing_chain()
        if chain is not None:
            return self._fact("update-in-graph", "", chain.place, chain.leaf.name, failure, leaves=[chain.leaf])
        if "second time" in str(failure):
            if self.memory.crossing is None:
                return self._fact("backward-twice", "", place, name, failure)
            at, older = self.memory.crossing
            return self._fact("backward-twice", "crossing", place, older or name, failure, crossing_line=line(at))
        if "inplace operation" in str(failure) and self.memory.crossing is not None:
            at, older = self.memory.crossing
            return self._fact("retained-graph", "raised", place, older or name, failure, crossing_line=line(at))
        return None

    def empty_gradient(self, owner: Tensor, place: Place | None, failure: BaseException) -> Fact | None:
        """`.grad` was None where a number was wanted; where the ledger knows more, it tells when the run is over."""
        leaf = self.ledger.known(owner)
        if leaf is not None and leaf.clearing is not None and leaf.clearing.tick == self.ledger.tick:
            return self._fact("cleared-before-use", "raised", leaf.clearing.place, leaf.name, failure, [leaf])
        if owner.requires_grad or any(isinstance(mark, Successor) for mark in self.ledger.marks_of(owner)):
            return None
        trace = failure.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        name = name_of(owner, trace.tb_frame if trace else None) or _first_operand(place)
        return self._fact("no-grad-required", "asked", place, name, failure)

    def _growing_chain(self) -> Successor | None:
        chains = [s for s in self.ledger.successors.values() if s.tracked and not s.adopted and s.flowed >= 0]
        return chains[0] if chains else None

    def _nothing_tracked(
        self, root: Tensor, place: Place | None, failure: BaseException, frame: FrameType | None
    ) -> Fact:
        """Nothing under the loss requires grad: was it lost on the way, or never asked for?"""
        marks = self.ledger.marks_of(root)
        self.ledger.flow(marks)
        lost = _first_lost(marks)
        if lost is not None:
            return self._fact("lost-leaf", "", lost.place, lost.leaf.name, failure, leaves=[lost.leaf])
        cuts = sorted((mark for mark in marks if isinstance(mark, Cut)), key=lambda cut: cut.order)
        if cuts:
            return self._cut(cuts[0], failure)
        severed = self._severed()
        if severed is not None:
            return self._cut(severed, failure)
        idle = [leaf for leaf in self.ledger.leaves if leaf.made and leaf.took_part < 0 and leaf.tensor() is not None]
        if idle:
            return self._fact("never-reached", "raised", place, idle[0].name, failure, idle)
        name, misspelt = _forgotten(frame, root)
        return self._fact("no-grad-required", "misspelt" if misspelt else "", place, name, failure, attribute=misspelt)

    def _cut(self, cut: Cut, failure: BaseException) -> Fact:
        leaves = sorted(cut.leaves, key=lambda leaf: leaf.name or "")
        name = common_name(leaves) or next((leaf.name for leaf in leaves), None)
        return self._fact("cut-graph", "", cut.place, name, failure, leaves, how=spoken_cut(cut.how))

    def _severed(self) -> Cut | None:
        """Numbers of parameters left PyTorch in this step, and came back unseen."""
        now = [cut for cut in self.ledger.cuts.values() if cut.tick == self.ledger.tick and cut.left]
        return min(now, key=lambda cut: cut.order, default=None)

    def _fact(
        self,
        code: str,
        kind: str,
        place: Place | None,
        name: str | None,
        failure: BaseException,
        leaves: list[Leaf] | None = None,
        **evidence: Any,
    ) -> Fact:
        fact = Fact(code, kind, "error", place, name, evidence, self.ledger.tick, leaves or [], id(failure))
        failure.add_note(note(fact.finding()))
        return self.facts.add(fact)


def _first_lost(marks: Marks) -> Successor | None:
    lost = [mark for mark in marks if isinstance(mark, Successor) and not mark.adopted]
    return min(lost, key=lambda successor: successor.tick, default=None)


def _first_operand(place: Place | None) -> str | None:
    """What the source has before the dot or as the first argument, where no name was found."""
    at = site(place)
    return at.operands[0] if at is not None and at.operands else None


def _forgotten(frame: FrameType | None, loss: Tensor) -> tuple[str | None, str]:
    """The tensor that was likely meant to be the parameter, and the misspelt attribute if that is the reason."""
    candidates: list[tuple[int, str]] = []
    for name, tensor in _tensors_around(frame):
        if tensor is loss or not tensor.is_floating_point():
            continue
        wrong = difflib.get_close_matches("requires_grad", vars(tensor), 1, 0.7) if vars(tensor) else []
        if wrong:
            return name, wrong[0]
        if isinstance(tensor, nn.Parameter):
            return name, ""
        candidates.append((tensor.numel(), name))
    return min(candidates, key=lambda each: each[0], default=(0, None))[1], ""


def _tensors_around(frame: FrameType | None) -> Iterator[tuple[str, Tensor]]:
    """Tensors and modules' parameters that the user's frames have names for, the innermost first."""
    while (frame := user_frame(frame)) is not None:
        for name, held in variables_of(frame).items():
            if isinstance(held, Tensor):
                yield name, held
            elif isinstance(held, nn.Module):
                yield from ((f"{name}.{path}", parameter) for path, parameter in held.named_parameters())
            elif isinstance(held, list | tuple) and len(held) < 100:
                yield from ((f"{name}[{i}]", part) for i, part in enumerate(held) if isinstance(part, Tensor))
        frame = frame.f_back
