"""Surfaces that need no pass over the points at every cell; two cells, computed from all points, are the proof."""

from collections.abc import Callable

import torch
from torch import Tensor

from gradlab.losses import Loss, squared_error
from gradlab.objective import Objective
from gradlab.surface.bins import distances
from gradlab.surface.grid import Axes, Place
from gradlab.surface.linear import Columns, columns_of
from gradlab.surface.ranks import mean_hubers
from gradlab.surface.squares import mean_squares

FEW = 16
"""With fewer points than this a cell costs no more than the sums do."""


def exact_values(objective: Objective, place: Place, axes: Axes) -> tuple[Tensor, str] | None:
    """The values and the name of the way to them; None where nothing is known but to compute every cell.

    MSE wherever the prediction is linear in both parameters (`sums`); MAE and quantile (`bins`) and Huber (`ranks`)
    where, besides, one of the two is added to all predictions alike.
    """
    loss = objective.loss
    if len(objective.points) < FEW or not isinstance(loss, Loss) or not _has_a_way(loss):
        return None
    columns = columns_of(objective, place, axes)
    if columns is None:
        return None
    p, q = (axis.to(torch.float64) for axis in axes)
    if loss is squared_error:
        found, method = mean_squares(columns.rows, p, q), "sums"
    else:
        added = _added(columns)
        if added is None:
            return None
        way, method = _along_added(loss)
        a, b, c = columns.rows
        found = way(a, b.mean(), c, p, q) if added == 1 else way(b, a.mean(), c, q, p).T
    values = found.to(axes[0].dtype).contiguous()
    return (values, method) if _agrees(values, objective, place, axes) else None


def _has_a_way(loss: Loss) -> bool:
    return loss is squared_error or loss.name.partition(":")[0] in ("mae", "quantile", "huber")


def _added(columns: Columns) -> int | None:
    """The parameter whose column is one number but for rounding, and not 0: that which is added to all predictions."""
    for which in (1, 0):
        low, high = torch.aminmax(columns.rows[which])
        if high - low <= columns.rounding[which] and low * high > 0:
            return which
    return None


Way = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
"""(a, k, c, p, q) → the values at residuals p·a + q·k + c, k being one number."""


def _along_added(loss: Loss) -> tuple[Way, str]:
    kind, _, number = loss.name.partition(":")
    if kind == "huber":
        return lambda a, k, c, p, q: _hubers(a, k, c, p, q, float(number)), "ranks"
    over, under = (1.0, 1.0) if kind == "mae" else (1 - float(number), float(number))
    return lambda a, k, c, p, q: _weighted_distances(a, k, c, p, q, over, under), "bins"


def _weighted_distances(a: Tensor, k: Tensor, c: Tensor, p: Tensor, q: Tensor, over: float, under: float) -> Tensor:
    """`over` times what predictions lie above y, and `under` times what they lie below, on average."""
    width = (q[-1] - q[0]) / (len(q) - 1)
    scale = k * width
    slope, place = a / -scale, (c + k * q[0]) / -scale
    above, below = distances(slope, place, p, len(q))
    if scale < 0:
        above, below = below, above
    return below.mul_(over).add_(above, alpha=under).mul_(scale.abs() / len(a))


def _hubers(a: Tensor, k: Tensor, c: Tensor, p: Tensor, q: Tensor, delta: float) -> Tensor:
    """Huber is even and of second degree: Huber(k·u; delta) = k²·Huber(u; delta/|k|)."""
    return mean_hubers(a / -k, c / -k, p, q, delta / float(k.abs())).mul_(k * k)


def _agrees(values: Tensor, objective: Objective, place: Place, axes: Axes) -> bool:
    """Two cells far apart as the objective itself gives them: what the recording could not see would show here."""
    rows, columns = values.shape
    cells = [(0, columns - 1), (2 * rows // 3, columns // 3)]
    truth = torch.stack([objective(place(axes[0][i], axes[1][j])) for i, j in cells])
    ours = torch.stack([values[i, j] for i, j in cells])
    tolerance = torch.finfo(values.dtype).eps ** 0.5
    return bool(((ours - truth).abs() <= tolerance * truth.abs().max()).all())
