"""One backward pass: which parameters it reaches, what their gradients hold before and after, what the loss is."""

import math
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

import torch
from torch import Tensor

from gradlab.doctor.clearing import Gradients
from gradlab.doctor.facts import Fact, Facts
from gradlab.doctor.finite import Finite, Suspect, all_finite, is_huge
from gradlab.doctor.graphs import Node, leaves_below, nodes_below, root_of, saved_tensors
from gradlab.doctor.kinds import spoken_cut
from gradlab.doctor.leaves import Cut, Leaf
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.memory import Memory
from gradlab.doctor.motion import Losses, Motions
from gradlab.doctor.names import common_name
from gradlab.doctor.places import Place
from gradlab.doctor.shapes import Shapes

_ATTENTIVE = 4
_PERIOD = 8


@dataclass(slots=True, eq=False)
class Pass:
    """A backward pass under way; `into_grad` is False for torch.autograd.grad, which hands its gradients out."""

    place: Place | None
    roots: list[Tensor]
    into_grad: bool
    frees: bool
    below: list[tuple[Leaf, Tensor]] = field(default_factory=list)
    filled: list[tuple[Leaf, Tensor]] = field(default_factory=list)
    losses: Losses | None = None
    finite: bool = True


class Passes:
    """Keeps the ledger up to date at each backward pass."""

    def __init__(self, ledger: Ledger, facts: Facts, finite: Finite, memory: Memory, shapes: Shapes) -> None:
        self.ledger = ledger
        self.facts = facts
        self.finite = finite
        self.memory = memory
        self.shapes = shapes
        self.gradients = Gradients(facts)
        self.motions = Motions()
        self.seen = 0
        self.unfinite: Suspect | None = None
        self.unfinite_at = -1
        self.exploded = False

    def before(self, going: Pass) -> None:
        self.seen += 1
        ledger, tick = self.ledger, self.ledger.tick
        tracked = [root for root in going.roots if root.requires_grad]
        nodes = [root_of(root) for root in tracked]
        below, into_grad = going.below, going.into_grad
        for tensor in leaves_below(nodes):
            leaf = ledger.leaf(tensor)
            below.append((leaf, tensor))
            if tensor._version != leaf.version:
                leaf.version = tensor._version
                self.gradients.used(leaf, tensor, leaf.holder.place if leaf.holder else None, tick)
            gradient = tensor.grad
            if gradient is None:
                leaf.leftover = None
            elif into_grad:
                self.gradients.before_backward(leaf, gradient, going.place)
                going.filled.append((leaf, tensor))
        if len(tracked) == 1 and tracked[0].numel() == 1:
            self._loss(going, tracked[0], nodes[0])
            if tracked[0].grad_fn is None:
                self._loss_is_leaf(going, tracked[0])
        if tick < _ATTENTIVE:
            self._dead_ends(going)

    def after(self, going: Pass, given: list[tuple[Leaf, Tensor, Tensor | None]]) -> None:
        """The pass is over. Those of torch.autograd.grad have `given` out their gradients, the others left them."""
        tick, into_grad = self.ledger.tick, going.into_grad
        self._look(going, given, tick)
        for leaf, _ in going.below:
            if leaf.reached_at != tick - 1 and leaf.reached:
                leaf.longest_gap = max(leaf.longest_gap, tick - leaf.reached_at)
            leaf.reached += 1
            leaf.reached_at = tick
            if into_grad:
                leaf.graded_at = tick
        for leaf, tensor in going.below if into_grad and tick < _ATTENTIVE else going.filled:
            self.gradients.after_backward(leaf, tensor.grad)
        if going.frees:
            self._end_tick(going)

    def _look(self, going: Pass, given: list[tuple[Leaf, Tensor, Tensor | None]], tick: int) -> None:
        """Values are looked at in the first passes, in some later ones, and while a loss rises."""
        moves = self.motions.due(tick, going.losses)
        checks = going.finite and (tick < _ATTENTIVE or tick % _PERIOD == 0)
        if not (moves or checks):
            return
        if going.losses is not None:
            going.losses.leaves.update([leaf for leaf, _ in going.below])
        if going.into_grad:
            given = [(leaf, tensor, tensor.grad) for leaf, tensor in going.below]
        for leaf, tensor, gradient in given:
            if gradient is not None and _has_plain_numbers(gradient):
                if moves:
                    self.motions.look(leaf, tensor, gradient, tick)
                if checks:
                    self._check_gradient(leaf, gradient, going.place)

    def _end_tick(self, going: Pass) -> None:
        for root in going.roots:
            node: Any = root.grad_fn
            if node is not None:
                self.memory.passed(node._sequence_nr())
                self.memory.roots.append((ref(root), self.ledger.tick))
        self.ledger.next_tick()
        self.finite.next_tick()
        if self.gradients.clearings or self.gradients.leftovers:
            self.gradients.next_tick()
        self.memory.next_tick()

    def _loss_is_leaf(self, going: Pass, root: Tensor) -> None:
        """requires_grad was given to the loss itself: whatever it was computed from, nothing hangs below it."""
        leaf, marks = self.ledger.leaf(root), self.ledger.marks_of(root)
        leaf.is_loss = True
        cuts = sorted((mark for mark in marks if isinstance(mark, Cut)), key=lambda cut: cut.order)
        if cuts:
            cut, leaves = cuts[0], list(cuts[0].leaves)
            evidence: dict[str, Any] = {"how": spoken_cut(cut.how)}
            self.facts.add(
                Fact("cut-graph", "loss", "error", cut.place, common_name(leaves), evidence, cut.tick, leaves)
            )
        elif leaf.made:
            self.facts.add(Fact("no-grad-required", "loss", "error", leaf.place, leaf.name, {}, self.ledger.tick))

    def _dead_ends(self, going: Pass) -> None:
        """For parameters that took part and are not reached: the last line whose result depends on them."""
        reached = {id(leaf) for leaf, _ in going.below}
        tick = self.ledger.tick
        left_out = [leaf for leaf in self.ledger.leaves if leaf.took_part == tick and id(leaf) not in reached]
        if left_out:
            places = self.memory.last_uses()
            for leaf in left_out:
                leaf.dead_end = places.get(id(leaf.tensor()), leaf.dead_end)

    def _loss(self, going: Pass, root: Tensor, node: Node) -> None:
        value = root.item() if not root.is_cuda or self.ledger.tick % _PERIOD == 0 else math.nan
        if not root.is_cuda and not math.isfinite(value):
            going.finite = False
            self._not_finite(going, node)
        if isinstance(value, float) and not math.isnan(value):
            going.losses = self.motions.loss(going.place, value, node, self.ledger.tick)
        broadcast = self.shapes.under(node) if self.shapes.since_backward else None
        if broadcast is not None:
            evidence = {name: getattr(broadcast, name) for name in ("prediction", "target", "result")}
            self.facts.add(Fact("broadcast", "", "error", broadcast.place, None, evidence, self.ledger.tick))

    def _not_finite(self, going: Pass, node: Node) -> None:
        if self.unfinite_at < 0:
            place, self.unfinite_at = going.place, self.ledger.tick
            self.exploded = any(is_huge(tensor.detach()) for _, tensor in going.below)
            self.unfinite = self.finite.first() or self._first_saved(node) or self._loss_itself(place, node)

    def _loss_itself(self, place: Place | None, node: Node) -> Suspect:
        at = self.memory.log.place_of(node._sequence_nr()) or place
        return Suspect("", at, self.ledger.tick, 1, 1, "loss", False)

    def _first_saved(self, root: Node) -> Suspect | None:
        """The earliest operation under the loss that was given something not finite."""
        for node in sorted(nodes_below([root]), key=lambda each: each._sequence_nr()):
            for _, tensor in saved_tensors(node):
                if tensor.is_floating_point() and tensor.numel() and not all_finite(tensor):
                    place = self.memory.log.place_of(node._sequence_nr())
                    return Suspect(type(node).__name__, place, self.ledger.tick, 1, tensor.numel(), "given", False)
        return None

    def _check_gradient(self, leaf: Leaf, gradient: Tensor, place: Place | None) -> None:
        if gradient.is_cuda or self.unfinite_at >= 0 or all_finite(gradient):
            return
        self.unfinite_at = self.ledger.tick
        suspect = self.finite.first_steep()
        self.unfinite = suspect or Suspect("", place, self.ledger.tick, 1, gradient.numel(), "gradient", False)


def _has_plain_numbers(tensor: Tensor) -> bool:
    return tensor.layout is torch.strided and tensor.is_floating_point() and tensor.numel() > 0
