"""The same function with PyTorch in the place of `math` and NumPy, so that autograd and the recorder can follow it.

Python's `math` and NumPy turn a tensor into plain numbers, and the way back to the argument is lost. A function finds
`math` and `np` among its globals: a copy of it, with other globals, computes the same from the same source text.
"""

import builtins
import math
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradlab.gradcheck.calling import Function

_SAME_NAME = (
    "exp log2 log10 log1p expm1 sqrt sin cos tan asin acos atan atan2 sinh cosh tanh erf pow hypot copysign sign "
    "maximum minimum fmax fmin square dot matmul zeros_like ones_like full_like stack heaviside logaddexp abs where "
    "arcsin arccos arctan arctan2 mean sum clip reciprocal exp2 negative add subtract multiply divide outer cumsum"
).split()


def _lifted(own: Callable[..., Any], torchs: Callable[..., Any]) -> Callable[..., Any]:
    """PyTorch's function where a tensor is among the arguments, the function's own where none is."""

    def either(*args: Any, **kwargs: Any) -> Any:
        args = tuple(_stacked(a) for a in args)
        if not any(isinstance(a, Tensor) for a in args):
            return own(*args, **kwargs)
        named = {("dim" if name == "axis" else name): value for name, value in kwargs.items() if value is not None}
        return torchs(*(_tensor(a) for a in args), **named)

    return either


def _stacked(value: Any) -> Any:
    """A list of tensors, of which NumPy would make an array."""
    if isinstance(value, list | tuple) and any(isinstance(each, Tensor) for each in value):
        return torch.stack([torch.as_tensor(each, dtype=torch.float64) for each in value])
    return value


def _tensor(value: Any) -> Any:
    return torch.as_tensor(value, dtype=torch.float64) if isinstance(value, float) else value


def _log(value: Any, base: Any = None) -> Any:
    return torch.log(value) if base is None else torch.log(value) / torch.log(torch.as_tensor(base))


_RENAMED: Mapping[str, Callable[..., Any]] = {
    "log": _log,
    "fabs": torch.abs,
    "absolute": torch.abs,
    "power": torch.pow,
    "float_power": torch.pow,
    "array": lambda value, **_: value,
    "asarray": lambda value, **_: value,
    "average": torch.mean,
}

_FUNCTIONS: Mapping[str, Callable[..., Any]] = {**{name: getattr(torch, name) for name in _SAME_NAME}, **_RENAMED}


class _Module:
    """Stands for `math` or `numpy`: PyTorch's function where there is one, the module's own everything else."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._module, name)
        return _lifted(own, _FUNCTIONS[name]) if name in _FUNCTIONS else own


_MODULES = {id(module): _Module(module) for module in (math, np)}
_BY_IDENTITY = {
    id(getattr(module, name)): _lifted(getattr(module, name), torchs)
    for module in (math, np)
    for name, torchs in _FUNCTIONS.items()
    if hasattr(module, name)
}


def translated(function: Function) -> Function:
    """A copy of `function` that computes with PyTorch; the function itself where it is none written in Python.

    >>> half_angle = translated(lambda x: math.sin(x) / 2)
    >>> half_angle(torch.tensor(0.0, requires_grad=True)).requires_grad
    True
    """
    if not isinstance(function, FunctionType):
        return function
    namespace: dict[str, Any] = {"float": _float}
    for name, value in function.__globals__.items():
        namespace[name] = _in_torch(value, function.__globals__, namespace)
    return _rebound(function, namespace)


def _in_torch(value: Any, own: Mapping[str, Any], namespace: dict[str, Any]) -> Any:
    if id(value) in _MODULES:
        return _MODULES[id(value)]
    if id(value) in _BY_IDENTITY:
        return _BY_IDENTITY[id(value)]
    return _rebound(value, namespace) if isinstance(value, FunctionType) and value.__globals__ is own else value


def _rebound(function: FunctionType, namespace: dict[str, Any]) -> FunctionType:
    copy = FunctionType(function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _float(value: Any = 0.0) -> Any:
    return value if isinstance(value, Tensor) else builtins.float(value)
