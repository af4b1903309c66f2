"""Residuals: what the model leaves unexplained, point by point."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gradlab.data import Points
from gradlab.figures.picture import picture
from gradlab.figures.steps import Numbers, numbers
from gradlab.figures.style import BLACK, BLUE, VERMILLION, look, plain
from gradlab.messages import text


def draw_residuals(points: Points, prediction: Tensor) -> Figure:
    """y - prediction for each point, and beside it how often each size occurs; the dashed line is their mean.

    Drawn over x; with several columns of x, over the prediction. A pattern here is something that the model misses.
    """
    with look():
        figure = picture(7.5, 4.2)
        scatter, counts = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
        residual = numbers(points.y) - numbers(prediction)
        one_column = points.x.dim() == 1 or points.x.shape[1] == 1
        _scatter(scatter, numbers(points.x.flatten() if one_column else prediction), residual)
        scatter.set_xlabel(plain(points.names[0]) if one_column else text("figures.prediction"))
        scatter.set_ylabel(text("figures.residual"))
        counts.hist(residual, bins="auto" if residual.size > 1 else 1, orientation="horizontal", color=BLUE, alpha=0.75)
        counts.axhline(0, color=BLACK, linewidth=1)
        counts.set_xlabel(text("figures.count"))
        return figure


def _scatter(axes: Axes, across: Numbers, residual: Numbers) -> None:
    size = 22 if residual.size <= 300 else 6
    axes.vlines(across, 0, residual, color=BLUE, linewidth=0.8, alpha=0.5) if residual.size <= 300 else None
    axes.scatter(across, residual, s=size, color=BLUE, edgecolor="white", linewidth=0.4, zorder=3)
    axes.axhline(0, color=BLACK, linewidth=1)
    mean = float(residual.mean())
    axes.axhline(
        mean,
        color=VERMILLION,
        linestyle="--",
        linewidth=1.2,
        label=text("figures.mean_residual", mean=mean).replace("-", "−"),
    )
    axes.legend(loc="best")
