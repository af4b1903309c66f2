"""A small copy of a tensor at one moment: its numbers while they are few, statistics otherwise."""

import math
from collections.abc import Iterator
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
    """What is kept of a tensor: `numbers`, nested as its shape is, up to 64 elements; beyond that `statistics`.

    A tensor without numbers of its own (on the meta device, sparse, inside autograd's graph) has neither.

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
        if tensor.numel() <= MOST_NUMBERS:
            return cls(shape, dtype, tensor.tolist())
        return cls(shape, dtype, None, None if tensor.is_complex() else _statistics(tensor.detach()))

    @property
    def flat(self) -> list[Any]:
        """The numbers in a row; empty where they are too many to be kept."""
        return list(_flat(self.numbers))

    @property
    def number(self) -> Any:
        """The one number that it is, if it is one."""
        flat = self.flat
        return flat[0] if len(flat) == 1 else None

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def summary(self) -> Statistics | None:
        """The statistics, worked out now where the numbers are known."""
        flat = self.flat
        if not flat or isinstance(flat[0], complex):
            return self.statistics
        return _statistics(torch.tensor(flat, dtype=torch.float64))


def _flat(numbers: Any) -> Iterator[Any]:
    if isinstance(numbers, list):
        for member in numbers:
            yield from _flat(member)
    elif numbers is not None:
        yield numbers


def _statistics(tensor: Tensor) -> Statistics:
    finite = torch.isfinite(tensor)
    values, not_finite = (tensor, 0) if bool(finite.all()) else (tensor[finite], int((~finite).sum()))
    if values.numel() == 0:
        return Statistics(math.nan, math.nan, math.nan, math.nan, not_finite)
    values = values.double()
    smallest, largest = values.aminmax()
    spread, mean = torch.std_mean(values, correction=0)
    return Statistics(float(mean), float(spread), float(smallest), float(largest), not_finite)
