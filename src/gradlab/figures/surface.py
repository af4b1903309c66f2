"""The error surface, seen from above with its contours and beside that in relief."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterMathtext, LogLocator, MaxNLocator
from numpy.typing import NDArray

from gradlab.errors import OptionError
from gradlab.figures.picture import picture
from gradlab.figures.style import LARGEST, ORANGE, VERMILLION, Style, halo, look, plain
from gradlab.figures.words import loss_name
from gradlab.history import History
from gradlab.messages import text
from gradlab.surface import Surface

Numbers = NDArray[np.float64]
LEVELS = 50
MOST_PATH_POINTS = 2_000
MOST_HELD = 4
REACH = 1e5


@dataclass(frozen=True, slots=True)
class _Relief:
    """A surface as arrays: the grid, the finite losses (others masked), and their colour scale."""

    p: Numbers
    q: Numbers
    loss: Any
    norm: Normalize

    @property
    def logarithmic(self) -> bool:
        return isinstance(self.norm, LogNorm)

    def height(self) -> Any:
        """What the relief shows upwards: the loss, or its decimal logarithm (matplotlib has no 3D log axis)."""
        return np.ma.log10(self.loss) if self.logarithmic else self.loss


@dataclass(frozen=True, slots=True)
class _Mark:
    """One special place, with the key of its name in the legend."""

    key: str
    p: float
    q: float
    style: Mapping[str, Any]


_START: Style = {"marker": "o", "markersize": 8, "markerfacecolor": "white", "markeredgecolor": "black"}
_END: Style = {"marker": "s", "markersize": 8, "markerfacecolor": "black", "markeredgecolor": "white"}
_MINIMUM: Style = {"marker": "X", "markersize": 10, "markerfacecolor": VERMILLION, "markeredgecolor": "white"}


def draw_surface(
    surface: Surface, *, history: History | None = None, minimum: Mapping[str, float] | None = None
) -> Figure:
    """The loss over two parameters as a heat map with 50 levels beside the same in relief.

    Colours go by the logarithm where the loss spans so much that most of it would be one colour. `history` draws
    the descent over both and marks its start, its end and the lowest cell; `minimum` marks a known minimum instead, by
    parameter name. Cells without a finite loss stay grey. Raises OptionError for a history without these parameters.
    """
    with look():
        figure = picture(10.5, 4.9)
        relief = _relief(surface)
        heat = figure.add_subplot(1, 2, 1)
        solid = figure.add_subplot(1, 2, 2, projection="3d", computed_zorder=False)
        figure.suptitle(_title(surface), fontsize=12)
        if relief.loss.count() == 0:
            place: Style = {"transform": heat.transAxes, "ha": "center", "va": "bottom", "zorder": 6}
            heat.text(0.5, 0.02, text("figures.nothing_finite"), path_effects=halo(), **place)
        else:
            _heat_map(figure, heat, relief, loss_name(surface.loss, surface.n))
            _relief_map(solid, relief)
        line = None if history is None else _path(surface, history)
        marks = _marks(surface, line, minimum)
        _overlay(heat, solid, relief, line, marks)
        for axes in (heat, solid):
            axes.set_xlabel(plain(surface.names[0]))
            axes.set_ylabel(plain(surface.names[1]))
        if heat.get_legend_handles_labels()[0]:
            figure.legend(*heat.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        return figure


def _title(surface: Surface) -> str:
    averaged = "figures.over_one_point" if surface.n == 1 else "figures.over_points"
    held = [f"{plain(name)} = {value.item():.4g}" for name, value in surface.at.items() if value.numel() == 1]
    name = loss_name(surface.loss, surface.n)
    title = f"{name[:1].upper()}{name[1:]}, {text(averaged, n=surface.n)}"
    if not held:
        return title
    values = ", ".join([*held[:MOST_HELD], *(["…"] if len(held) > MOST_HELD else [])]).replace("-", "−")
    return f"{title}\n{text('figures.held', values=values)}"


def _relief(surface: Surface) -> _Relief:
    values = surface.values.detach().cpu().double().numpy()
    loss = np.ma.masked_where(~(np.abs(values) < LARGEST), values)  # NaN compares as False
    p, q = (axis.detach().cpu().double().numpy() for axis in surface.axes)
    grid = np.meshgrid(p, q, indexing="ij")
    return _Relief(grid[0], grid[1], loss, _norm(loss))


def _norm(loss: Any) -> Normalize:
    """Linear, unless half of the cells lie below a thousandth of the highest; never of no width."""
    if loss.count() == 0:
        return Normalize(0, 1)
    low, high, middle = float(loss.min()), float(loss.max()), float(np.ma.median(loss))
    if low > 0 and high > 1_000 * middle:
        return LogNorm(low, high)
    if high - low <= 1e-12 * abs(high):
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    return Normalize(low, high)


def _levels(norm: Normalize, count: int) -> Numbers:
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    levels = np.geomspace(low, high, count) if isinstance(norm, LogNorm) else np.linspace(low, high, count)
    levels[[0, -1]] = low, high
    return levels


def _heat_map(figure: Figure, axes: Axes, relief: _Relief, label: str) -> None:
    axes.grid(False)
    axes.set_facecolor("#C8C8C8")
    grid = (relief.p, relief.q, relief.loss)
    filled = axes.contourf(*grid, levels=_levels(relief.norm, LEVELS), norm=relief.norm, cmap="viridis")
    filled.set_rasterized(True)
    axes.contour(*grid, levels=_levels(relief.norm, 12)[1:-1], colors="white", linewidths=0.6, alpha=0.6)
    ticks = LogLocator(numticks=8) if relief.logarithmic else MaxNLocator(6)
    figure.colorbar(
        filled, ax=axes, label=label, ticks=ticks, format=LogFormatterMathtext() if relief.logarithmic else None
    )


def _relief_map(axes: Any, relief: _Relief) -> None:
    height = relief.height().filled(np.nan)
    low, high = float(relief.norm.vmin or 0), float(relief.norm.vmax or 0)
    scale = np.log10([low, high]) if relief.logarithmic else (low, high)
    colors = {"cmap": "viridis", "vmin": scale[0], "vmax": scale[1]}
    smooth = {"rcount": 100, "ccount": 100, "linewidth": 0, "antialiased": False}  # antialiased cells show their seams
    drawn = axes.plot_surface(relief.p, relief.q, height, zorder=1, **colors, **smooth)
    drawn.set_rasterized(True)
    for side in (axes.xaxis, axes.yaxis):
        side.set_major_locator(MaxNLocator(5))
    axes.zaxis.set_major_locator(MaxNLocator(5, integer=relief.logarithmic))
    if relief.logarithmic:
        axes.zaxis.set_major_formatter(FuncFormatter(lambda power, _: f"$10^{{{power:g}}}$"))
    axes.tick_params(labelsize=8, pad=1)
    axes.view_init(elev=32, azim=-58)
    axes.set_box_aspect((1, 1, 0.75), zoom=0.95)
    axes.text2D(0.98, 0.86, text("figures.loss"), transform=axes.transAxes, ha="right")  # a z label would be cut off


def _path(surface: Surface, history: History) -> Numbers:
    """The two parameters row by row, shape (2, rows); of a long run every k-th row and the last."""
    every = max(1, len(history) // MOST_PATH_POINTS)
    rows = np.unique(np.append(np.arange(0, len(history), every), len(history) - 1))
    sides = []
    for name in surface.names:
        element = next((element for element in history.elements() if element.name == name), None)
        if element is None:
            raise OptionError("figures.path_without", name=name, known=", ".join(history.parameters))
        sides.append(element.values.detach().cpu().double().numpy()[rows])
    return np.stack(sides)


def _within_reach(line: Numbers, relief: _Relief) -> Numbers:
    """A path without what lies absurdly far off the grid, where coordinates are too coarse to cross it in a true place.

    The first leap out of reach is shortened, so that it is seen to leave; later places out of reach become NaN.
    """
    corner = np.array([[relief.p[0, 0]], [relief.q[0, 0]]])
    span = np.array([[relief.p[-1, 0]], [relief.q[0, -1]]]) - corner
    with np.errstate(invalid="ignore", over="ignore"):
        places = (line - corner) / span
        far = ~(np.abs(places).max(axis=0) < REACH)
        for leap in np.flatnonzero(far[1:] & ~far[:-1]) + 1:
            step = places[:, leap] - places[:, leap - 1]
            if np.isfinite(step).all():
                places[:, leap] = places[:, leap - 1] + step * (REACH / np.abs(step).max())
                far[leap] = False
    return np.where(far, np.nan, np.where(np.abs(places).max(axis=0) < REACH, line, corner + span * places))


def _marks(surface: Surface, line: Numbers | None, minimum: Mapping[str, float] | None) -> list[_Mark]:
    marks = []
    finite = np.empty((2, 0)) if line is None else line[:, np.isfinite(line).all(axis=0)]
    if finite.size:
        (p, q), (last_p, last_q) = finite[:, 0], finite[:, -1]
        marks += [_Mark("figures.start", p, q, _START), _Mark("figures.end", last_p, last_q, _END)]
    if minimum is not None:
        marks.append(_Mark("figures.minimum", minimum[surface.names[0]], minimum[surface.names[1]], _MINIMUM))
    elif line is not None:
        lowest = surface.lowest()
        marks.append(_Mark("figures.lowest_cell", lowest[surface.names[0]], lowest[surface.names[1]], _MINIMUM))
    return marks


def _overlay(heat: Axes, solid: Any, relief: _Relief, line: Numbers | None, marks: list[_Mark]) -> None:
    """Path and marks over both pictures; what lies off the grid is cut away."""
    sides = ((relief.p[0, 0], relief.p[-1, 0]), (relief.q[0, 0], relief.q[0, -1]))
    if line is not None:
        line = _within_reach(line, relief)
        style: Style = {"color": ORANGE, "linewidth": 1.6, "marker": ".", "markersize": 3 if line.shape[1] < 60 else 0}
        heat.plot(*line, label=text("figures.path"), path_effects=halo(3, "black"), zorder=4, **style)
        solid.plot(*line, _height_at(relief, *line), path_effects=halo(3, "black"), zorder=4, **style)
    (left, right), (bottom, top) = sides
    for zorder, mark in zip((8, 7, 6), marks, strict=False):
        if left <= mark.p <= right and bottom <= mark.q <= top:
            heat.plot(mark.p, mark.q, linestyle="none", label=text(mark.key), zorder=zorder, **mark.style)
            height = _height_at(relief, np.array([mark.p]), np.array([mark.q]))
            solid.plot([mark.p], [mark.q], height, linestyle="none", zorder=zorder, **mark.style)
    for axes in (heat, solid):
        axes.set_xlim(sides[0])
        axes.set_ylim(sides[1])


def _height_at(relief: _Relief, p: Numbers, q: Numbers) -> Numbers:
    """The height of the relief at places between its cells (bilinear); NaN off the grid."""
    height = relief.height().filled(np.nan)
    i, s = _between(relief.p[:, 0], p)
    j, t = _between(relief.q[0, :], q)
    low = height[i, j] * (1 - s) + height[i + 1, j] * s
    high = height[i, j + 1] * (1 - s) + height[i + 1, j + 1] * s
    return low * (1 - t) + high * t


def _between(axis: Numbers, values: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """The cell before each value, and how far on towards the next (0 to 1, NaN off the axis)."""
    inside = (values >= axis[0]) & (values <= axis[-1])
    held = np.where(inside, values, axis[0])
    cell = np.clip(np.searchsorted(axis, held, side="right") - 1, 0, len(axis) - 2)
    part = (held - axis[cell]) / (axis[cell + 1] - axis[cell])
    return cell, np.where(inside, part, np.nan)
