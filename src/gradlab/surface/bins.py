"""Mean absolute and quantile errors of a prediction in which one of two linear parameters is added to all points alike.

In a row of the grid, where p is fixed, the residual of point i at column j is in proportion to j − tᵢ, with tᵢ the
column at which it vanishes. Sorted into bins between the columns, the points are needed no more: the distances to all
points on one side of a column come from the number of points in each bin and the sum of their places in it.
"""

import numpy as np
import torch
from torch import Tensor

TILE = 1 << 16
"""Rows times points that are in work at a time: half a megabyte a tensor."""

BLOCK = 1 << 12
"""Points that are told together to be on one side of all columns, where there are many."""


def distances(slope: Tensor, place: Tensor, p: Tensor, columns: int) -> tuple[Tensor, Tensor]:
    """Σ over tᵢ > j of tᵢ − j, and Σ over tᵢ < j of j − tᵢ, for j = 0 … columns − 1 and tᵢ = slopeᵢ·p + placeᵢ.

    Both of shape (len(p), columns). O(points + columns) a row of the grid. A point that rounding puts into the next bin
    lies on the border of both, where it makes no difference.
    """
    bins = torch.zeros(len(p), columns + 2, dtype=torch.complex128, device=p.device)
    if len(slope) <= TILE:
        rows = min(len(p), TILE // len(slope))
        bench = _bench(rows * len(slope), p)
        for here, entered in zip(p.split(rows), bins.split(rows), strict=True):
            _enter(entered, slope, place, here, bench)
    else:
        _enter_in_blocks(bins, slope, place, p)
    count, within = torch.view_as_real(bins).unbind(-1)
    return _above(count, within), _below(count, within)


Bench = tuple[Tensor, Tensor, Tensor, Tensor]
"""Room for the numbers in work: places, borders, entries, indices. Fresh memory for each tile would take longer than
all the rest, since the system clears it."""


def _bench(size: int, like: Tensor) -> Bench:
    places, borders = like.new_empty(2, size)
    entries = torch.ones(size, dtype=torch.complex128, device=like.device)
    return places, borders, entries, torch.empty(size, dtype=torch.int64, device=like.device)


def _enter(bins: Tensor, slope: Tensor, place: Tensor, p: Tensor, bench: Bench) -> None:
    """Add to each row of `bins` how many points it has (real part), and how far they lie from its lower border.

    Bin k + 1 reaches from column k to the next; the first and the last take all that lies before and beyond. Number and
    distance go in as one complex number, since to enter is what takes the time.
    """
    columns, shape = bins.shape[1] - 2, (len(p), len(slope))
    places, borders, entries, indices = (room[: shape[0] * shape[1]].view(shape) for room in bench)
    torch.addcmul(place, slope, p[:, None], out=places)
    torch.clamp(places, -1, columns, out=borders).floor_()
    torch.sub(places, borders, out=entries.imag)
    first = torch.arange(1, bins.numel(), columns + 2, dtype=borders.dtype, device=borders.device)
    indices.copy_(borders.add_(first[:, None]))
    bins.view(-1).scatter_add_(0, indices.view(-1), entries.view(-1))


def _enter_in_blocks(bins: Tensor, slope: Tensor, place: Tensor, p: Tensor) -> None:
    """The same for many points, row by row, leaving out blocks of them that lie beyond the window as a whole.

    Points of nearly the same slope lie together; within a block, what the places have in common with the slope is taken
    out, so that the block covers few columns.
    """
    columns = bins.shape[1] - 2
    order = _order(slope)
    slope, place = slope[order], place[order]
    common = _common(slope, place)
    place, turned = place.addcmul_(slope, common, value=-1), p + common
    before, beyond, sums = _sides(slope, place, turned, columns)
    bins[:, 0] += torch.complex(*_outside(before, sums, turned, -1))
    bins[:, -1] += torch.complex(*_outside(beyond, sums, turned, columns))
    inside, bench = ~(before | beyond), _bench(TILE, p)
    for row, (blocks, here) in enumerate(zip(inside, turned.split(1), strict=True)):
        for start, end in _runs(blocks.tolist()):
            for low in range(start * BLOCK, end * BLOCK, TILE):
                part = slice(low, min(low + TILE, end * BLOCK))
                _enter(bins[row : row + 1], slope[part], place[part], here, bench)


def _order(slope: Tensor) -> Tensor:
    """Roughly by size: a sort of 16-bit numbers is several times as quick as one of floats, and does as well."""
    low, high = torch.aminmax(slope)
    rough = (slope - low).mul_(65_535 / torch.where(high > low, high - low, 1.0))
    keys = rough.cpu().numpy().astype(np.uint16)
    return torch.from_numpy(np.argsort(keys, kind="stable")).to(slope.device)


def _common(slope: Tensor, place: Tensor) -> Tensor:
    """The slope of the straight line through the places over the slopes."""
    spread = slope - slope.mean()
    square = spread.dot(spread)
    return torch.where(square > 0, spread.dot(place) / square, 0.0)


def _sides(slope: Tensor, place: Tensor, p: Tensor, columns: int) -> tuple[Tensor, Tensor, Tensor]:
    """Which blocks lie before the first column and which beyond the last, (rows, blocks); and each block's number of
    points, sum of slopes and sum of places, (blocks, 3)."""
    lows, highs, sums = [], [], []
    for a, c in zip(slope.split(BLOCK), place.split(BLOCK), strict=True):
        ends, (low, high) = torch.outer(p, torch.stack(torch.aminmax(a))), torch.aminmax(c)
        lows.append(ends.amin(1) + low)
        highs.append(ends.amax(1) + high)
        sums.append(torch.stack([a.new_tensor(len(a)), a.sum(), c.sum()]))
    return torch.stack(highs, 1) < 0, torch.stack(lows, 1) > columns, torch.stack(sums)


def _outside(blocks: Tensor, sums: Tensor, p: Tensor, border: int) -> tuple[Tensor, Tensor]:
    """What those blocks amount to in each row: number of points, and distance from the border of their bin."""
    count, slopes, places = (blocks.to(sums.dtype) @ sums).unbind(1)
    return count, slopes * p + places - border * count


def _runs(inside: list[bool]) -> list[tuple[int, int]]:
    """Where blocks follow each other that are to be entered: first and past the last of each run.

    >>> _runs([False, True, True, False, True])
    [(1, 3), (4, 5)]
    """
    edges = [i for i, (one, next) in enumerate(zip([False, *inside], [*inside, False], strict=True)) if one != next]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _above(count: Tensor, within: Tensor) -> Tensor:
    """Whole bins between are whole numbers, added without rounding; only the places within them are not."""
    beyond = count.flip(1).cumsum(1)
    whole = beyond.cumsum(1).flip(1)[:, 2:]
    return whole.add_(within.flip(1).cumsum(1).flip(1)[:, 1:-1])


def _below(count: Tensor, within: Tensor) -> Tensor:
    whole = count.cumsum(1).cumsum_(1)[:, :-2]
    return whole.sub_(within.cumsum(1)[:, :-2])
