"""Functions that PyTorch offers ready-made, written out in operations that have a rule.

The recorder runs PyTorch's own function for the value and this one for what lies inside, so that a reader can open it.
Names and defaults are those of `torch.nn.functional`. `L1Loss` is the mean absolute error; `MSELoss` the mean squared
error, which is not the L2 norm: that would be the root of the sum of squares, without a mean.
"""

from collections.abc import Callable

import torch
from torch import Tensor

COMPOSITES: dict[str, Callable[..., Tensor]] = {}


def composite(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Enter a ready-made function under its own name."""
    COMPOSITES[function.__name__] = function
    return function


def _reduced(elementwise: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return elementwise
    return elementwise.mean() if reduction == "mean" else elementwise.sum()


@composite
def l1_loss(
    input: Tensor, target: Tensor, size_average: None = None, reduce: None = None, reduction: str = "mean"
) -> Tensor:
    return _reduced(torch.abs(input - target), reduction)


@composite
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    weight: None = None,
) -> Tensor:
    return _reduced((input - target) ** 2, reduction)


@composite
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: None = None
) -> Tensor:
    distance = torch.abs(input - target)
    return _reduced(torch.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2)), reduction)


@composite
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    distance = torch.abs(input - target)
    return _reduced(
        distance if beta == 0 else torch.where(distance < beta, distance**2 / (2 * beta), distance - beta / 2),
        reduction,
    )


@composite
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    product = torch.matmul(input, weight.t())
    return product if bias is None else product + bias


@composite
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    return beta * input + alpha * torch.matmul(mat1, mat2)


@composite
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    return input * torch.sigmoid(input)


@composite
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    return torch.where(input > 0, input, negative_slope * input)


@composite
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    pos_weight: None = None,
) -> Tensor:
    each = torch.nn.functional.softplus(input) - input * target
    return _reduced(each if weight is None else each * weight, reduction)


@composite
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: None = None,
    size_average: None = None,
    ignore_index: int = -100,
    reduce: None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """For class indices, shapes (n, k) and (n,): minus the log-softmax at the right class."""
    return _reduced(-torch.log_softmax(input, 1)[torch.arange(len(target), device=target.device), target], reduction)
