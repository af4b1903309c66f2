"""Thirty-odd assorted computations, each a function that gives its root and the intermediates worth a name.

They are ordinary code: nothing in them knows of gradlab. Each draws its numbers from its own generator.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Computed = tuple[Tensor, dict[str, Tensor]]
COMPUTATIONS: dict[str, Callable[[], Computed]] = {}


def computation(function: Callable[[], Computed]) -> Callable[[], Computed]:
    COMPUTATIONS[function.__name__] = function
    return function


def leaf(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).requires_grad_()


def constant(*shape: int, seed: int = 9) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
