"""A derivative by differences, with an estimate of its own error: the arbiter that sees through everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

_STEP = 2.0**-10
"""Relative step of the first try; the second is eight times finer."""

_WEIGHTS = ((1, 4 / 5), (2, -1 / 5), (3, 4 / 105), (4, -1 / 280))
"""Central difference of eighth order (Fornberg, Mathematics of Computation 51, 1988)."""

Along = Callable[[Tensor], Tensor]
"""The function as one of its arguments moves."""

Moves = Literal["points", "elements", "columns"]
"""How an argument moves: every point at once, each on its own result; one element after the other, against all results;
or one column of a matrix after the other, every row on its own result."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Slopes, and how far they may be off; both of the shape that `differences` tells."""

    slopes: Tensor
    error: Tensor

    @property
    def reliable(self) -> Tensor:
        """Where two steps of different size say the same; beside a pole, a jump or a fast oscillation they do not."""
        finite = torch.isfinite(self.slopes) & torch.isfinite(self.error)
        scale = self.slopes[finite].abs().median() if bool(finite.any()) else self.slopes.new_zeros(())
        return finite & (self.error <= 1e-5 * (self.slopes.abs() + scale) + 1e-12)


def slopes(along: Along, at: Tensor, moves: Moves = "points", relative: float = _STEP / 8) -> Tensor:
    """Slopes of `along` at `at`, of the shape of the result, followed for elements by that of `at`, for columns by k.

    >>> slopes(lambda x: x**3, torch.tensor([1.0, 2.0], dtype=torch.float64))
    tensor([ 3.0000, 12.0000], dtype=torch.float64)
    """
    step = relative * (at.abs() + 0.1)
    if moves == "points" or at.dim() == 0:
        return _difference(along, at, step, step)
    if moves == "columns":
        columns = [step * mask for mask in torch.eye(at.shape[1], dtype=torch.float64)]
        return torch.stack([_difference(along, at, shift, shift.sum(-1)) for shift in columns], dim=-1)
    units = torch.eye(at.numel(), dtype=torch.float64).reshape(-1, *at.shape)
    found = torch.stack([_difference(along, at, step * mask, (step * mask).sum()) for mask in units], dim=-1)
    return found.reshape(*found.shape[:-1], *at.shape)


def differences(along: Along, at: Tensor, moves: Moves = "points") -> Differences:
    """`slopes` with two sizes of step, which tell how far they may be off."""
    coarse, fine = (slopes(along, at, moves, relative) for relative in (_STEP, _STEP / 8))
    return Differences(fine, (fine - coarse).abs())


def _difference(along: Along, at: Tensor, shift: Tensor, step: Tensor) -> Tensor:
    total = torch.zeros((), dtype=torch.float64)
    for k, weight in _WEIGHTS:
        total = total + weight * (along(at + k * shift) - along(at - k * shift))
    return total / step
