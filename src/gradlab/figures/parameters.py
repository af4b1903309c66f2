"""Each parameter and its partial derivative, step by step."""

from collections.abc import Mapping
from itertools import islice

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradlab.figures.picture import picture
from gradlab.figures.steps import draw_curve, numbers, step_axis
from gradlab.figures.style import BLACK, BLUE, VERMILLION, look, plain
from gradlab.history import History
from gradlab.messages import text

MOST_ROWS = 6


def draw_parameters(history: History, *, exact: Mapping[str, float] | None = None) -> Figure:
    """One row per parameter: its value on the left, its partial derivative on the right, over the steps.

    The first six numbers are drawn, and a line says how many more there are. `exact` draws a known answer as a dashed
    line, by name (`w[0,1]` for an element).
    """
    drawn = list(islice(history.elements(), MOST_ROWS))
    rest = sum(history[name][0].numel() for name in history.parameters) - len(drawn)
    with look():
        figure = picture(8.5, 1.0 + 1.6 * len(drawn))
        grid = figure.subplots(len(drawn), 2, sharex=True, squeeze=False)
        steps = numbers(history["step"])
        for (left, right), element in zip(grid, drawn, strict=True):
            name = plain(element.name, 12)
            frozen_mark = f"\n{text('figures.frozen')}" if element.parameter in history.frozen else ""
            draw_curve(left, steps, numbers(element.values), name + frozen_mark, log=False, color=BLUE)
            draw_curve(right, steps, numbers(element.gradient), f"∂L/∂{name}", log=False, color=VERMILLION)
            right.axhline(0, color=BLACK, linewidth=0.8)
            if element.parameter not in history.frozen:
                _exact_line(left, (exact or {}).get(element.name))
        grid[0, 0].set_title(text("figures.values"))
        grid[0, 1].set_title(text("figures.derivatives"))
        for axes in grid[-1]:
            step_axis(axes, most=5)
        if rest > 0:
            figure.supxlabel(text("figures.more_parameters", count=rest), fontsize=9)
        return figure


def _exact_line(axes: Axes, value: float | None) -> None:
    if value is not None:
        axes.axhline(value, color=BLACK, linestyle="--", linewidth=1.2, label=text("figures.exact"))
        axes.legend(loc="best")
