"""Optimizers as pure pairs: `init(params) -> state` and `step(params, gradient, state) -> (params, state)`.

Nothing is changed in place: a step returns new tensors, so every point of a trajectory can be kept as it was. The
arithmetic is that of `torch.optim` on the CPU, operation by operation and bit by bit, without constructing one (which
would import `torch._dynamo`, a second and more).
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from gradlab._types import Params, State
from gradlab.errors import OptionError


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A way to take a step: `init(params)` makes the state, `step(params, gradient, state)` both anew."""

    name: str
    lr: float
    init: Callable[[Params], State]
    step: Callable[[Params, Params, State], tuple[Params, State]]


def sgd(lr: float) -> Optimizer:
    """Plain gradient descent: p ← p − lr · g.

    `torch.add(p, g, alpha=-lr)` rounds as torch.optim.SGD does; `p - lr*g` need not. Raises OptionError for an lr that
    is not positive and finite, as all optimizers here do.

    >>> params, state = sgd(lr=0.1).step({"m": torch.tensor(1.0)}, {"m": torch.tensor(5.0)}, {})
    >>> params
    {'m': tensor(0.5000)}
    """
    lr = _checked_lr(lr)

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        return {name: torch.add(p, gradient[name], alpha=-lr) for name, p in params.items()}, state

    return Optimizer("sgd", lr, lambda params: {}, step)


def momentum(lr: float, beta: float = 0.9) -> Optimizer:
    """Heavy ball: v ← β·v + g, p ← p − lr · v.

    The convention of torch.optim.SGD(momentum=β): the lr multiplies the whole velocity, and g enters it undamped.
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    >>> momentum(lr=0.1).init({"m": torch.tensor(1.0)})
    {'velocity': {'m': tensor(0.)}}
    """
    lr, beta = _checked_lr(lr), _checked_beta(beta)

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        velocity = _velocity(state, gradient, beta)
        return {name: torch.add(p, velocity[name], alpha=-lr) for name, p in params.items()}, {"velocity": velocity}

    return Optimizer("momentum", lr, _at_rest, step)


def nesterov(lr: float, beta: float = 0.9) -> Optimizer:
    """Nesterov's momentum as torch.optim.SGD(nesterov=True) writes it: v ← β·v + g, p ← p − lr · (g + β·v).

    The gradient is taken at p itself, not at the point looked ahead to: the change of variables of Sutskever et al.,
    "On the importance of initialization and momentum in deep learning", 2013.

    >>> params, _ = nesterov(lr=0.1).step({"m": torch.tensor(1.0)}, {"m": torch.tensor(1.0)}, {"velocity": {"m": 0.0}})
    >>> params
    {'m': tensor(0.8100)}
    """
    lr, beta = _checked_lr(lr), _checked_beta(beta)

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        velocity = _velocity(state, gradient, beta)
        ahead = {name: torch.add(gradient[name], v, alpha=beta) for name, v in velocity.items()}
        return {name: torch.add(p, ahead[name], alpha=-lr) for name, p in params.items()}, {"velocity": velocity}

    return Optimizer("nesterov", lr, _at_rest, step)


