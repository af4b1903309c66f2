"""Tensors, nested dicts and tuples as strict JSON, and back without losing a digit.

JSON knows no tensor, no tuple, no key that is a number, and no NaN or infinity. Where a value is one of those, a dict
with a single key says which: `{"tensor": …}`, `{"tuple": …}`, `{"dict": [[key, value], …]}`, `{"float": "inf"}`.
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.bool)
}


def encode(value: Any) -> Any:
    """`value` in terms that `json.dumps(…, allow_nan=False)` takes.

    >>> encode({"velocity": torch.tensor([1.0, torch.inf])})
    {'dict': [['velocity', {'tensor': [1.0, 'inf'], 'shape': [2], 'dtype': 'float32'}]]}
    """
    match value:
        case Tensor():
            numbers = encode_numbers(value.reshape(-1).tolist())
            return {"tensor": numbers, "shape": list(value.shape), "dtype": name_of_dtype(value.dtype)}
        case dict():
            return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
        case tuple():
            return {"tuple": [encode(item) for item in value]}
        case list():
            return [encode(item) for item in value]
        case float() if not math.isfinite(value):
            return {"float": repr(value)}
    return value


def decode(value: Any) -> Any:
    """The inverse of `encode`; raises ValueError, TypeError or KeyError for what `encode` did not write.

    >>> decode(encode({0: (1.5, torch.tensor(2.0))}))
    {0: (1.5, tensor(2.))}
    """
    match value:
        case {"tensor": numbers, "shape": shape, "dtype": dtype}:
            return torch.tensor(decode_numbers(numbers), dtype=DTYPES[dtype]).reshape(shape)
        case {"dict": pairs}:
            return {decode(key): decode(item) for key, item in pairs}
        case {"tuple": items}:
            return tuple(decode(item) for item in items)
        case {"float": number}:
            return float(number)
        case dict():
            raise ValueError("not written by encode")
        case list():
            return [decode(item) for item in value]
    return value


def encode_numbers(numbers: Iterable[float]) -> list[Any]:
    """Numbers as JSON has them, and "nan", "inf", "-inf" for those that it has not."""
    return [number if math.isfinite(number) else repr(number) for number in numbers]


def decode_numbers(numbers: Iterable[Any]) -> list[float]:
    """The inverse of `encode_numbers`."""
    return [float(number) if isinstance(number, str) else number for number in numbers]


def name_of_dtype(dtype: torch.dtype) -> str:
    """`float64`, `float32`, …"""
    return str(dtype).removeprefix("torch.")
