"""What torch.optim's optimizers do, told by the hooks that they call around every step."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from gradlab.doctor.clearing import Gradients, is_empty
from gradlab.doctor.leaves import Leaf
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.places import Place


@dataclass(slots=True, eq=False)
class Holder:
    """An optimizer that has stepped: where, how often, with which lr and momentum, and at which tick last."""

    name: str
    place: Place | None
    steps: int = 0
    last_tick: int = -1
    lr: float = 0.0
    momentum: float = 0.0
    maximize: bool = False


class Optimizers:
    """All optimizers that have stepped, and what each step meant for the parameters that it holds."""

    def __init__(self, ledger: Ledger, gradients: Gradients) -> None:
        self.ledger = ledger
        self.gradients = gradients
        self.holders: dict[int, Holder] = {}

    def stepped(self, optimizer: Optimizer, place: Place | None) -> None:
        holder = self.holders.get(id(optimizer))
        if holder is None:
            holder = self.holders[id(optimizer)] = Holder(type(optimizer).__name__, place)
        emptied: list[Leaf] = []
        used = 0
        for group in optimizer.param_groups:
            _read(holder, group)
            for parameter in group["params"]:
                if parameter.requires_grad:
                    leaf = self.ledger.leaf(parameter)
                    used += self._step_of(leaf, parameter, holder, id(optimizer), place)
                    if leaf.clearing is not None and leaf.clearing.tick == self.ledger.tick:
                        emptied.append(leaf) if is_empty(parameter.grad) else None
        if not used:
            for leaf in emptied:
                self.gradients.used_nothing(leaf, place, self.ledger.tick)
        holder.steps += 1
        holder.last_tick = self.ledger.tick

    def _step_of(self, leaf: Leaf, parameter: Tensor, holder: Holder, key: int, place: Place | None) -> bool:
        """Whether this parameter had a gradient to use."""
        tick = self.ledger.tick
        leaf.wanted_at, leaf.holder = tick, key
        if leaf.reached_at < holder.last_tick or leaf.reached_at < 0:
            leaf.idle_steps += 1
        version = parameter._version
        if version == leaf.version:
            return False
        leaf.version = version
        leaf.updates += 1
        leaf.updated_place = place
        used = leaf.clearing is None or not is_empty(parameter.grad)
        if used:
            self.gradients.used(leaf, parameter, tick)
        return used


def _read(holder: Holder, group: dict[str, Any]) -> None:
    holder.maximize = bool(group.get("maximize", False))
    lr = group.get("lr")
    holder.lr = float(lr) if isinstance(lr, int | float | Tensor) else 0.0
    momentum = group.get("momentum", 0.0)
    holder.momentum = float(momentum) if isinstance(momentum, int | float) else 0.0
