"""The error surface: the mean loss over a grid of any two parameters, the others held still."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import torch
from torch import Tensor

from gradlab._types import LossFunction, ModelFunction, Params
from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.files import write_atomically
from gradlab.losses import resolve as resolve_loss
from gradlab.models import Model
from gradlab.models import resolve as resolve_model
from gradlab.objective import Objective

Axis = tuple[float, float, int]
"""One side of the grid: lowest value, highest value, how many values."""

_ELEMENT = re.compile(r"(?P<owner>.+)\[(?P<index>\d+(,\d+)*)\]", re.DOTALL)
MAX_CELLS = 10_000_000
CHUNK = 1 << 18
"""Numbers (cells times points) that one vectorised pass may hold in one intermediate: 2 MB in float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The loss over a grid: `values[i, j]` at `names[0] = axes[0][i]` and `names[1] = axes[1][j]`.

    `values` has shape (len(axes[0]), len(axes[1])): first name first, as `torch.meshgrid(indexing="ij")`. `at` holds
    the parameters that were held still, `n` the number of points averaged, `method` the way to the values: `vectorised`
    (many cells in one pass) or `loop` (one cell after the other).
    """

    names: tuple[str, str]
    axes: tuple[Tensor, Tensor]
    values: Tensor
    method: str
    loss: str
    n: int
    at: Params

    def lowest(self) -> dict[str, float]:
        """The cell with the lowest finite loss: its two parameters and its `loss`; NaN where no cell is finite."""
        finite = self.values.nan_to_num(math.inf, math.inf, math.inf)
        row, column = divmod(int(finite.argmin()), finite.shape[1])
        value = self.values[row, column].item()
        place = (math.nan, math.nan) if not math.isfinite(value) else (self.axes[0][row], self.axes[1][column])
        return {self.names[0]: float(place[0]), self.names[1]: float(place[1]), "loss": value}

    def save(self, path: str | Path) -> None:
        """Write one CSV row per cell, full precision: the two parameters and `loss`. Raises OutputError."""
        first, second = torch.meshgrid(*self.axes, indexing="ij")
        columns = (first, second, self.values)
        arrays = [pa.array(column.detach().cpu().flatten().numpy()) for column in columns]
        with write_atomically(path) as temporary:
            pyarrow.csv.write_csv(pa.table(arrays, names=[*self.names, "loss"]), temporary)


def surface(
    model: str | ModelFunction | Model,
    points: Points,
    *,
    loss: str | LossFunction = "mse",
    over: Mapping[str, Axis],
    at: Mapping[str, float | Tensor] | None = None,
) -> Surface:
    """The mean loss at each cell of a grid over two parameters.

    L(p, q) = (1/n) Σ loss(model(xᵢ; p, q, others), yᵢ), with the others at `at`, or else at the model's start.
    `over` gives each of the two parameters its lowest and highest value and how many values to take; an element
    of a tensor parameter is named as in a History, `w[0,1]`. One point gives the surface of a single error.

    Raises OptionError for a parameter that the model does not have, a number of names other than two, fewer than two
    values, lowest not below highest, or more than 10 million cells.

    >>> errors = surface("line", Points([4.0], [4.0]), loss="mae", over={"m": (-5, 5, 11), "b": (-5, 5, 11)}).values
    >>> errors.shape, errors[5, 5].item(), errors[6, 5].item()  # at (m, b) = (0, 0) and (1, 0)
    (torch.Size([11, 11]), 4.0, 0.0)
    """
    resolved = resolve_model(model, names=points.names)
    loss_function = resolve_loss(loss)
    _check_grid(over)
    like: dict[str, Any] = {"dtype": points.y.dtype, "device": points.y.device}
    base = {name: torch.as_tensor(value, **like) for name, value in _base(resolved, at).items()}
    first, second = over
    axes = (torch.linspace(*over[first], **like), torch.linspace(*over[second], **like))
    objective = Objective(resolved, loss_function, points)
    place = _placer(base, first, second)
    with torch.no_grad():
        values, method = _evaluate(lambda p, q: objective(place(p, q)), axes, len(points))
    name = getattr(loss_function, "name", getattr(loss_function, "__name__", type(loss_function).__name__))
    held = {key: value for key, value in base.items() if key not in (first, second)}
    return Surface((first, second), axes, values, method, name, len(points), held)


def _base(model: Model, at: Mapping[str, float | Tensor] | None) -> dict[str, float | Tensor]:
    for name in at or {}:
        if name not in model.parameters:
            raise OptionError.unknown("surface.unknown", name, model.parameters)
    return {name: (at or {}).get(name, model.start[name]) for name in model.parameters}


def _check_grid(over: Mapping[str, Axis]) -> None:
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


def _placer(base: Params, first: str, second: str) -> Callable[[Tensor, Tensor], Params]:
    """A function that puts two numbers where the two names say: into a parameter, or into one element of it."""
    spots = (_spot(first, base), _spot(second, base))

    def place(*values: Tensor) -> Params:
        params = dict(base)
        for (owner, here), value in zip(spots, values, strict=True):
            params[owner] = torch.where(here, value, params[owner])
        return params

    return place


def _spot(name: str, base: Params) -> tuple[str, Tensor]:
    """The parameter that `name` speaks of, and a mask of its shape that is True where the value goes."""
    element = None if name in base else _ELEMENT.fullmatch(name)
    owner = element["owner"] if element else name
    if owner not in base:
        raise OptionError.unknown("surface.unknown", name, base)
    tensor = base[owner]
    if element is None:
        if tensor.numel() != 1:
            raise OptionError("surface.one_element", name=name, shape=tuple(tensor.shape), zeros=_zeros(tensor))
        return owner, torch.ones_like(tensor, dtype=torch.bool)
    index = tuple(int(i) for i in element["index"].split(","))
    if len(index) != tensor.dim() or any(i >= size for i, size in zip(index, tensor.shape, strict=True)):
        raise OptionError("surface.no_such_element", name=name, owner=owner, shape=tuple(tensor.shape))
    here = torch.zeros_like(tensor, dtype=torch.bool)
    here[index] = True
    return owner, here


def _zeros(tensor: Tensor) -> str:
    return ",".join("0" * tensor.dim())


def _evaluate(loss_at: Callable[[Tensor, Tensor], Tensor], axes: tuple[Tensor, Tensor], n: int) -> tuple[Tensor, str]:
    """The loss at every cell, and the way it was found.

    `vmap` gives each cell its own scalars, so that a model which mixes points or branches on shapes stays right; what
    it cannot follow (a Python `if` on a parameter, `.item()`) goes cell by cell. Its chunks go into one tensor:
    kept apart, the small results would lie in the gaps of the large ones freed before, and memory would grow with all.
    """
    first, second = (side.flatten() for side in torch.meshgrid(*axes, indexing="ij"))
    values = torch.empty_like(first)
    chunks = zip(*(side.split(max(1, CHUNK // n)) for side in (values, first, second)), strict=True)
    method, many = "vectorised", torch.func.vmap(loss_at)
    try:
        for chunk, p, q in chunks:
            chunk.copy_(many(p, q))
    except Exception:  # whatever vmap refuses; an error of the model itself comes again, as itself, in the loop
        method = "loop"
        for cell, p, q in zip(values.unbind(), first, second, strict=True):
            cell.copy_(loss_at(p, q))
    return values.reshape(len(axes[0]), len(axes[1])), method
