"""The right derivative, by two arbiters: autograd where it can follow, and differences of the function itself.

Autograd is exact but blind behind `.item()` and `detach()`; differences see everything but have a limited number of
digits. Where the two disagree although the differences are sure of themselves, the differences are believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab.gradcheck.calling import RefusalError, numbers
from gradlab.gradcheck.differences import Along, Moves, differences, slopes


@dataclass(frozen=True, slots=True)
class Right:
    """The right slopes at one place, NaN where nobody knows, and how far they may be off.

    `followed` says whether they are autograd's, so that the recorded computation can be believed as well.
    """

    slopes: Tensor
    error: Tensor
    followed: bool


def right_slopes(along: Along, followable: Callable[[Tensor], Any], at: Tensor, moves: Moves = "points") -> Right:
    """The slopes of `along` at `at`, by both arbiters; `followable` computes the same with PyTorch alone.

    >>> at = torch.tensor(2.0, dtype=torch.float64)
    >>> blind = lambda x: x.item() ** 2 + 0 * x
    >>> round(right_slopes(blind, blind, at).slopes.item(), 6)
    4.0
    """
    tried = slopes(along, at, moves)
    exact = _exact(followable, at, tried.shape)
    if exact is not None and _agree(exact, tried, torch.isfinite(tried)):
        return Right(exact, torch.zeros_like(exact), True)
    sure = differences(along, at, moves)
    if exact is not None and _agree(exact, sure.slopes, sure.reliable):
        return Right(exact, torch.zeros_like(exact), True)
    return Right(torch.where(sure.reliable, sure.slopes, torch.nan), sure.error, False)


def _exact(followable: Callable[[Tensor], Any], at: Tensor, shape: torch.Size) -> Tensor | None:
    leaf = at.clone().requires_grad_()
    try:
        with torch.enable_grad():
            result = numbers(followable(leaf))
        if not result.requires_grad:
            return torch.zeros(shape, dtype=torch.float64)
        parts = [result.sum()] if at.shape == shape else list(result.reshape(-1))
        found = [torch.autograd.grad(p, leaf, retain_graph=True, materialize_grads=True)[0] for p in parts]
        return torch.stack(found).reshape(shape).to(torch.float64)
    except (RefusalError, RuntimeError):
        return None


def _agree(exact: Tensor, tried: Tensor, reliable: Tensor) -> bool:
    """Most points where the differences are sure must agree; single ones may sit beside a kink."""
    asked = reliable & torch.isfinite(exact)
    if not bool(asked.any()):
        return bool(torch.isfinite(exact).any())
    scale = exact[asked].abs().median()
    near = (exact - tried).abs() <= 1e-4 * (exact.abs() + scale) + 1e-12
    return bool(near[asked].double().mean() >= 0.6)
