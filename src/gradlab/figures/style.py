"""The look that all figures share: colours, sizes, and names of parameters and columns made safe to draw.

Okabe and Ito's eight colours (https://jfly.uni-koeln.de/color/) and viridis stay apart in every common colour blindness
and in grey; a second mark (dash, marker, halo) always stands beside the colour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import matplotlib.style
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patheffects import AbstractPathEffect, withStroke

Style: TypeAlias = dict[str, Any]
"""Keyword arguments of a matplotlib call, put together beforehand."""

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#6B6B6B"
LARGEST = 1e200
"""Above it matplotlib's margins and ticks overflow; a run that gets there has nothing more to show."""
SERIES = (BLUE, VERMILLION, BLACK, SKY, ORANGE, PURPLE, GREEN)  # the order in which the first ones differ most
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (4, 1)), (0, (1, 1)), "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

_LOOK = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-4, 5),
    "axes.xmargin": 0.03,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "#CCCCCC",
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "agg.path.chunksize": 20_000,  # without it a long noisy curve is too much for the rasteriser
    "figure.dpi": 110,
    "savefig.dpi": 150,
    "svg.hashsalt": "gradlab",
}


@contextmanager
def look() -> Iterator[None]:
    """Draw within this block in gradlab's look, whatever the caller's own matplotlib settings; they come back after."""
    with matplotlib.style.context([_LOOK], after_reset=True):
        yield


def plain(name: str, width: int = 24) -> str:
    """A name as matplotlib may draw it: `$` is no formula, one line, the middle of a long one left out.

    >>> plain("price $ of the goods in the warehouse at noon")
    'price \\\\$ of …use at noon'
    """
    printable = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(printable) > width:
        half = (width - 1) // 2
        printable = f"{printable[:half]}…{printable[-half:]}"
    return printable.replace("$", r"\$")


def halo(width: float = 3.0, color: str = "white") -> list[AbstractPathEffect]:
    """A white edge around lines and text, so that they stand out on any background."""
    return [withStroke(linewidth=width, foreground=color)]


def step_colors() -> Colormap:
    """Viridis from light green (first step) to dark violet (last), without the yellow that vanishes on white."""
    viridis = matplotlib.colormaps["viridis"]
    return LinearSegmentedColormap.from_list("steps", [viridis(0.9 - 0.9 * i / 63) for i in range(64)])
