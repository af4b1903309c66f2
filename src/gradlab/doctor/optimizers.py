"""What torch.optim's optimizers do, told by the hooks that they call around every step.

A step touches every parameter, so little is done here for each: a parameter's own record finds out at the next
backward that it has changed. Only where a clearing or a leftover gradient is about are they gone through one by one.
"""

from typing import Any
from weakref import ref

from torch import Tensor
from torch.optim import Optimizer

from gradlab.doctor.clearing import Gradients, is_empty
from gradlab.doctor.leaves import Clearing, Holder, Leaf
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.places import Place


class Optimizers:
    """All optimizers that were seen, and what each step meant for the parameters that it holds."""

    def __init__(self, ledger: Ledger, gradients: Gradients) -> None:
        self.ledger = ledger
        self.gradients = gradients
        self.holders: dict[int, Holder] = {}

    def zeroed(self, optimizer: Optimizer, place: Place | None) -> None:
        """`optimizer.zero_grad()` has run."""
        holder, tick = self._holder(optimizer), self.ledger.tick
        if holder.cleared_at != tick:
            holder.clearing, holder.cleared_at = Clearing(place, tick), tick

    def stepped(self, optimizer: Optimizer, place: Place | None) -> None:
        """`optimizer.step()` has run."""
        holder, tick, gradients = self._holder(optimizer), self.ledger.tick, self.gradients
        if gradients.leftovers:
            self._use_leftovers(holder, place)
        if gradients.clearings or holder.cleared_at == tick:
            self._use_nothing(optimizer, holder, place)
        group = optimizer.param_groups[0]
        lr, momentum = group.get("lr"), group.get("momentum", 0.0)
        holder.lr = lr if isinstance(lr, float) else float(lr) if isinstance(lr, int | Tensor) else 0.0
        holder.momentum = momentum if isinstance(momentum, float) else 0.0
        holder.maximize = group.get("maximize", False)
        holder.place = place
        holder.steps += 1
        holder.ticks.append(tick)

    def _holder(self, optimizer: Optimizer) -> Holder:
        holder = self.holders.get(id(optimizer))
        if holder is None or holder.ref() is not optimizer:
            holder = self.holders[id(optimizer)] = Holder(ref(optimizer), type(optimizer).__name__)
        size = [len(group["params"]) for group in optimizer.param_groups]
        if size != holder.size:
            holder.size = size
            for parameter in _parameters(optimizer):
                if parameter.requires_grad:
                    self.ledger.leaf(parameter).holder = holder
        return holder

    def _use_leftovers(self, holder: Holder, place: Place | None) -> None:
        for leaf in list(self.gradients.leftovers):
            tensor = leaf.tensor()
            if leaf.holder is holder and tensor is not None and tensor._version != leaf.version:
                leaf.version = tensor._version
                self.gradients.used(leaf, tensor, place, self.ledger.tick)

    def _use_nothing(self, optimizer: Optimizer, holder: Holder, place: Place | None) -> None:
        """If every gradient that backward gave since the last step is gone by now, this step was by nothing."""
        tick, last = self.ledger.tick, holder.ticks[-1] if holder.ticks else -1
        emptied: list[tuple[Leaf, Clearing]] = []
        for parameter in _parameters(optimizer):
            leaf = self.ledger.known(parameter)
            if leaf is None or leaf.graded_at < last or leaf.graded_at < 0:
                continue
            clearing = holder.clearing if holder.cleared_at == tick else leaf.clearing
            if clearing is None or clearing.tick != tick or not is_empty(parameter.grad):
                return
            emptied.append((leaf, clearing))
        for leaf, clearing in emptied:
            self.gradients.used_nothing(leaf, clearing, place, tick)


def _parameters(optimizer: Optimizer) -> list[Any]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
