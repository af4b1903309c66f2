"""What PyTorch itself says of the loop's tensors at a moment."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

SHOWN = 6
"""Of a longer tensor the first numbers are told, and the mean of all."""


def tensor_table(variables: Mapping[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """One row for each of `names` that is a tensor now: the attributes that PyTorch gives it, read, not derived.

    >>> a = torch.tensor(2.0, requires_grad=True)
    >>> rows = tensor_table({"a": a, "loss": a**2}, ["a", "loss", "missing"])
    >>> [(row["name"], row["is_leaf"], row["grad_fn"]) for row in rows]
    [('a', True, None), ('loss', False, 'PowBackward0')]
    """
    return [_row(name, variables[name]) for name in names if isinstance(variables.get(name), Tensor)]


def _row(name: str, tensor: Tensor) -> dict[str, Any]:
    grad = tensor.grad if tensor.is_leaf else None  # of another tensor PyTorch keeps none, and warns who asks
    return {
        "name": name,
        "requires_grad": tensor.requires_grad,
        "is_leaf": tensor.is_leaf,
        "grad": None if grad is None else _numbers(grad),
        "grad_fn": None if tensor.grad_fn is None else tensor.grad_fn.name(),
        "version": tensor._version,
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "data": _numbers(tensor),
        "mean": plain(tensor.detach().mean().item()) if tensor.numel() > 1 else None,
    }


def _numbers(tensor: Tensor) -> Any:
    values = tensor.detach().reshape(-1)[:SHOWN].tolist()
    return plain(values[0]) if tensor.dim() == 0 else [plain(value) for value in values]


def plain(value: Any) -> Any:
    """A number as JSON can hold it; what is not finite by its name, `nan`, `inf` or `-inf`."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
