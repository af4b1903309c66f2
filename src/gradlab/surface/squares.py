"""The MSE of a prediction linear in two parameters: a paraboloid, from nine sums over the points."""

import torch
from torch import Tensor

CHUNK = 1 << 15
"""Points turned at a time, so that they stay in the processor's cache."""


def mean_squares(rows: Tensor, p: Tensor, q: Tensor) -> Tensor:
    """mean((p·a + q·b + c)²) at all cells, (len(p), len(q)), for `rows` a, b, c of shape (3, n); O(1) a cell.

    Plain sums of squares would cancel where the surface is low. So the columns are turned first: b without its part
    along a, c without its parts along both, which is the residual at the lowest point (p*, q*). What remains adds up
    without cancelling:

        mean r² = mean c'² + mean a² · (p − p* + k·(q − q*))² + mean b'² · (q − q*)² + what rounding left of the rest
    """
    turn = _turn(_products(rows, torch.eye(3, dtype=rows.dtype, device=rows.device)))
    products = _products(rows, turn)
    k, lowest = -turn[1, 0], turn[2]
    along_q = q - lowest[1]
    along_p = torch.add((p - lowest[0])[:, None], along_q * k)
    of_q = (products[1, 1] * along_q + 2 * products[1, 2]) * along_q + products[2, 2]
    slope = 2 * (products[0, 1] * along_q + products[0, 2])
    return (along_p * products[0, 0]).add_(slope).mul_(along_p).add_(of_q)


def _products(rows: Tensor, turn: Tensor) -> Tensor:
    """The mean products of the turned columns with each other, (3, 3)."""
    total = torch.zeros(3, 3, dtype=rows.dtype, device=rows.device)
    for chunk in rows.split(CHUNK, dim=1):
        turned = turn @ chunk
        total += turned @ turned.T
    return total / rows.shape[1]


def _turn(products: Tensor) -> Tensor:
    """The triangular matrix that makes the columns orthogonal; a column that is nothing new turns nothing."""
    (aa, ab, ac), (_, bb, bc), _ = products.tolist()
    k = ab / aa if aa > 0 else 0.0
    own = bb - k * ab
    q = -(bc - k * ac) / own if own > 1e-12 * bb else 0.0
    p = -(ac + q * ab) / aa if aa > 0 else 0.0
    return products.new_tensor([[1, 0, 0], [-k, 1, 0], [p, q, 1]])
