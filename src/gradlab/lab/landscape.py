"""The ground under the path: the loss over two parameters, its window, its kinks, the axes of its ellipses."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.history import History
from gradlab.lab.state import State
from gradlab.linearity import design, is_linear
from gradlab.models import Model
from gradlab.surface import Surface, surface

Window = Mapping[str, tuple[float, float]]


def landscape(
    state: State, model: Model, points: Points, history: History, exact: Mapping[str, Tensor] | None
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Header and arrays of the error surface; nothing where the model has a single number to fit."""
    elements = {element.name: element.values for element in history.elements()}
    axes = state.axes or tuple(elements)[:2]
    if len(elements) < 2:
        return {"axes": None}, {}
    for name in axes:
        if name not in elements:
            raise OptionError.unknown("lab.unknown_axis", name, list(elements), field="axes")
    window = {name: _span(state.window, name, elements[name], exact) for name in axes}
    over = {name: (*window[name], state.grid) for name in axes}
    at = {name: value for name, value in history.params.items() if bool(torch.isfinite(value).all())}
    ground = surface(model, points, loss=state.loss, over=over, at=at)
    header: dict[str, Any] = {
        "axes": list(axes),
        "window": {name: list(span) for name, span in window.items()},
        "surface_method": ground.method,
        "held": {name: value.tolist() for name, value in at.items() if name not in axes},
    }
    header["optimum"] = _optimum(state, model, points, ground)
    arrays = {"surface": ground.values.to(torch.float32), "levels": _levels(ground.values)}
    return header, arrays | _geometry(state, model, points, history, axes, window, header)


def _span(asked: Window | None, name: str, path: Tensor, exact: Mapping[str, Tensor] | None) -> tuple[float, float]:
    """As asked; or wide enough for the path and the least squares, with room around, and never of no width."""
    if asked and name in asked:
        return asked[name]
    marks = path[torch.isfinite(path) & (path.abs() < 1e6 * (1 + path[0].abs()))]
    if exact is not None and name in exact and exact[name].dim() == 0:
        marks = torch.cat([marks, exact[name].reshape(1).to(marks.dtype)])
    low, high = float(marks.min()), float(marks.max())
    room = max(0.35 * (high - low), (0.05 if high > low else 0.5) * (1 + abs(low + high) / 2))
    return low - room, high + room


REFINEMENTS, CLOSER = 3, 41
"""The lowest cell is looked into so many times, each time at so many by so many places around it."""


def _optimum(state: State, model: Model, points: Points, ground: Surface) -> dict[str, float] | None:
    """The lowest loss in the plane of the two axes, found by looking closer and closer at the lowest cell.

    None where it lies at the border: then the lowest place is not on the map.
    """
    lowest = ground.lowest()
    cells = {name: (axis[1] - axis[0]).item() for name, axis in zip(ground.names, ground.axes, strict=True)}
    for name, axis in zip(ground.names, ground.axes, strict=True):
        if not axis[0] < lowest[name] < axis[-1]:
            return None
    for _ in range(REFINEMENTS):
        over = {name: (lowest[name] - cell, lowest[name] + cell, CLOSER) for name, cell in cells.items()}
        lowest = surface(model, points, loss=state.loss, over=over, at=ground.at).lowest()
        cells = {name: 2 * cell / (CLOSER - 1) for name, cell in cells.items()}
    return lowest


def _levels(values: Tensor) -> Tensor:
    """Contours closer together near the ground, where the path ends."""
    seen = values[torch.isfinite(values)]
    if not seen.numel():
        return torch.zeros(0, dtype=torch.float32)
    low, high = seen.min(), seen.max()
    return (low + (high - low) * torch.linspace(0.02, 1, 16, dtype=seen.dtype) ** 2).to(torch.float32)


def _geometry(
    state: State,
    model: Model,
    points: Points,
    history: History,
    axes: tuple[str, ...],
    window: Window,
    header: dict[str, Any],
) -> dict[str, Tensor]:
    """Where the prediction is linear in the two axes: MAE's kinks are lines, MSE's contours ellipses."""
    params = {name: value for name, value in history.params.items() if bool(torch.isfinite(value).all())}
    if len(params) < len(history.parameters) or any(params.get(name, torch.zeros(2)).dim() for name in axes):
        return {}
    moving = {name: params[name] for name in axes}

    def prediction(two: Mapping[str, Tensor]) -> Tensor:
        return model(points.x, **{**params, **two})

    if not is_linear(prediction, moving):
        return {}
    matrix, offset = design(prediction, moving, axes)
    if state.loss == "mse":
        _ellipse(matrix, points.y - offset, header)
    return {"kinks": _kinks(matrix[:200], (points.y - offset)[:200], axes, window)} if state.loss == "mae" else {}


def _ellipse(matrix: Tensor, target: Tensor, header: dict[str, Any]) -> None:
    curvatures, directions = torch.linalg.eigh(2 * matrix.T @ matrix / len(matrix))
    centre = torch.linalg.lstsq(matrix, target[:, None], driver="gelsd").solution[:, 0]
    header["ellipse"] = {
        "centre": centre.tolist(),
        "curvatures": curvatures.tolist(),
        "directions": directions.T.tolist(),
        "condition": (curvatures[-1] / curvatures[0]).item() if curvatures[0] > 0 else None,
    }


def _kinks(matrix: Tensor, target: Tensor, axes: tuple[str, ...], window: Window) -> Tensor:
    """Each point's line a·p + b·q = c, cut to the window: (lines, 4) as p, q of one end and p, q of the other."""
    (p_low, p_high), (q_low, q_high) = (window[name] for name in axes)
    segments = []
    for (a, b), c in zip(matrix.tolist(), target.tolist(), strict=True):
        ends = [(p, (c - a * p) / b) for p in (p_low, p_high) if b] + [
            ((c - b * q) / a, q) for q in (q_low, q_high) if a
        ]
        inside = [(p, q) for p, q in ends if p_low <= p <= p_high and q_low <= q <= q_high]
        if len(inside) >= 2:
            segments.append([*min(inside), *max(inside)])
    return torch.tensor(segments, dtype=torch.float32).reshape(-1, 4)