def adam(lr: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> Optimizer:
    """Adam: p ← p − lr · m̂ / (√v̂ + ε), with the running means m of g and v of g², both corrected for their start at 0.

    ε is added after the square root and its correction, as in the paper (Kingma and Ba, 2015) and in torch.optim.Adam.

    >>> params, state = adam(lr=0.1).step(
    ...     {"m": torch.tensor(1.0)}, {"m": torch.tensor(5.0)}, adam(lr=0.1).init({"m": torch.tensor(1.0)})
    ... )
    >>> params, state["step"]     # the first step is lr long, however steep the slope
    ({'m': tensor(0.9000)}, 1)
    """
    lr, (beta1, beta2) = _checked_lr(lr), (_checked_beta(beta) for beta in betas)

    def init(params: Params) -> State:
        return {"step": 0, "mean": _zeros(params), "mean_square": _zeros(params)}

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        count = state["step"] + 1
        mean = {name: m.lerp(gradient[name], 1 - beta1) for name, m in state["mean"].items()}
        mean_square = {
            name: torch.mul(v, beta2).addcmul_(gradient[name], gradient[name], value=1 - beta2)
            for name, v in state["mean_square"].items()
        }
        reach, root = lr / (1 - beta1**count), (1 - beta2**count) ** 0.5
        moved = {
            name: torch.addcdiv(p, mean[name], (mean_square[name].sqrt() / root).add_(eps), value=-reach)
            for name, p in params.items()
        }
        return moved, {"step": count, "mean": mean, "mean_square": mean_square}

    return Optimizer("adam", lr, init, step)


def torch_optimizer(name: str, lr: float, **options: Any) -> Optimizer:
    """Any optimizer of `torch.optim` that works from one gradient a step, by its class name; state is its state_dict.

    It is constructed anew at every step, so that a step stays a pure function: slower than the four above, and the
    first one imports `torch._dynamo`. Raises OptionError for an unknown class, for those that need more than one dense
    gradient (LBFGS, SparseAdam), and for options or parameters that the class refuses.

    >>> params, state = torch_optimizer("Adagrad", lr=0.5).step(
    ...     {"m": torch.tensor(1.0)},
    ...     {"m": torch.tensor(5.0)},
    ...     torch_optimizer("Adagrad", lr=0.5).init({"m": torch.tensor(1.0)}),
    ... )
    >>> params
    {'m': tensor(0.5000)}
    """
    lr, kind = _checked_lr(lr), _torch_class(name)

    def construct(params: Params, state: State | None) -> torch.optim.Optimizer:
        try:
            optimizer = kind(list(params.values()), lr=lr, **options)
        except (TypeError, ValueError) as refusal:
            raise OptionError("optimizers.torch_refuses", name=name, refusal=refusal) from None
        if state is not None:
            # load_state_dict keeps the very tensors, and a step changes them in place: hence the copy.
            optimizer.load_state_dict(copy.deepcopy(state["state_dict"]))
            for group in optimizer.param_groups:
                group["lr"] = lr
        return optimizer

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        moved = {key: p.detach().clone() for key, p in params.items()}
        for key, p in moved.items():
            p.grad = gradient[key].clone()
        optimizer = construct(moved, state)
        optimizer.step()
        return {key: p.detach() for key, p in moved.items()}, {"state_dict": optimizer.state_dict()}

    return Optimizer(f"torch:{name}", lr, lambda params: {"state_dict": construct(params, None).state_dict()}, step)


NAMES: dict[str, Callable[[float], Optimizer]] = {"sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adam": adam}
_NEED_MORE_THAN_A_GRADIENT = ("LBFGS", "Optimizer", "SparseAdam")


def resolve(optimizer: str | Optimizer, lr: float) -> Optimizer:
    """The optimizer called so: `sgd`, `momentum`, `nesterov`, `adam` or `torch:CLASS`; one that is made is kept.

    Raises OptionError for a name that is unknown, naming the nearest.

    >>> resolve("adam", lr=0.01).name
    'adam'
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if optimizer.startswith("torch:"):
        return torch_optimizer(optimizer.removeprefix("torch:"), lr)
    if optimizer not in NAMES:
        raise OptionError.unknown("optimizers.unknown", optimizer, [*NAMES, "torch:CLASS"])
    return NAMES[optimizer](lr)


def _torch_class(name: str) -> Callable[..., torch.optim.Optimizer]:
    base = torch.optim.Optimizer
    kinds = {
        key: kind
        for key, kind in vars(torch.optim).items()
        if isinstance(kind, type) and issubclass(kind, base) and key not in _NEED_MORE_THAN_A_GRADIENT
    }
    if name in _NEED_MORE_THAN_A_GRADIENT:
        raise OptionError("optimizers.torch_unfit", name=name)
    if name not in kinds:
        raise OptionError.unknown("optimizers.torch_unknown", name, sorted(kinds))
    return kinds[name]


def _zeros(params: Params) -> Params:
    return {name: torch.zeros_like(p) for name, p in params.items()}


def _at_rest(params: Params) -> State:
    return {"velocity": _zeros(params)}


def _velocity(state: State, gradient: Params, beta: float) -> Params:
    return {name: torch.mul(v, beta).add_(gradient[name]) for name, v in state["velocity"].items()}


def _checked_lr(lr: float) -> float:
    if not (lr > 0 and math.isfinite(lr)):
        raise OptionError("optimizers.lr", lr=lr)
    return float(lr)


def _checked_beta(beta: float) -> float:
    if not 0 <= beta < 1:
        raise OptionError("optimizers.beta", beta=beta)
    return beta
