"""Between the columns of a History, whose rows may be tensors, and a table with one number a cell."""

import math
import re
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from gradlab.history.columns import MEASURES, elements

Shapes = dict[str, tuple[int, ...]]
"""The shape of each parameter, in order."""

_ELEMENT = re.compile(r"(?P<name>.+)\[(?P<index>\d+(,\d+)*)\]")


def column_names(parameters: Iterable[str]) -> list[str]:
    """The columns of a History with these parameters, in order."""
    names = list(parameters)
    return [*MEASURES, *names, *(f"grad_{name}" for name in names)]


def whole_columns(flat: Mapping[str, Tensor], shapes: Shapes) -> dict[str, Tensor]:
    """The inverse of `flat_columns`; raises ValueError or KeyError where elements are missing or too many."""
    if len(flat) != len(MEASURES) + 2 * sum(map(math.prod, shapes.values())):
        raise ValueError("the parameters have another number of elements")
    wanted = {f"{kind}{name}": shape for kind in ("", "grad_") for name, shape in shapes.items()}
    columns = {}
    for name in column_names(shapes):
        shape = wanted.get(name, ())
        parts = [flat[part] for _, part in elements(name, shape)]
        columns[name] = (torch.stack(parts, dim=1) if parts else torch.empty(0)).reshape(len(flat["step"]), *shape)
    return columns


def flat_names(shapes: Shapes) -> list[str]:
    """The names of all elements of all parameters, in order."""
    return [part for name, shape in shapes.items() for _, part in elements(name, shape)]


def shapes_of(flat_names: Iterable[str]) -> Shapes:
    """The parameters and their shapes out of the names of their elements.

    >>> shapes_of(["m", "w[0,0]", "w[0,1]"])
    {'m': (), 'w': (1, 2)}
    """
    shapes: Shapes = {}
    for flat in flat_names:
        parts = _ELEMENT.fullmatch(flat)
        name = parts["name"] if parts else flat
        index = tuple(map(int, parts["index"].split(","))) if parts else ()
        before = shapes.get(name, (0,) * len(index))
        shapes[name] = tuple(max(size, i + 1) for size, i in zip(before, index, strict=True))
    return shapes
