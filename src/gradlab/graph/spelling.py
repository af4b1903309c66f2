"""Values as short text."""

from typing import Any

from gradlab.algebra import number_text
from gradlab.graph.snapshot import Snapshot
from gradlab.messages import text

INFIX = {"add": "+", "sub": "−", "mul": "·", "div": "/", "matmul": "@", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_FEW = 3


def short(snapshot: Snapshot) -> str:
    """A value in a few characters: its numbers; of many the shape and the mean, or the one number that all are.

    >>> from gradlab.messages import speaking
    >>> with speaking("en"):
    ...     [short(Snapshot.of(t)) for t in (torch.tensor([1.0, 2.5]), torch.ones(2, 3), torch.arange(6.0))]
    ['[1, 2.5]', '1', '6 numbers, mean 2.5']
    """
    numbers = snapshot.flat
    if numbers and len(set(numbers)) == 1:
        return of_one(numbers[0])
    if numbers and len(snapshot.shape) == 1 and snapshot.count <= _FEW:
        return "[" + ", ".join(of_one(value) for value in numbers) + "]"
    return _summary(snapshot, numbers)


def _summary(snapshot: Snapshot, numbers: list[Any]) -> str:
    sizes = "×".join(str(size) for size in snapshot.shape)
    shape = text("graph.numbers", count=sizes) if len(snapshot.shape) == 1 else sizes
    known = snapshot.summary()
    if known is None:
        return shape
    if known.not_finite:
        return text("graph.not_finite", shape=shape, count=known.not_finite)
    if known.smallest == known.largest:
        return of_one(known.smallest)
    if numbers and len({abs(value) for value in numbers}) == 1:
        return f"{shape}, ±{of_one(abs(numbers[0]))}"
    return text("graph.mean", shape=shape, mean=number_text(known.mean))


def of_one(value: Any) -> str:
    """One number, four significant digits; True and False as they are."""
    if isinstance(value, bool | int):
        return str(value)
    return f"{value:.4g}" if isinstance(value, complex) else number_text(value)
