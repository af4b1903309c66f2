"""How wrong a finite difference is, for each size of Δ."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gradlab.figures.picture import axes_of
from gradlab.figures.steps import Numbers, numbers
from gradlab.figures.style import DASHES, GREY, MARKERS, SERIES, look, plain
from gradlab.messages import text


def draw_delta_error(
    deltas: Tensor,
    errors: Mapping[str, Tensor],
    *,
    theory: Mapping[str, Tensor] | None = None,
    axes: Axes | None = None,
) -> Figure:
    """|finite difference - derivative| over Δ, both logarithmic: one curve per label of `errors`.

    `theory` adds a thin line per label, in the colour of the curve with the same label. A logarithm has no zero: where
    the difference is exact, a triangle on the lower edge points down.
    """
    with look():
        figure, axes = axes_of(axes, 7.5, 4.8)
        axes.set_xscale("log")
        axes.set_yscale("log")
        floor = _floor(errors)
        for i, (label, error) in enumerate(errors.items()):
            _curve(axes, numbers(deltas), np.abs(numbers(error)), plain(label, 40), i, floor)
        for label, line in (theory or {}).items():
            color = SERIES[list(errors).index(label) % len(SERIES)] if label in errors else GREY
            shown = plain(text("figures.theory", label=label), 48)
            axes.plot(numbers(deltas), numbers(line), color=color, linewidth=1, linestyle=(0, (1, 1.5)), label=shown)
        axes.set_xlabel("Δ")
        axes.set_ylabel(text("figures.delta_error"))
        axes.legend(loc="best", fontsize=8)
        return figure


def _floor(errors: Mapping[str, Tensor]) -> float:
    """A third of the least error that is not 0: where exact differences are drawn."""
    positive = [value for error in errors.values() if (value := np.abs(numbers(error)))[value > 0].size]
    return min(float(value[value > 0].min()) for value in positive) / 3 if positive else 1e-17


def _curve(axes: Axes, deltas: Numbers, error: Numbers, label: str, index: int, floor: float) -> None:
    color = SERIES[index % len(SERIES)]
    shown = np.where(error > 0, error, np.nan)
    turn = index + index // len(SERIES)  # when the colours begin again, they meet other dashes and markers
    dash, marker = DASHES[turn % len(DASHES)], MARKERS[turn % len(MARKERS)]
    every = max(1, len(deltas) // 12)
    axes.plot(deltas, shown, color=color, linestyle=dash, marker=marker, markersize=4, markevery=every, label=label)
    exact = error == 0
    axes.plot(deltas[exact], np.full(exact.sum(), floor), linestyle="none", marker="v", markersize=5, color=color)
