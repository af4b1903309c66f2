"""The surface of a model on points: exact where it can be, else every cell."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gradlab._types import LossFunction, ModelFunction
from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.losses import resolve as resolve_loss
from gradlab.models import Model
from gradlab.models import resolve as resolve_model
from gradlab.objective import Objective
from gradlab.surface.exact import exact_values
from gradlab.surface.grid import Axes, Axis, Place, check_grid, placer
from gradlab.surface.memory import check_memory
from gradlab.surface.parts import parts_of
from gradlab.surface.values import Surface

CHUNK = 1 << 18
"""Numbers (cells times points) that one vectorised pass may hold in one intermediate: 2 MB in float64."""


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
    values, lowest not below highest, more than 10 million cells, or more than memory holds.

    >>> errors = surface("line", Points([4.0], [4.0]), loss="mae", over={"m": (-5, 5, 11), "b": (-5, 5, 11)}).values
    >>> errors.shape, errors[5, 5].item(), errors[6, 5].item()  # at (m, b) = (0, 0) and (1, 0)
    (torch.Size([11, 11]), 4.0, 0.0)
    """
    resolved = resolve_model(model, names=points.names)
    loss_function = resolve_loss(loss)
    check_grid(over)
    check_memory(math.prod(count for _, _, count in over.values()), len(points))
    like: dict[str, Any] = {"dtype": points.y.dtype, "device": points.y.device}
    base = {name: torch.as_tensor(value, **like) for name, value in _base(resolved, at).items()}
    first, second = over
    axes = (torch.linspace(*over[first], **like), torch.linspace(*over[second], **like))
    objective = Objective(resolved, loss_function, points)
    place = placer(base, first, second)
    with torch.no_grad():
        exact = exact_values(objective, place, axes)
        values, method = exact or _every_cell(objective, place, axes)
    name = getattr(loss_function, "name", getattr(loss_function, "__name__", type(loss_function).__name__))
    held = {key: value for key, value in base.items() if key not in (first, second)}
    return Surface((first, second), axes, values, method, name, len(points), held)


def _base(model: Model, at: Mapping[str, float | Tensor] | None) -> dict[str, float | Tensor]:
    for name in at or {}:
        if name not in model.parameters:
            raise OptionError.unknown("surface.unknown", name, model.parameters)
    return {name: (at or {}).get(name, model.start[name]) for name in model.parameters}


def _every_cell(objective: Objective, place: Place, axes: Axes) -> tuple[Tensor, str]:
    """All cells, one part of the points after the other where they may be parted."""
    total, method = torch.zeros(()), "vectorised"
    for part in parts_of(objective, place, axes) or [objective]:
        values, method = _evaluate(partial(_loss_at, part, place), axes, len(part.points))
        total = total + values * (len(part.points) / len(objective.points))
    return total, method


def _loss_at(objective: Objective, place: Place, p: Tensor, q: Tensor) -> Tensor:
    return objective(place(p, q))


def _evaluate(loss_at: Callable[[Tensor, Tensor], Tensor], axes: Axes, n: int) -> tuple[Tensor, str]:
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
