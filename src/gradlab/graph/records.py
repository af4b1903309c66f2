"""Which Record a tensor is at this moment, and new Records for what operations make."""

import itertools
from collections.abc import Sequence
from types import FrameType
from typing import Any

from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from gradlab.graph.backward import listen
from gradlab.graph.engine import Node, Place, is_leaf_node, place_of
from gradlab.graph.link import (
    between_ends,
    boundaries,
    local_derivatives,
    match,
    own,
    parts_of,
    spoken_node,
)
from gradlab.graph.modules import Modules
from gradlab.graph.snapshot import Copy
from gradlab.graph.tape import Call, Given, Kind, Operand, Record, anchor_of, record_at
from gradlab.recorder import name_of

_order = itertools.count()


class Records:
    """The Record of every tensor that lives, and how a new one comes about; no tensor is kept alive by it."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.named: dict[str, Record] = {}
        self._of_tensor = WeakTensorKeyDictionary()
        self._made = WeakTensorKeyDictionary()

    def current(self, tensor: Tensor) -> Record | None:
        """The Record of `tensor`, unless it has been changed since behind our back.

        A tracked tensor is what autograd takes it for: one that it kept for the way back is another object.
        """
        place = place_of(tensor)
        record: Record | None = self._of_tensor.get(tensor) if place is None else record_at(place)
        if record is None or record.version != version_of(tensor) or record.tracked != (place is not None):
            return None
        return record

    def record(self, tensor: Tensor, frames: Sequence[FrameType] = ()) -> Record:
        """The Record of `tensor`, made now if it took no part so far, and named as the running code knows it."""
        found = self.current(tensor) or self._adopted(tensor)
        if found.name is None:
            self.call_it(found, self.modules.name_of(tensor) or name_of(tensor, frames))
        return found

    def call_it(self, record: Record, name: str | None) -> None:
        record.name = name
        if name is not None:
            self.named[name] = record

    def note_constant(self, tensor: Tensor, name: str | None, call: Call) -> None:
        """A constant has been made; should it ever take part, this is its name and where it comes from."""
        self._made[tensor] = name, call

    def _adopted(self, tensor: Tensor) -> Record:
        """A Record for a tensor that was made out of sight: before the block, or through a view."""
        place, before = place_of(tensor), self._of_tensor.get(tensor)
        if place is not None and before is not None and is_unchanged_leaf(tensor, before):
            self._anchor(before, place)
            return before
        name, call = self._made.get(tensor, (before.name if before else None, None))
        if place is not None and not tensor.is_leaf:
            record = self.write(Call(spoken_node(place[0])), [tensor], [])[0]
        else:
            kind: Kind = "constant" if place is None else "leaf"
            record = Record(kind, place is not None, Copy.of(tensor), next(_order), version_of(tensor), call)
            self._anchor(record, place)
        self._of_tensor[tensor] = record
        self.call_it(record, self.modules.name_of(tensor) or name)
        return record

    def _anchor(self, record: Record, place: Place | None) -> None:
        if place is not None:
            anchor_of(place[0]).results[place[1]] = record
            listen(place[0])

    def write(self, call: Call, results: list[Tensor], given: list[Given]) -> list[Record]:
        """New Records for the `results` of `call`, joined to those of its operands."""
        places = [place_of(result) for result in results]
        records = [
            Record(kind_of(result), place is not None, Copy.of(result), 0, version_of(result), call)
            for result, place in zip(results, places, strict=True)
        ]
        for record, place in zip(records, places, strict=True):
            self._anchor(record, place)
            if record.kind == "leaf":  # an update in place: the values before it are let go
                record.call = Call(call.operation, sites=call.sites)
        several = sum(place is not None for place in places) > 1
        for record, place, result in zip(records, places, results, strict=True):
            operands = [] if record.kind == "leaf" else given
            uses = [(Operand(each.label, each.record, each.alias), each.place) for each in operands]
            record.operands = tuple(operand for operand, _ in uses)
            if record.kind == "operation" and place is not None:
                self._join(record, place, uses, several)
            record.order = next(_order)
            self._of_tensor[result] = record
        return records

    def _join(self, record: Record, place: Place, uses: list[tuple[Operand, Place | None]], several: bool) -> None:
        call: Any = record.call
        nodes = between_ends(place, call)
        found, of_edge = match(boundaries(nodes, call), uses, self._at)
        record.operands = tuple(found)
        own(nodes, call, of_edge, by_hand=several)
        if len(nodes) > 1 and not several and not call.parts and call.inside is None:
            call.parts = parts_of(nodes, call, lambda: next(_order))
        anchor_of(place[0]).is_one_of_several = several
        for node in nodes:
            listen(node)
        local_derivatives(nodes, (place[1],), of_edge)

    def _at(self, place: Place) -> Record:
        """The Record at the end of an edge that no operand explains: a leaf, or something inside an earlier call."""
        found = record_at(place)
        if found is not None:
            return found
        node: Node = place[0]
        if is_leaf_node(node):
            return self.record(node.variable)
        owner = anchor_of(node).owner
        inner = Call(spoken_node(node), inside=owner)
        value = Copy.without_numbers(tuple(node._input_metadata[place[1]].shape), "")
        record = Record("operation", True, value, next(_order), call=inner)
        anchor_of(node).results[place[1]] = record
        return record


def kind_of(result: Tensor) -> Kind:
    """What makes a leaf (`torch.tensor`, an update in place) starts a history: nothing before belongs to it."""
    return "leaf" if result.requires_grad and result.is_leaf and not result._is_view() else "operation"


def is_unchanged_leaf(tensor: Tensor, before: Record) -> bool:
    """A leaf whose last graph is gone gets a new node from PyTorch, but is what it was, if its numbers are."""
    return tensor.is_leaf and before.kind == "leaf" and before.value.is_of(tensor)


def version_of(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version
