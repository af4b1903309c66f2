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


def right_slopes(
    along: Along, followable: Callable[[Tensor], Any], at: Tensor, moves: Moves = "points", *, single: bool = False
) -> Right:
    """The slopes of `along` at `at`, by both arbiters; `followable` computes the same with PyTorch alone.

    In float32 (`single`) differences have too few digits to be asked.

    >>> at = torch.tensor(2.0, dtype=torch.float64)
    >>> blind = lambda x: x.item() ** 2 + 0 * x
    >>> round(right_slopes(blind, blind, at).slopes.item(), 6)
    4.0
    """
    tried = slopes(along, at, moves)
    exact = exact_slopes(followable, at, tried.shape)
    if exact is not None and (single or _agree(exact, tried, torch.isfinite(tried))):
        return Right(exact, torch.zeros_like(exact) if single else _apart(exact, tried), True)
    sure = differences(along, at, moves)
    if exact is not None and _agree(exact, sure.slopes, sure.reliable):
        return Right(exact, _apart(exact, tried), True)
    return Right(torch.where(sure.reliable, sure.slopes, torch.nan), sure.error, False)


def _apart(exact: Tensor, tried: Tensor) -> Tensor:
    """How far autograd may be off: as far as differences are from it. It is exact for the function as it was rounded,
    which near the edge of its domain can be quite another one (log(1 − p) for p near 1)."""
    return torch.where(_near(exact, tried, 1e-6), 0.0, (exact - tried).abs().nan_to_num(nan=torch.inf))


def exact_slopes(followable: Callable[[Tensor], Any], at: Tensor, shape: torch.Size) -> Tensor | None:
    """Autograd's slopes, of the shape of the result or of that and the argument's; None where it cannot follow."""
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
    return bool(_near(exact, tried, 1e-4)[asked].double().mean() >= 0.6)


def _near(exact: Tensor, tried: Tensor, relative: float) -> Tensor:
    finite = exact[torch.isfinite(exact)].abs()
    scale = finite.median() if finite.numel() else 0.0
    return (exact - tried).abs() <= relative * (exact.abs() + scale) + 1e-12
