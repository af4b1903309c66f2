"""Each parameter and its partial derivative, step by step."""

from collections.abc import Iterator, Mapping
from itertools import islice

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradlab.figures.picture import picture
from gradlab.figures.steps import Numbers, draw_curve, numbers, step_axis
from gradlab.figures.style import BLACK, BLUE, VERMILLION, look, plain
from gradlab.history import History
from gradlab.history.columns import flat_columns
from gradlab.messages import text

MOST_ROWS = 6


def draw_parameters(history: History, *, exact: Mapping[str, float] | None = None) -> Figure:
    """One row per parameter: its value on the left, its partial derivative on the right, over the steps.

    The first six numbers are drawn, and a line says how many more there are. `exact` draws a known answer as a dashed
    line, by name (`w[0,1]` for an element).
    """
    drawn = list(islice(_elements(history), MOST_ROWS))
    rest = sum(history[name][0].numel() for name in history.parameters) - len(drawn)
    frozen = set(history.settings.get("freeze", ()))
    with look():
        figure = picture(8.5, 1.0 + 1.6 * len(drawn))
        grid = figure.subplots(len(drawn), 2, sharex=True, squeeze=False)
        steps = numbers(history["step"])
        for (values, slopes), (owner, name, value, slope) in zip(grid, drawn, strict=True):
            shown = plain(name, 12)
            frozen_mark = f"\n{text('figures.frozen')}" if owner in frozen else ""
            draw_curve(values, steps, value, shown + frozen_mark, color=BLUE)
            draw_curve(slopes, steps, slope, f"∂L/∂{shown}", color=VERMILLION)
            slopes.axhline(0, color=BLACK, linewidth=0.8)
            _exact_line(values, (exact or {}).get(name))
        grid[0, 0].set_title(text("figures.values"))
        grid[0, 1].set_title(text("figures.derivatives"))
        for axes in grid[-1]:
            step_axis(axes)
        if rest > 0:
            figure.supxlabel(text("figures.more_parameters", count=rest), fontsize=9)
        return figure


def _elements(history: History) -> Iterator[tuple[str, str, Numbers, Numbers]]:
    """Parameter, name of the element, its values, its derivatives."""
    for owner in history.parameters:
        pair = {"value": history[owner], "slope": history[f"grad_{owner}"]}
        values, slopes = (flat_columns({owner: column}) for column in pair.values())
        for (name, value), (_, slope) in zip(values, slopes, strict=True):
            yield owner, name, numbers(value), numbers(slope)


def _exact_line(axes: Axes, value: float | None) -> None:
    if value is not None:
        axes.axhline(value, color=BLACK, linestyle="--", linewidth=1.2, label=text("figures.exact"))
        axes.legend(loc="best")
