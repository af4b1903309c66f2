"""NaN and infinity: the first operation that made one out of ordinary numbers.

Infinities can be meant (the mask of an attention layer), so an operation is only suspected; it is named once a loss
or a gradient is not finite. Values are looked at in every operation of the first steps, later in the risky ones.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab.doctor.kinds import CONSTANT_WRITERS, Kind
from gradlab.doctor.places import Place

_HUGE = 1e8
_ATTENTIVE_TICKS = 2
_LARGEST = 1 << 16
"""Larger tensors are looked at in the attentive ticks only."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An operation that made a non-finite number, or one whose derivative is not finite at its input.

    `lasting`: its result belongs to the data. `huge`: what it was given had exploded already.
    """

    name: str
    place: Place | None
    tick: int
    bad: int
    of: int
    how: str
    lasting: bool
    huge: bool = False


class Finite:
    """Suspects of this tick and the one before, and those among data that stay for the whole run."""

    def __init__(self) -> None:
        self.tick = 0
        self.attentive = True
        self.suspects: list[Suspect] = []
        self.lasting: list[Suspect] = []

    def next_tick(self) -> None:
        self.tick += 1
        self.attentive = self.tick < _ATTENTIVE_TICKS
        if self.suspects:
            self.suspects = [suspect for suspect in self.suspects if suspect.tick >= self.tick - 1][:50]

    def look(self, kind: Kind, operands: Iterable[Any], result: Any, place: Place | None) -> None:
        """Suspect the operation if its result is worse than its operands."""
        for each in result if isinstance(result, tuple | list) else (result,):
            if not isinstance(each, Tensor) or not self._affordable(each):
                continue
            if kind.steep and self._at_its_edge(kind, operands):
                self._suspect(kind, each, place, "steep", 1)
            if all_finite(each) or kind.name in CONSTANT_WRITERS:
                continue
            before = [operand for operand in operands if isinstance(operand, Tensor | float)]
            if all(_finite_number(operand) for operand in before):
                self._suspect(kind, each, place, "made", count_bad(each), any(map(is_huge, before)))
            elif not any(_has_nan(operand) for operand in before) and _has_nan(each):
                self._suspect(kind, each, place, "nan_of_infinity", count_bad(each))
            elif not self.suspects and not self.lasting:
                bad = max(count_bad(operand) for operand in before if isinstance(operand, Tensor))
                self._suspect(kind, each, place, "given", bad, each.requires_grad)

    def given(self, kind: Kind, data: Tensor, place: Place | None) -> None:
        """Data that were not finite from the start."""
        if not self.lasting and self._affordable(data) and not all_finite(data):
            self._suspect(kind, data, place, "given", count_bad(data))

    def first(self) -> Suspect | None:
        """The one to name for a loss or gradient that is not finite now."""
        now = [suspect for suspect in self.suspects if suspect.how != "steep"]
        return next(iter(now or self.lasting), None)

    def first_steep(self) -> Suspect | None:
        """The one to name where the loss is finite and its gradient is not."""
        return next(iter(self.suspects), None)

    def _affordable(self, tensor: Tensor) -> bool:
        if not tensor.is_floating_point() or tensor.layout is not torch.strided or tensor.numel() == 0:
            return False
        return self.tick < _ATTENTIVE_TICKS or (tensor.numel() <= _LARGEST and not tensor.is_cuda)

    def _suspect(self, kind: Kind, result: Tensor, place: Place | None, how: str, bad: int, huge: bool = False) -> None:
        suspect = Suspect(kind.name, place, self.tick, bad, result.numel(), how, not result.requires_grad, huge)
        if len(self.suspects) < 50:
            self.suspects.append(suspect)
        if suspect.lasting and how != "steep" and len(self.lasting) < 20:
            self.lasting.append(suspect)

    def _at_its_edge(self, kind: Kind, operands: Iterable[Any]) -> bool:
        """Whether a derivative is infinite or undefined at the input: a root at 0, a spread of equal numbers."""
        first, *rest = [*operands, None]
        if not isinstance(first, Tensor) or not first.requires_grad:
            return False
        if kind.name in ("pow", "__pow__"):
            exponent = rest[0]
            return isinstance(exponent, float | int) and exponent < 1 and bool((first == 0).any())
        if kind.name in ("acos", "asin"):
            return bool((first.abs() == 1).any())
        if kind.name in ("std", "var"):
            return bool((first == first.flatten()[0]).all())
        zero = first == 0
        return bool(zero.all() if "norm" in kind.name else zero.any())


def all_finite(tensor: Tensor) -> bool:
    """Whether no element is NaN or infinite; a sum tells it quickest, unless the sum itself overflows."""
    if tensor.numel() == 1:
        return math.isfinite(tensor.item())
    return math.isfinite(tensor.sum().item()) or bool(torch.isfinite(tensor).all())


def count_bad(value: Any) -> int:
    return int((~torch.isfinite(value)).sum()) if isinstance(value, Tensor) else int(not math.isfinite(value))


def _finite_number(value: Any) -> bool:
    return not _floating(value) or (all_finite(value) if isinstance(value, Tensor) else math.isfinite(value))


def is_huge(value: Any) -> bool:
    """So large that an overflow is near: numbers that exploded, not a logarithm of zero."""
    if isinstance(value, Tensor):
        return value.is_floating_point() and value.numel() > 0 and bool(value.abs().max() > _HUGE)
    return abs(value) > _HUGE


def _has_nan(value: Any) -> bool:
    return _floating(value) and (bool(value.isnan().any()) if isinstance(value, Tensor) else math.isnan(value))


def _floating(value: Any) -> bool:
    return value.is_floating_point() if isinstance(value, Tensor) else isinstance(value, float)
