"""Two sides of a grid: what was asked for checked, and two numbers put where the two names say."""

import math
import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.errors import OptionError

Axis = tuple[float, float, int]
"""One side of the grid: lowest value, highest value, how many values."""

Axes = tuple[Tensor, Tensor]

Place = Callable[[Tensor, Tensor], Params]
"""Two numbers in, all parameters out, the others held."""

MAX_CELLS = 10_000_000
_ELEMENT = re.compile(r"(?P<owner>.+)\[(?P<index>\d+(,\d+)*)\]", re.DOTALL)


def check_grid(over: Mapping[str, Axis]) -> None:
    if len(over) != 2:
        raise OptionError("surface.two_names", count=len(over), names=", ".join(over))
    for name, (low, high, count) in over.items():
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise OptionError("surface.range", name=name, low=low, high=high)
        if count != int(count) or count < 2:
            raise OptionError("surface.count", name=name, count=count)
    cells = math.prod(axis[2] for axis in over.values())
    if cells > MAX_CELLS:
        raise OptionError("surface.too_many_cells", cells=cells, most=MAX_CELLS)


def placer(base: Params, first: str, second: str) -> Place:
    """A function that puts two numbers where the two names say: into a parameter, or into one element of it."""
    spots = (_spot(first, base), _spot(second, base))

    def place(*values: Tensor) -> Params:
        params = dict(base)
        for (owner, here), value in zip(spots, values, strict=True):
            params[owner] = (
                value.reshape(base[owner].shape) if here is None else torch.where(here, value, params[owner])
            )
        return params

    return place


def _spot(name: str, base: Params) -> tuple[str, Tensor | None]:
    """The parameter that `name` speaks of, and a mask that is True at its element; None for all there is of it."""
    element = None if name in base else _ELEMENT.fullmatch(name)
    owner = element["owner"] if element else name
    if owner not in base:
        raise OptionError.unknown("surface.unknown", name, base)
    tensor = base[owner]
    if element is None:
        if tensor.numel() != 1:
            raise OptionError("surface.one_element", name=name, shape=tuple(tensor.shape), zeros=_zeros(tensor))
        return owner, None
    index = tuple(int(i) for i in element["index"].split(","))
    if len(index) != tensor.dim() or any(i >= size for i, size in zip(index, tensor.shape, strict=True)):
        raise OptionError("surface.no_such_element", name=name, owner=owner, shape=tuple(tensor.shape))
    here = torch.zeros_like(tensor, dtype=torch.bool)
    here[index] = True
    return owner, here


def _zeros(tensor: Tensor) -> str:
    return ",".join("0" * tensor.dim())
