"""What is kept of a tensor at one moment: a Copy while the code runs, a Snapshot (numbers, statistics) to be shown."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MOST_NUMBERS = 64
MOST_COPIED = 4096


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


@dataclass(slots=True, eq=False)
class Copy:
    """A tensor at one moment, taken in a hurry: up to 4096 elements are copied, and looked at when they are shown.

    >>> x = torch.tensor([1.0, 2.0])
    >>> kept = Copy.of(x)
    >>> x += 1
    >>> kept.snapshot().numbers
    [1.0, 2.0]
    """

    shape: tuple[int, ...]
    _kept: Tensor | Snapshot

    @classmethod
    def of(cls, tensor: Tensor) -> "Copy":
        small = tensor.layout == torch.strided and not tensor.is_nested and tensor.numel() <= MOST_COPIED
        return cls(tuple(tensor.shape), tensor.detach().clone() if small else Snapshot.of(tensor))

    @classmethod
    def without_numbers(cls, shape: tuple[int, ...], dtype: str) -> "Copy":
        """Of a tensor that is known to have been there, and no more."""
        return cls(shape, Snapshot(shape, dtype))

    def snapshot(self) -> Snapshot:
        """To be shown; worked out once."""
        if isinstance(self._kept, Tensor):
            self._kept = Snapshot.of(self._kept)
        return self._kept

    def is_of(self, tensor: Tensor) -> bool:
        """Whether `tensor` is what it was."""
        if isinstance(self._kept, Tensor):
            return self._kept.dtype == tensor.dtype and torch.equal(self._kept, tensor)
        return self._kept == Snapshot.of(tensor)
