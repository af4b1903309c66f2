"""A small copy of a tensor at one moment: its numbers while they are few, statistics otherwise."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MOST_NUMBERS = 64


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the finite elements; `not_finite` counts the others."""

    mean: float
    standard_deviation: float
    smallest: float
    largest: float
    not_finite: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is kept of a tensor: `numbers` (nested as its shape is) up to 64 elements, `statistics` from 2 on.

    >>> Snapshot.of(torch.tensor([1.0, 3.0])).numbers
    [1.0, 3.0]
    >>> Snapshot.of(torch.ones(10, 10)).statistics.mean
    1.0
    """

    shape: tuple[int, ...]
    dtype: str
    numbers: Any = None
    statistics: Statistics | None = None

    @classmethod
    def of(cls, tensor: Tensor) -> "Snapshot":
        shape, dtype = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        plain = tensor.layout == torch.strided and tensor.device.type != "meta" and not tensor.is_quantized
        if not plain or tensor.is_nested:
            return cls(shape, dtype)
        tensor = tensor.detach()
        count = tensor.numel()
        numbers = tensor.tolist() if count <= MOST_NUMBERS else None
        return cls(shape, dtype, numbers, _statistics(tensor) if count > 1 and not tensor.is_complex() else None)

    @property
    def number(self) -> float | None:
        """The one number that it is, if it is one."""
        numbers = self.numbers
        while isinstance(numbers, list) and len(numbers) == 1:
            numbers = numbers[0]
        return None if isinstance(numbers, list) else numbers

    @property
    def count(self) -> int:
        return math.prod(self.shape)


def _statistics(tensor: Tensor) -> Statistics:
    finite = torch.isfinite(tensor)
    values, not_finite = (tensor, 0) if bool(finite.all()) else (tensor[finite], int((~finite).sum()))
    if values.numel() == 0:
        return Statistics(math.nan, math.nan, math.nan, math.nan, not_finite)
    values = values.double()
    smallest, largest = values.aminmax()
    spread, mean = torch.std_mean(values, correction=0)
    return Statistics(float(mean), float(spread), float(smallest), float(largest), not_finite)
