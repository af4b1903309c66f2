"""Operations that move, gather or sum elements: what comes back to an operand, given what arrives at the result.

Each function is named like the operation. It takes `g` = ∂L/∂result, the `result`, then the operation's own arguments
in PyTorch's order, and returns {operand: ∂L/∂operand}. Its signature is also how the recorder names the arguments.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Pullback = Callable[..., dict[str, Any]]
PULLBACKS: dict[str, Pullback] = {}


LINEAR = frozenset(
    "sum mean cumsum matmul outer reshape view view_as reshape_as flatten squeeze unsqueeze unflatten ravel expand "
    "expand_as broadcast_to clone contiguous to double float type type_as transpose t permute flip getitem setitem "
    "stack cat as_tensor detach".split()
)
"""The structural operations that are linear in each of their operands."""


def pullback(function: Pullback) -> Pullback:
    """Enter a structural operation under the function's own name (a trailing underscore keeps Python's words free)."""
    PULLBACKS[function.__name__.rstrip("_")] = function
    return function


def sum_to(gradient: Tensor, shape: torch.Size) -> Tensor:
    """What was broadcast on the way forward is summed on the way back.

    >>> sum_to(torch.ones(3, 2), torch.Size([2])).tolist()
    [3.0, 3.0]
    """
    if gradient.shape == shape:
        return gradient
    # torch.broadcast_shapes would say the same, and import sympy for it
    whole, _ = torch.broadcast_tensors(gradient, gradient.new_empty(()).expand(shape))
    return whole.sum_to_size(shape)


def _spread(reduced: Tensor, like: Tensor, dim: Any, keepdim: bool) -> Tensor:
    """A reduced tensor laid out again over the elements that it was reduced from."""
    if dim is None or dim == ():
        return reduced.expand_as(like) if reduced.dim() == 0 else reduced.reshape(()).expand_as(like)
    if not keepdim:
        for axis in sorted(axis % max(like.dim(), 1) for axis in ((dim,) if isinstance(dim, int) else dim)):
            reduced = reduced.unsqueeze(axis)
    return reduced.expand_as(like)


def _count(a: Tensor, dim: Any) -> int:
    axes = range(a.dim()) if dim is None or dim == () else ((dim,) if isinstance(dim, int) else dim)
    return math.prod(a.shape[axis] for axis in axes) if a.dim() else 1


# Sums
@pullback
def sum_(
    g: Tensor, result: Tensor, a: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> dict[str, Tensor]:
    return {"a": _spread(g, a, dim, keepdim)}


@pullback
def mean(
    g: Tensor, result: Tensor, a: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> dict[str, Tensor]:
    """A mean is a sum times 1/N, so its derivative is the mean of the derivatives."""
    return {"a": _spread(g, a, dim, keepdim) / _count(a, dim)}


@pullback
def prod(
    g: Tensor, result: Tensor, a: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> dict[str, Tensor]:
    """By the product of all other elements, so that a zero does no harm."""
    flat = a.reshape(1, -1) if dim is None else a.movedim(dim, -1)
    n = flat.shape[-1]
    others = torch.where(
        torch.eye(n, dtype=torch.bool, device=a.device), torch.ones_like(flat).unsqueeze(-1), flat.unsqueeze(-2)
    ).prod(-1)
    return {"a": _spread(g, a, dim, keepdim) * (others.reshape(a.shape) if dim is None else others.movedim(-1, dim))}


@pullback
def var(
    g: Tensor,
    result: Tensor,
    a: Tensor,
    dim: Any = None,
    *,
    correction: int = 1,
    keepdim: bool = False,
    unbiased: bool = True,
) -> dict[str, Tensor]:
    correction = correction if unbiased else 0
    centred = a - (a.mean() if dim is None else a.mean(dim, keepdim=True))
    return {"a": _spread(g, a, dim, keepdim) * 2 * centred / (_count(a, dim) - correction)}


@pullback
def std(
    g: Tensor,
    result: Tensor,
    a: Tensor,
    dim: Any = None,
    *,
    correction: int = 1,
    keepdim: bool = False,
    unbiased: bool = True,
) -> dict[str, Tensor]:
    return var(g / (2 * result), result, a, dim, correction=correction, keepdim=keepdim, unbiased=unbiased)


@pullback
def cumsum(g: Tensor, result: Tensor, a: Tensor, dim: int, *, dtype: Any = None) -> dict[str, Tensor]:
    return {"a": g.flip(dim).cumsum(dim).flip(dim)}


@pullback
def logsumexp(g: Tensor, result: Tensor, a: Tensor, dim: Any, keepdim: bool = False) -> dict[str, Tensor]:
    return {"a": _spread(g, a, dim, keepdim) * torch.exp(a - _spread(result, a, dim, keepdim))}


@pullback
def softmax(g: Tensor, result: Tensor, a: Tensor, dim: int, *rest: Any, dtype: Any = None) -> dict[str, Tensor]:
    return {"a": result * (g - (g * result).sum(dim, keepdim=True))}


@pullback
def log_softmax(g: Tensor, result: Tensor, a: Tensor, dim: int, *rest: Any, dtype: Any = None) -> dict[str, Tensor]:
    return {"a": g - torch.exp(result) * g.sum(dim, keepdim=True)}


def _extreme(g: Tensor, result: Tensor, a: Tensor, dim: Any = None, keepdim: bool = False) -> dict[str, Tensor]:
    """Ties share equally, as in PyTorch's `amax`."""
    chosen = a == _spread(result, a, dim, keepdim)
    ties = chosen.sum() if dim is None or dim == () else chosen.sum(dim, keepdim=True)
    return {"a": torch.where(chosen, _spread(g, a, dim, keepdim) / ties, 0)}


