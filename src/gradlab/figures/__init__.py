"""Figures: each function takes values that were computed elsewhere, and returns a matplotlib Figure.

No pyplot, no global state: a Figure shows itself in a notebook and is written with `save`.
"""

from gradlab.figures.delta_error import draw_delta_error
from gradlab.figures.evolution import draw_evolution
from gradlab.figures.loss_curve import draw_loss
from gradlab.figures.parameters import draw_parameters
from gradlab.figures.picture import rendered, save
from gradlab.figures.residuals import draw_residuals
from gradlab.figures.solution import draw_solution
from gradlab.figures.surface import draw_surface
from gradlab.figures.sweep import draw_sweep

__all__ = [
    "draw_delta_error",
    "draw_evolution",
    "draw_loss",
    "draw_parameters",
    "draw_residuals",
    "draw_solution",
    "draw_surface",
    "draw_sweep",
    "rendered",
    "save",
]
