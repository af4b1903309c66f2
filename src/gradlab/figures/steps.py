"""What every curve over steps shares: its numbers, its axis, and an honest end where a run broke."""

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray
from torch import Tensor

from gradlab.figures.style import GREY, LARGEST
from gradlab.history import History
from gradlab.messages import text

Numbers = NDArray[np.float64]
FEW = 40
"""Up to so many points, each is marked."""
BUCKETS = 2_000
"""A longer curve is drawn as the lowest and the highest value of so many equal parts: finer than any screen shows."""
LABEL_WIDTH = 22


def numbers(column: Tensor) -> Numbers:
    """A column as an array of float64 on the CPU."""
    values: Numbers = column.detach().cpu().double().numpy()
    return values


def gradient_norm(history: History) -> Numbers:
    """The Euclidean length of the gradient of the free parameters, row by row."""
    free = [history[f"grad_{name}"] for name in history.parameters if name not in history.frozen]
    columns = [numbers(column).reshape(len(history), -1) for column in free]
    norm: Numbers = np.hypot.reduce(np.concatenate(columns, axis=1), axis=1)  # squares alone overflow above 1e154
    return norm


def draw_curve(axes: Axes, steps: Numbers, values: Numbers, label: str, *, log: bool = True, **style: Any) -> None:
    """One curve over steps with its label on the y axis; a broken end is marked, an enormous range has its own axis.

    `log` allows a log axis for a range that is merely wide: for a size such as the loss, not for a place.
    """
    finite = np.isfinite(values)
    drawable = np.abs(np.nan_to_num(values, nan=np.inf)) < LARGEST
    marker = "o" if drawable.sum() <= FEW else None
    kept = _extremes(values[drawable])
    axes.plot(steps[drawable][kept], values[drawable][kept], marker=marker, markersize=3.5, **style)
    axes.set_ylabel(textwrap.fill(label, LABEL_WIDTH))
    scale_to(axes, values[drawable], log)
    if not finite.all():
        mark_broken_end(axes, float(steps[np.argmin(finite)]))


def _extremes(values: Numbers) -> NDArray[np.intp]:
    """Which values of a long curve to draw: both ends, and the extremes of each part in between; all of a short one."""
    length = values.size // BUCKETS
    if length < 4:
        return np.arange(values.size)
    parts = values[: length * BUCKETS].reshape(BUCKETS, length)
    within = np.stack([parts.argmin(axis=1), parts.argmax(axis=1)], axis=1) + length * np.arange(BUCKETS)[:, None]
    tail = np.arange(length * BUCKETS, values.size)
    return np.unique(np.concatenate([[0], within.flatten(), tail]))


def scale_to(axes: Axes, values: Numbers, log: bool) -> None:
    """A log axis for positive values over two decades or more, one of both signs for growth beyond a millionfold."""
    if not values.size:
        return
    size = np.abs(values)
    beginning = float(size[:2].max())
    if log and values.min() > 0 and values.max() > 100 * values.min():
        axes.set_yscale("log")
    elif 0 < 1e6 * beginning < size.max():
        axes.set_yscale("symlog", linthresh=beginning)
        top, bottom = np.floor(np.log10([size.max(), beginning]))
        powers = 10.0 ** np.array([(top + bottom) // 2, top])
        axes.yaxis.set_major_locator(FixedLocator([*-powers[::-1], 0.0, *powers]))
        axes.yaxis.set_minor_locator(NullLocator())


def mark_broken_end(axes: Axes, step: float) -> None:
    """A dotted line where the values stop being finite, and the step, written along it."""
    axes.axvline(step, color=GREY, linestyle=":", linewidth=1.5)
    axes.annotate(
        text("figures.broken", step=int(step)),
        (step, 0.96),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        rotation=90,
        fontsize=8,
        color=GREY,
    )


def step_axis(axes: Axes, most: int = 8) -> None:
    """Whole steps below, at most so many of them named."""
    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=1))
    axes.set_xlabel(text("figures.step"))
