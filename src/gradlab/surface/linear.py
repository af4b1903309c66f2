"""Is the prediction linear in the two parameters shown? Then three columns say all that a surface needs.

prediction − y = p·a + q·b + c        at every point, with the other parameters inside c
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.linearity import is_linear
from gradlab.objective import Objective
from gradlab.surface.grid import Axes, Place

RECORDED = 1 << 16
"""Points that are recorded: a recording keeps every intermediate. That the others behave alike is seen in `exact.py`,
where cells are computed from all points."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The residuals of all cells as `rows` (3, n) in float64: a, b and c. `rounding` (2,) is how far apart two elements
    of a and of b may lie by the rounding of the model's own arithmetic."""

    rows: Tensor
    rounding: tuple[float, float]


def columns_of(objective: Objective, place: Place, axes: Axes) -> Columns | None:
    """The three columns; None where linearity cannot be shown.

    Each is a difference of two predictions, taken as far apart as the grid is wide and at a power of two, so that
    neither subtraction nor division costs digits that a cell of the grid would have.
    """
    x, y = objective.points.x, objective.points.y
    zero = axes[0].new_zeros(())
    if not _is_linear(objective, place, zero):
        return None
    at_zero = objective.model(x, **place(zero, zero))
    if at_zero.shape != y.shape:
        return None
    rows, rounding = torch.empty(3, len(y), dtype=torch.float64, device=y.device), []
    for row, axis in enumerate(axes):
        reach = zero + 2.0 ** min(1023, math.ceil(math.log2(float(axis.abs().max()))))
        there = objective.model(x, **(place(reach, zero) if row == 0 else place(zero, reach)))
        rows[row].copy_(there).sub_(at_zero).div_(reach)
        largest = torch.linalg.vector_norm(there, math.inf)
        rounding.append(float(8 * torch.finfo(y.dtype).eps * largest / reach))
    rows[2].copy_(at_zero).sub_(y)
    return Columns(rows, (rounding[0], rounding[1]))


def _is_linear(objective: Objective, place: Place, zero: Tensor) -> bool:
    x = objective.points.x

    def prediction(two: Params) -> Tensor:
        return objective.model(x[:RECORDED], **place(two["p"], two["q"]))

    if len(x) <= RECORDED:
        return is_linear(prediction, {"p": zero, "q": zero})
    try:
        return is_linear(prediction, {"p": zero, "q": zero})
    except RuntimeError:  # a model that knows how many points there are is shown only some of them
        return False
