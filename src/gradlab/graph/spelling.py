"""Numbers and operations as short text."""

from typing import Any

from gradlab.graph.snapshot import Snapshot

INFIX = {"add": "+", "sub": "−", "mul": "·", "div": "/", "matmul": "@", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_FEW = 4


def number(value: Any) -> str:
    """Four significant digits.

    >>> number(25.583885), number(12.0), number(-0.0000123), number(True)
    ('25.58', '12', '-1.23e-05', 'True')
    """
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, complex):
        return f"{value:.4g}"
    text = f"{value:.4g}"
    return str(int(float(text))) if "e+" in text and abs(value) < 1e6 else text


def short(snapshot: Snapshot) -> str:
    """A value in a few characters: the numbers, or shape and mean.

    >>> import torch
    >>> short(Snapshot.of(torch.tensor([1.0, 2.5]))), short(Snapshot.of(torch.arange(6.0).reshape(2, 3)))
    ('[1, 2.5]', '2×3, mean 2.5')
    """
    if snapshot.number is not None:
        return number(snapshot.number)
    if snapshot.numbers is not None and len(snapshot.shape) == 1 and snapshot.count <= _FEW:
        return "[" + ", ".join(number(value) for value in snapshot.numbers) + "]"
    shape = "×".join(str(size) for size in snapshot.shape)
    return shape if snapshot.statistics is None else f"{shape}, mean {number(snapshot.statistics.mean)}"
