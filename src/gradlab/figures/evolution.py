"""How a model moves towards the points: its curve at each step, in colours by step."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, SymLogNorm
from matplotlib.figure import Figure
from torch import Tensor

from gradlab._types import ModelFunction, Params
from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.figures.picture import axes_of
from gradlab.figures.steps import Numbers, numbers
from gradlab.figures.style import BLACK, VERMILLION, Style, halo, look, plain, step_colors
from gradlab.history import History
from gradlab.messages import text
from gradlab.models import Model, resolve

MOST_CURVES = 60
GRID = 300


def draw_evolution(
    model: str | ModelFunction | Model,
    points: Points,
    history: History,
    *,
    true: Mapping[str, float | Tensor] | None = None,
    axes: Axes | None = None,
) -> Figure:
    """The curve of a model of one x at each step, with the points and, where it is known, the true curve.

    `true` holds the true parameters by name. Of a run of more than 60 steps, 60 curves evenly spread over the logarithm
    of the step are drawn, since most happens early. Raises OptionError where x has several columns.
    """
    if points.x.dim() == 2 and points.x.shape[1] != 1:
        raise OptionError("figures.one_x", columns=points.x.shape[1])
    resolved = resolve(model, names=points.names)
    with look():
        figure, axes = axes_of(axes, 7.5, 5.0)
        x = _abscissas(resolved, points, history)
        curves = {row: _values(resolved, x, _params(history, row)) for row in _rows(len(history))}
        bottom, top = _limits(numbers(points.y), list(curves.values()))
        axes.set_ylim(bottom, top)
        _draw_curves(axes, numbers(x.flatten()), curves, history)
        if true is not None:
            y = _values(resolved, x, {name: torch.as_tensor(value).to(x) for name, value in true.items()})
            line: Style = {"color": VERMILLION, "linestyle": (0, (6, 2)), "linewidth": 2.2, "path_effects": halo(4)}
            axes.plot(numbers(x.flatten()), y, label=text("figures.true_curve"), zorder=3, **line)
        _draw_points(axes, points)
        axes.set_xlabel(plain(points.names[0]))
        axes.set_ylabel("y")
        axes.legend(loc="best")
        if len(history) > 1:
            figure.colorbar(ScalarMappable(_norm(history), step_colors()), ax=axes, label=text("figures.step"))
        return figure


def _rows(count: int) -> list[int]:
    if count <= MOST_CURVES:
        return list(range(count))
    return np.unique(np.geomspace(1, count, MOST_CURVES).round().astype(int) - 1).tolist()


def _params(history: History, row: int) -> Params:
    return {name: history[name][row] for name in history.parameters}


def _draw_curves(axes: Axes, x: Numbers, curves: Mapping[int, Numbers], history: History) -> None:
    """Each curve in the colour of its step, the last one thicker; what lies far out of view is cut off."""
    colors, norm = step_colors(), _norm(history)
    bottom, top = axes.get_ylim()
    far = 20 * (top - bottom)
    for row, y in curves.items():
        last = row == len(history) - 1
        visible = bool(((y >= bottom) & (y <= top)).any())
        style: Style = {"linewidth": 2.4 if last else 1.1}
        if last and visible:
            style["label"] = text("figures.last_curve")
        color = colors(norm(float(history["step"][row]))) if len(history) > 1 else colors(1.0)
        axes.plot(x, np.clip(y, bottom - far, top + far), color=color, zorder=2, **style)


def _limits(y: Numbers, curves: list[Numbers]) -> tuple[float, float]:
    """All points and curves in view, but a curve that goes far away is cut at one and a half times the points' span."""
    bottom, top = float(y.min()), float(y.max())
    span = top - bottom or abs(top) or 1.0
    drawn = np.concatenate(curves)
    drawn = drawn[np.isfinite(drawn)]
    low, high = (float(drawn.min()), float(drawn.max())) if drawn.size else (bottom, top)
    bottom, top = max(min(low, bottom), bottom - 1.5 * span), min(max(high, top), top + 1.5 * span)
    return bottom - 0.05 * span, top + 0.05 * span


def _abscissas(model: Model, points: Points, history: History) -> Tensor:
    """Where to evaluate: a fine grid over the range of x, or the points' own x if the model mixes points.

    A model that uses, say, `x.mean()` would be another model on a grid; half of the points alone would show it.
    """
    order = points.x.flatten().argsort()
    half = (len(points) + 1) // 2
    whole = _values(model, points.x, history.params)
    if not np.allclose(_values(model, points.x[:half], history.params), whole[:half], equal_nan=True):
        return points.x[order]
    low, high = points.x.min().item(), points.x.max().item()
    if 0 < low < 0.2 * (high - low):
        low = 0.0
    if low == high:
        low, high = low - (abs(low) or 1.0), high + (abs(high) or 1.0)
    grid = torch.linspace(low, high, GRID, dtype=points.x.dtype, device=points.x.device)
    return grid.reshape(-1, *points.x.shape[1:])


def _values(model: Model, x: Tensor, params: Mapping[str, Tensor]) -> Numbers:
    with torch.no_grad():
        return numbers(model(x, **params))


def _norm(history: History) -> Normalize:
    """Colours by step; by its logarithm where only some steps are drawn."""
    last = max(1, history.steps)
    first = float(history["step"][0])
    return SymLogNorm(1, vmin=first, vmax=last) if len(history) > MOST_CURVES else Normalize(first, last)


def _draw_points(axes: Axes, points: Points) -> None:
    size = 26 if len(points) <= 300 else 6
    style: Style = {"color": BLACK, "edgecolor": "white", "linewidth": 0.6, "zorder": 4}
    drawn = axes.scatter(numbers(points.x.flatten()), numbers(points.y), s=size, label=text("figures.points"), **style)
    drawn.set_rasterized(len(points) > 5_000)
