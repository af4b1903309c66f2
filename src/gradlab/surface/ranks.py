"""The mean Huber loss of a prediction in which one of two linear parameters is added to all points alike.

Sorted in a row of the grid, the points fall into three groups at every column: those that lie lower than delta, those
near it, whose error is squared, and those higher. Prefix sums give the sums over each group.
"""

import torch
from torch import Tensor

TILE = 1 << 18
"""Rows times points that are sorted at a time."""


def mean_hubers(slope: Tensor, place: Tensor, p: Tensor, q: Tensor, delta: float) -> Tensor:
    """The mean over i of Huber(q − tᵢ) with tᵢ = slopeᵢ·p + placeᵢ, (len(p), len(q)); O(n log n) a row of the grid."""
    values = torch.empty(len(p), len(q), dtype=p.dtype, device=p.device)
    rows = max(1, TILE // len(slope))
    for here, out in zip(p.split(rows), values.split(rows), strict=True):
        out.copy_(_rows(torch.addcmul(place, slope, here[:, None]), q, delta))
    return values


def _rows(t: Tensor, q: Tensor, delta: float) -> Tensor:
    """Measured from the mean of each row, so that the sums of squares do not cancel."""
    centre = t.mean(1, keepdim=True)
    t = t.sub_(centre).sort(1).values
    column, n = q - centre, t.shape[1]
    low, high = (torch.searchsorted(t, edge.contiguous()) for edge in (column - delta, column + delta))
    sums, squares = _prefix(t), _prefix(t * t)
    below, above, near = low, n - high, high - low
    sum_below, sum_near = sums.gather(1, low), sums.gather(1, high) - sums.gather(1, low)
    sum_above = sums[:, -1:] - sums.gather(1, high)
    square_near = squares.gather(1, high) - squares.gather(1, low)
    squared = (column * column * near - 2 * column * sum_near + square_near) / 2
    linear = column * (below - above) - sum_below + sum_above - delta / 2 * (below + above)
    return (squared + delta * linear) / n


def _prefix(t: Tensor) -> Tensor:
    """Sums of the first 0, 1, … n."""
    return torch.nn.functional.pad(t.cumsum(1), (1, 0))