PULLBACKS["amax"] = PULLBACKS["amin"] = _extreme


# Products
@pullback
def matmul(g: Tensor, result: Tensor, a: Tensor, b: Tensor) -> dict[str, Tensor]:
    """C = A B: ∂L/∂A = g Bᵀ and ∂L/∂B = Aᵀ g; a vector stands for a row on the left, a column on the right."""
    left = a.unsqueeze(0) if a.dim() == 1 else a
    right = b.unsqueeze(1) if b.dim() == 1 else b
    g = g.unsqueeze(-1) if b.dim() == 1 else g
    g = g.unsqueeze(-2) if a.dim() == 1 else g
    to_a = sum_to(g @ right.transpose(-1, -2), left.shape)
    to_b = sum_to(left.transpose(-1, -2) @ g, right.shape)
    return {"a": to_a.reshape(a.shape), "b": to_b.reshape(b.shape)}


@pullback
def outer(g: Tensor, result: Tensor, a: Tensor, b: Tensor) -> dict[str, Tensor]:
    return {"a": g @ b, "b": g.T @ a}


# Shapes
def _reshaped(g: Tensor, result: Tensor, a: Tensor, *shape: Any, **named: Any) -> dict[str, Tensor]:
    return {"a": g.reshape(a.shape)}


for _name in "reshape view view_as reshape_as flatten squeeze unsqueeze unflatten ravel".split():
    PULLBACKS[_name] = _reshaped


def _expanded(g: Tensor, result: Tensor, a: Tensor, *shape: Any, **named: Any) -> dict[str, Tensor]:
    return {"a": sum_to(g, a.shape)}


PULLBACKS["expand"] = PULLBACKS["expand_as"] = PULLBACKS["broadcast_to"] = _expanded


def _unchanged(g: Tensor, result: Tensor, a: Tensor, *rest: Any, **named: Any) -> dict[str, Tensor]:
    return {"a": g}


for _name in "clone contiguous to double float type requires_grad_ type_as as_tensor".split():
    PULLBACKS[_name] = _unchanged


@pullback
def detach(g: Tensor, result: Tensor, a: Tensor) -> dict[str, Tensor]:
    return {}


@pullback
def transpose(g: Tensor, result: Tensor, a: Tensor, dim0: int, dim1: int) -> dict[str, Tensor]:
    return {"a": g.transpose(dim0, dim1)}


@pullback
def t(g: Tensor, result: Tensor, a: Tensor) -> dict[str, Tensor]:
    return {"a": g.mT if a.dim() == 2 else g}


@pullback
def permute(g: Tensor, result: Tensor, a: Tensor, *dims: Any) -> dict[str, Tensor]:
    order = dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return {"a": g.permute(torch.argsort(torch.tensor(order) % a.dim()).tolist())}


@pullback
def flip(g: Tensor, result: Tensor, a: Tensor, *dims: Any) -> dict[str, Tensor]:
    return {"a": g.flip(*dims)}


# Choosing and joining
@pullback
def getitem(g: Tensor, result: Tensor, a: Tensor, index: Any) -> dict[str, Tensor]:
    """Back to where it was taken from; taken twice, added twice."""
    places = torch.arange(a.numel(), device=a.device).reshape(a.shape)[index]
    return {
        "a": torch.zeros(a.numel(), dtype=g.dtype, device=g.device)
        .index_add(0, places.reshape(-1), g.reshape(-1))
        .reshape(a.shape)
    }


@pullback
def setitem(g: Tensor, result: Tensor, a: Tensor, index: Any, b: Any) -> dict[str, Any]:
    """`a[index] = b`: what was written over no longer counts, what was written in its place does."""
    kept = g.clone()
    kept[index] = 0
    return {"a": kept, "b": sum_to(g[index], b.shape) if isinstance(b, Tensor) else None}


@pullback
def stack(g: Tensor, result: Tensor, a: Sequence[Tensor], dim: int = 0) -> dict[str, Any]:
    return {"a": list(g.unbind(dim))}


@pullback
def cat(g: Tensor, result: Tensor, a: Sequence[Tensor], dim: int = 0) -> dict[str, Any]:
    return {"a": list(g.split([part.shape[dim] for part in a], dim))}
