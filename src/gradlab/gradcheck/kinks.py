"""Places where the derivative jumps: any value between the two slopes is right there, and none is wrong."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab.gradcheck.calling import Function, RefusalError, numbers, result_of
from gradlab.gradcheck.samples import Sample
from gradlab.messages import text

_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Kink:
    """A place where the derivative jumps: from `left` to `right`, and what the checked function answers `there`."""

    left: float
    right: float
    there: float

    @property
    def sentence(self) -> str:
        """What is said of it: no value is the derivative there, and what others take."""
        if not self.is_between:
            key = "gradcheck.kink_outside"
        else:
            key = "gradcheck.kink_of_abs" if self.left == -self.right else "gradcheck.kink"
        return text(key, left=self.left, right=self.right, there=self.there)

    @property
    def is_between(self) -> bool:
        slack = 1e-3 * abs(self.right - self.left)
        return min(self.left, self.right) - slack <= self.there <= max(self.left, self.right) + slack


def kinks(function: Function, mine: Function, sample: Sample, argument: str) -> list[Kink]:
    """Kinks at the places where they are usual: the argument at 0, and equal to another argument.

    >>> sample = Sample({"u": torch.tensor([2.0], dtype=torch.float64)}, 1)
    >>> kinks(lambda u: abs(u), lambda u: (u >= 0) * 2.0 - 1, sample, "u")
    [Kink(left=-1.0, right=1.0, there=1.0)]
    """
    passed = sample.arguments[argument]
    others = [a for name, a in sample.arguments.items() if name != argument and type(a) is type(passed)]
    places = [passed * 0, *(other for other in others if getattr(other, "shape", ()) == getattr(passed, "shape", ()))]
    found = [_kink_at(function, mine, sample.with_argument(argument, place), argument) for place in places]
    return list(dict.fromkeys(kink for kink in found if kink is not None))


def _kink_at(function: Function, mine: Function, arguments: dict[str, Any], argument: str) -> Kink | None:
    """The slopes to the left and to the right when all points move together, each an average over the results."""
    place = arguments[argument]

    def value(shift: float) -> Tensor:
        return result_of(function, {**arguments, argument: place + shift})

    try:
        here, answer = value(0.0), result_of(mine, arguments)
        left, right = (here - value(-_STEP)).mean() / _STEP, (value(_STEP) - here).mean() / _STEP
        there = answer.expand(here.shape if here.dim() else numbers(place).shape).sum() / here.numel()
    except (RefusalError, RuntimeError):  # nobody promised that it would bear this place
        return None
    jump = (right - left).abs()
    if not torch.isfinite(jump + there) or jump <= 1e-3 * (1 + left.abs() + right.abs()):
        return None
    return Kink(*(round(float(each), 4) for each in (left, right, there)))
