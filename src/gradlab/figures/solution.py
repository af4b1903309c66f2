"""The certified answer over the points: the curve, where it may lie, where the next measurement would."""

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gradlab.figures.picture import axes_of
from gradlab.figures.residuals import draw_residuals
from gradlab.figures.steps import numbers
from gradlab.figures.style import BLACK, BLUE, SKY, Style, look, plain
from gradlab.messages import text
from gradlab.solve import Solution

GRID = 300


def draw_solution(solution: Solution, level: float = 0.95, *, axes: Axes | None = None) -> Figure:
    """The curve with its two bands at `level`, and the points; with several columns of x, the residuals instead."""
    points = solution.problem.points
    if points.x.dim() == 2 and points.x.shape[1] > 1:
        return draw_residuals(points, solution.fitted)
    with look():
        figure, axes = axes_of(axes, 7.5, 5.0)
        low, high = points.x.min().item(), points.x.max().item()
        x = torch.linspace(low, high, GRID, dtype=torch.float64) if high > low else points.x.flatten()
        band = solution.prediction(x.reshape(-1, *points.x.shape[1:]), level)
        percent = f"{100 * level:g} %"
        if bool(band.measurement[0].isfinite().all()):
            _fill(axes, x, band.measurement, SKY, text("figures.band_measurement", percent=percent))
            _fill(axes, x, band.curve, BLUE, text("figures.band_curve", percent=percent))
        axes.plot(numbers(x), numbers(band.value), color=BLUE, label=plain(solution.problem.model.name, 40))
        size = 22 if len(points) <= 300 else 6
        style: Style = {"color": BLACK, "edgecolor": "white", "linewidth": 0.5, "zorder": 3}
        axes.scatter(numbers(points.x.flatten()), numbers(points.y), s=size, label=text("figures.points"), **style)
        axes.set_xlabel(plain(points.names[0]))
        axes.set_ylabel("y")
        axes.legend(loc="best")
        return figure


def _fill(axes: Axes, x: Tensor, pair: tuple[Tensor, Tensor], color: str, label: str) -> None:
    low, high = map(numbers, pair)
    axes.fill_between(numbers(x), low, high, color=color, alpha=0.3, linewidth=0, label=label)
