"""How far a descent comes with each lr."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradlab.batch import LrSweep
from gradlab.figures.picture import axes_of
from gradlab.figures.steps import Numbers, numbers
from gradlab.figures.style import BLACK, BLUE, GREY, LARGEST, VERMILLION, look
from gradlab.figures.words import loss_name
from gradlab.messages import text

ABOVE = 5
"""The picture ends at so many times the highest loss of a run that did not diverge; what did stands on the edge."""


def draw_sweep(sweep: LrSweep, *, axes: Axes | None = None) -> Figure:
    """Final loss over lr, both logarithmic; runs that diverged on the upper edge; the largest stable lr as a line."""
    with look():
        figure, axes = axes_of(axes)
        lrs, losses = np.array(sweep.lrs), numbers(sweep.runs.losses)
        diverged = np.array([kind == "diverged" for kind in sweep.runs.kinds])
        axes.set_xscale("log")
        top = _scale(axes, losses[~diverged], sweep.first_loss)
        shown = np.where(diverged, np.nan, losses)
        axes.plot(lrs, shown, color=BLUE, marker="o", markersize=4, label=text("figures.final_loss"))
        label = text("figures.diverged")
        if diverged.any():
            edge = np.full(diverged.sum(), top)
            axes.plot(lrs[diverged], edge, "^", color=VERMILLION, markersize=6, clip_on=False, label=label)
        axes.axhline(sweep.first_loss, color=GREY, linestyle=":", linewidth=1.2, label=text("figures.first_loss"))
        if sweep.stable_lr is not None and lrs.min() / 10 < sweep.stable_lr < lrs.max() * 10:
            label = text("figures.stable_lr", lr=sweep.stable_lr)
            axes.axvline(sweep.stable_lr, color=BLACK, linestyle="--", linewidth=1.2, label=label)
        axes.set_xlabel("lr")
        axes.set_ylabel(loss_name(sweep.loss, sweep.runs.histories[0].settings["n"]))
        axes.legend(loc="best", fontsize=8)
        return figure


def _scale(axes: Axes, fine: Numbers, first_loss: float) -> float:
    """The upper end of the loss's axis, logarithmic where the losses allow it."""
    seen = np.append(fine, first_loss)
    seen = seen[np.abs(np.nan_to_num(seen, nan=np.inf)) < LARGEST]
    highest = float(seen.max(initial=0.0)) or 1.0
    if seen.size and seen.min() > 0:
        axes.set_yscale("log")
        top = ABOVE * highest
        axes.set_ylim(float(seen.min()) / 2, top)
    else:
        top = 1.3 * highest
        axes.set_ylim(top=top)
    return top
