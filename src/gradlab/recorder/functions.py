"""What PyTorch calls an operation, told in one name and in named operands.

One operation has many spellings: `a - b`, `a.sub(b)`, `torch.subtract(a, b)`, `2 - a`. `spoken` gives the name under
which `rules` knows it and its operands by the rule's names; the rest is named as PyTorch names it.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from gradlab.rules import COMPOSITES, PULLBACKS, RULES

SYNONYMS: Mapping[str, str] = {
    "true_divide": "div",
    "divide": "div",
    "multiply": "mul",
    "subtract": "sub",
    "negative": "neg",
    "power": "pow",
    "absolute": "abs",
    "special_expit": "sigmoid",
    "special_erf": "erf",
    "special_expm1": "expm1",
    "clip": "clamp",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsin": "asin",
    "arccos": "acos",
    "special_log1p": "log1p",
    "fix": "trunc",
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "not_equal": "ne",
    "mm": "matmul",
    "mv": "matmul",
    "bmm": "matmul",
    "dot": "matmul",
    "ger": "outer",
    "concat": "cat",
    "concatenate": "cat",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "data": "detach",
    "T": "t",
    "mT": "mT",
    "special_logsumexp": "logsumexp",
    "special_softmax": "softmax",
    "__getitem__": "getitem",
    "__setitem__": "setitem",
    "__and__": "logical_and",
    "__or__": "logical_or",
    "__invert__": "logical_not",
    "__mod__": "remainder",
    "bitwise_not": "logical_not",
    "asarray": "as_tensor",
}
REFLECTED: Mapping[str, str] = {
    "__rsub__": "sub",
    "__rdiv__": "div",
    "__rtruediv__": "div",
    "__rpow__": "pow",
    "__rmatmul__": "matmul",
    "__radd__": "add",
    "__rmul__": "mul",
    "rsub": "sub",
    "__rmod__": "remainder",
}
OPERAND_OF_KEYWORD: Mapping[str, str] = {
    "input": "a",
    "self": "a",
    "tensors": "a",
    "tensor": "a",
    "other": "b",
    "exponent": "b",
    "mat2": "b",
    "vec": "b",
    "tensor1": "b",
    "tensor2": "c",
    "end": "b",
    "weight": "c",
    "condition": "c",
    "vec2": "b",
    "min": "b",
    "max": "c",
}
NO_OPERATION = frozenset("grad _grad grad_fn requires_grad_ retain_grad backward register_hook __reduce_ex__".split())
"""Functions that hand a tensor back without computing one."""
WITHOUT_EFFECT = frozenset({"inplace", "_stacklevel", "memory_format", "out"})


_Call = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A name, positional arguments, keyword arguments."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call in gradlab's words: `name`, `operands` by name in order, and whether it wrote over its first operand."""

    name: str
    operands: dict[str, Any]
    in_place: bool = False


@cache
def plain_name(function: Callable[..., Any]) -> str:
    """PyTorch's name of a function or property: `add`, `grad`, `__rsub__`.

    >>> plain_name(torch.Tensor.add), plain_name(torch.Tensor.grad.__get__)
    ('add', 'grad')
    """
    name = getattr(function, "__name__", type(function).__name__)
    return function.__self__.__name__ if name == "__get__" else name  # type: ignore[attr-defined]  # a getset's method


def spoken(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Spoken:
    """The call `function(*args, **kwargs)` in gradlab's words.

    >>> call = spoken(torch.Tensor.__rsub__, (torch.tensor(3.0), 2), {})
    >>> call.name, call.operands
    ('sub', {'a': 2, 'b': tensor(3.)})
    """
    name, kwargs = plain_name(function), {key: value for key, value in kwargs.items() if key not in WITHOUT_EFFECT}
    if name in REFLECTED:
        return Spoken(REFLECTED[name], _bind(REFLECTED[name], (args[1], args[0]), kwargs))
    in_place = writes_over(name, args)
    if in_place and not name.startswith("__"):
        name = name.rstrip("_")
    name, args, kwargs = _particular(SYNONYMS.get(name, name), args, kwargs)
    return Spoken(name, _bind(name, args, kwargs), in_place)


def writes_over(name: str, args: tuple[Any, ...]) -> bool:
    """Whether a function of this (PyTorch's) name changes its first operand: `add_`, `x[0] = 1`."""
    if name == "requires_grad_" or not args or not isinstance(args[0], torch.Tensor):
        return False
    return name == "__setitem__" or (name.endswith("_") and not name.startswith("__"))


def _particular(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Names under which PyTorch keeps several operations, told apart by their arguments."""
    if name in ("add", "sub") and "alpha" in kwargs:
        rest = {key: value for key, value in kwargs.items() if key != "alpha"}
        return f"{name}_scaled", args, rest | {"c": kwargs["alpha"]}
    if name == "clamp":
        low, high = (args[1] if len(args) > 1 else kwargs.get("min")), (args[2] if len(args) > 2 else kwargs.get("max"))
        return _clamp(args[:1] or (kwargs["input"],), low, high)
    if name in ("max", "min") and len(args) + len(kwargs) == 1:
        return f"a{name}", args, kwargs
    if name in ("max", "min") and len(args) == 2 and isinstance(args[1], torch.Tensor):
        return f"{name}imum", args, kwargs
    if name == "div" and kwargs.get("rounding_mode") is not None:
        return f"div_{kwargs['rounding_mode']}", args, kwargs
    if name in ("addcmul", "addcdiv"):
        return name, args, {"d": kwargs.get("value", 1)} | {k: v for k, v in kwargs.items() if k != "value"}
    if name == "mT":
        return "transpose", (*args, -2, -1), kwargs
    return name, args, kwargs


def _clamp(value: tuple[Any, ...], low: Any, high: Any) -> _Call:
    if high is None:
        return "clamp_min", (*value, low), {}
    return ("clamp_max", (*value, high), {}) if low is None else ("clamp", (*value, low, high), {})


def _bind(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    named = {OPERAND_OF_KEYWORD.get(key, key): value for key, value in kwargs.items()}
    if name in RULES:
        return dict(zip(RULES[name].operands, args, strict=False)) | {k: v for k, v in named.items() if v is not None}
    if name in PULLBACKS:
        return _bind_structural(name, args, named)
    if name in COMPOSITES:
        return dict(_composite_signature(name).bind(*args, **kwargs).arguments)
    return {str(position): value for position, value in enumerate(args)} | dict(kwargs)


def _bind_structural(name: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """By the signature of the rule, after its `g` and `result`; extra positions are kept as one entry `*`."""
    try:
        bound = _signature(name).bind(*args, **named)
    except TypeError:
        return {str(position): value for position, value in enumerate(args)} | dict(named)
    operands: dict[str, Any] = {}
    for parameter in bound.signature.parameters.values():
        if parameter.name not in bound.arguments:
            continue
        value = bound.arguments[parameter.name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            operands["*"] = value
        elif parameter.kind is parameter.VAR_KEYWORD:
            operands |= value
        else:
            operands[parameter.name] = value
    return operands


@cache
def _signature(name: str) -> inspect.Signature:
    whole = inspect.signature(PULLBACKS[name])
    return whole.replace(parameters=list(whole.parameters.values())[2:])


@cache
def _composite_signature(name: str) -> inspect.Signature:
    return inspect.signature(COMPOSITES[name])
