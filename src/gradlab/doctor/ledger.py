"""The ledger of leaves: every parameter that was seen, and the marks of what was computed from it."""

import sys
from collections import deque
from collections.abc import Iterable, Sequence
from weakref import ref

import torch
from torch import Tensor, nn

from gradlab.doctor.graphs import Node, leaves_below
from gradlab.doctor.leaves import Cut, GradientOf, Leaf, Marks, Successor
from gradlab.doctor.log import Log, address_of
from gradlab.doctor.names import find_name
from gradlab.doctor.places import Place, here

NOTHING: Marks = frozenset()
_MOST_LEAVES_OF_A_CUT = 500
_WALKS_OF_A_CUT = 3


class Ledger:
    """Knows parameters by identity, tensors made from them by marks, and counts backward passes in `tick`."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.tick = 0
        self.leaves: list[Leaf] = []
        self.cuts: dict[Place | None, Cut] = {}
        self.successors: dict[tuple[Leaf, Place | None], Successor] = {}
        self.chained = False
        self.frozen = False
        self.severed: deque[tuple[int, Marks]] = deque(maxlen=4)
        self.loose = False
        self.floats: dict[int, tuple[float, Cut]] = {}
        self._by_identity: dict[int, Leaf] = {}
        self._by_address: dict[int, Leaf] = {}
        self.marks: dict[int, tuple[ref[Tensor], Marks]] = {}
        self._crowded = 256

    # parameters

    def leaf(self, tensor: Tensor) -> Leaf:
        """The record of a leaf tensor, made when it is first met."""
        found = self._by_identity.get(id(tensor))
        if found is None or found.ref() is not tensor:
            return self._register(tensor)
        if found.searches_left:
            self._name(found, tensor)
        return found

    def known(self, tensor: Tensor) -> Leaf | None:
        found = self._by_identity.get(id(tensor))
        return found if found is not None and found.ref() is tensor else None

    def _register(self, tensor: Tensor) -> Leaf:
        address = address_of(tensor)
        for successor in self.successors.values() if address else ():
            if successor.address == address and not successor.adopted:
                return self.adopt(successor, tensor)
        leaf = Leaf(
            ref=ref(tensor),
            name=None,
            place=here(1),
            born=self.tick,
            shape=tuple(tensor.shape),
            parameter=isinstance(tensor, nn.Parameter),
            version=tensor._version,
        )
        self._name(leaf, tensor)
        self._rewrapped(leaf, address)
        self.leaves.append(leaf)
        self._by_identity[id(tensor)] = leaf
        self._by_address[address] = leaf
        return leaf

    def _rewrapped(self, leaf: Leaf, address: int) -> None:
        """`nn.Parameter(expression)` and `Variable(value.data)` keep the memory and forget the history."""
        if not address:
            return
        for marks in [marks for where, marks in self.severed if where == address]:
            self.flow(marks)
            return
        place = self.log.just_made_at(address) if leaf.parameter else None
        if place is not None:
            self.cut("Parameter", place, [], None).flowed = self.tick

    def _name(self, leaf: Leaf, tensor: Tensor) -> None:
        """Look for a name: a tensor that is being made has none yet, and that of a `for` is not its own for long."""
        found, lasts = find_name(tensor, sys._getframe(2))
        leaf.name = found or leaf.name
        leaf.searches_left = 0 if lasts else leaf.searches_left - 1

    def adopt(self, successor: Successor, tensor: Tensor) -> Leaf:
        """`tensor`, made from a parameter and its gradient, is a leaf again: the same parameter goes on in it."""
        leaf = successor.leaf
        successor.adopted = True
        before = leaf.ref()
        if before is not None:
            self._by_identity.pop(id(before), None)
        leaf.ref, leaf.version = ref(tensor), tensor._version
        leaf.holder = leaf.leftover = leaf.gradient_mark = None
        leaf.updates += 1
        leaf.updated_at = self.tick
        leaf.updated_place = successor.place
        self._by_identity[id(tensor)] = leaf
        self._by_address[address_of(tensor)] = leaf
        return leaf

    def moved(self, leaf: Leaf, tensor: Tensor) -> None:
        """`tensor.data = …` gave a parameter new memory."""
        self._by_address[address_of(tensor)] = leaf

    def at_address(self, tensor: Tensor) -> Leaf | None:
        """The parameter whose memory `tensor` shares: one obtained by .data, detach() or as a view."""
        base = tensor._base if tensor._base is not None else tensor
        leaf = self._by_address.get(address_of(base))
        owner = None if leaf is None else leaf.ref()
        return leaf if owner is not None and address_of(owner) == address_of(base) != 0 else None

    # marks

    def marks_of(self, tensor: Tensor) -> Marks:
        entry = self.marks.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else NOTHING

    def mark(self, tensor: Tensor, marks: Marks) -> None:
        self.marks[id(tensor)] = (ref(tensor), marks)

    def mark_gradient(self, gradient: Tensor, owner: GradientOf) -> None:
        if owner not in self.marks_of(gradient):
            self.mark(gradient, frozenset({owner}))

    def cut(self, how: str, place: Place | None, leaves: Iterable[Leaf], node: Node) -> Cut:
        """The cut at this place; which parameters it severs is looked up in the graph the first few times."""
        cut = self.cuts.get(place)
        if cut is None or len(cut.leaves) > _MOST_LEAVES_OF_A_CUT:
            cut = self.cuts[place] = Cut(how, place, self.tick, len(self.cuts))
        cut.times += cut.tick != self.tick
        cut.tick = self.tick
        cut.leaves.update(leaves)
        if node is not None and cut.walks < _WALKS_OF_A_CUT:
            cut.walks += 1
            cut.leaves.update(self.leaf(tensor) for tensor in leaves_below([node]))
        return cut

    def flow(self, marks: Marks) -> None:
        """Something with these marks takes part in a tracked operation, or is itself the loss."""
        for mark in marks:
            if isinstance(mark, Cut | Successor):
                mark.flowed = self.tick

    def succeed(self, result: Tensor, marks: Marks, leaves: Sequence[Leaf], place: Place | None) -> Marks:
        """Add to `marks` the Successor that `result` is, if a parameter and its gradient went into it."""
        for mark in [mark for mark in marks if isinstance(mark, GradientOf)]:
            leaf = mark.leaf
            if tuple(result.shape) != leaf.shape:
                continue
            earlier = [m for m in marks if isinstance(m, Successor) and m.leaf is leaf]
            if any(successor.tick == self.tick for successor in earlier):
                continue
            if earlier or leaf in leaves or leaf.value in marks:
                depth = 1 + max((successor.depth for successor in earlier), default=0)
                marks = (marks - set(earlier)) | {self._new_successor(result, leaf, place, depth)}
        return marks

    def rebound(self, result: Tensor, leaf: Leaf, place: Place | None) -> None:
        """Under no_grad a parameter alone, no data, was made into something of its own shape: the same, normalised?"""
        marks = self.marks_of(result)
        known = torch.is_grad_enabled() or any(isinstance(mark, Successor) for mark in marks)
        if leaf.reached and leaf.shape == tuple(result.shape) and not known:
            self.mark(result, marks | {self._new_successor(result, leaf, place, 1)})

    def _new_successor(self, result: Tensor, leaf: Leaf, place: Place | None, depth: int) -> Successor:
        tracked = result.requires_grad
        successor = Successor(leaf, place, self.tick, tracked, address_of(result), depth)
        earlier = self.successors.get((leaf, place))
        if earlier is not None and tracked:
            successor.flowed, successor.asked_for_grad = earlier.flowed, earlier.asked_for_grad
        if earlier is None or tracked or (earlier.flowed < 0 and earlier.asked_for_grad < 0):
            self.successors[leaf, place] = successor
        if tracked:
            self.chained = True
            leaf.chains += depth == 1
        return successor

    # time

    def next_tick(self) -> None:
        self.tick += 1
        self.floats.clear()
        self.loose = False
        if len(self.marks) > self._crowded:
            self.marks = {key: entry for key, entry in self.marks.items() if entry[0]() is not None}
            self._crowded = 256 + 2 * len(self.marks)
