"""Optimizers as pure pairs: `init(params) -> state` and `step(params, gradient, state) -> (params, state)`.

Nothing is changed in place: a step returns new tensors, so every point of a trajectory can be kept as it was. The
arithmetic is that of `torch.optim` on the CPU, operation by operation and bit by bit, without constructing one (which
would import `torch._dynamo`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from gradlab._types import Params, State


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A way to take a step: `init(params)` makes the state, `step(params, gradient, state)` both anew."""

    name: str
    lr: float
    init: Callable[[Params], State]
    step: Callable[[Params, Params, State], tuple[Params, State]]


def sgd(lr: float) -> Optimizer:
    """Plain gradient descent: p ← p − lr · g.

    `torch.add(p, g, alpha=-lr)` rounds once where `p - lr*g` rounds twice; torch.optim.SGD does the former.

    >>> params, state = sgd(lr=0.1).step({"m": torch.tensor(1.0)}, {"m": torch.tensor(5.0)}, {})
    >>> params
    {'m': tensor(0.5000)}
    """

    def step(params: Params, gradient: Params, state: State) -> tuple[Params, State]:
        return {name: torch.add(p, gradient[name], alpha=-lr) for name, p in params.items()}, state

    return Optimizer("sgd", lr, lambda params: {}, step)
