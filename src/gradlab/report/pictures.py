"""The figures of a report, each as data inside the page."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor

from gradlab.data import Points
from gradlab.figures import draw_evolution, draw_loss, draw_parameters, draw_residuals, draw_surface, rendered
from gradlab.history import History
from gradlab.messages import text
from gradlab.models import Model
from gradlab.report.landscape import surface_around

HALF, HALF_HEIGHT = 5.6, 4.2


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with its caption; `source` is a data URL, so that the page asks nobody for it."""

    source: str
    caption: str
    wide: bool


def pictures(
    history: History,
    points: Points,
    model: Model,
    exact: Mapping[str, float],
    true: Mapping[str, float | Tensor] | None,
) -> Iterator[Picture]:
    """Evolution, surface, loss, parameters, residuals: those of them that this run has."""
    if history.settings.get("standardise"):
        named = tuple(text("report.standardised_column", name=name) for name in points.names)
        points = Points(points.x, points.y, named)
    loss = as_picture(draw_loss(history), text("report.caption_loss"))
    if points.x.dim() == 1 or points.x.shape[1] == 1:
        yield as_picture(draw_evolution(model, points, history, true=true), text("report.caption_evolution"))
        yield loss
    surface = surface_around(history, points, model, exact)
    if surface is not None:
        known = set(surface.names) <= set(exact)
        figure = draw_surface(surface, history=history, minimum=exact if known else None)
        first, second = surface.names
        yield as_picture(figure, text("report.caption_surface", first=first, second=second), wide=True)
    if points.x.dim() == 2 and points.x.shape[1] > 1:
        yield loss
    yield as_picture(draw_parameters(history, exact=exact), text("report.caption_parameters"))
    with torch.no_grad():
        prediction = model(points.x, **history.params)
    if prediction.isfinite().all():
        yield as_picture(draw_residuals(points, prediction), text("report.caption_residuals"))


def as_picture(figure: Figure, caption: str, *, wide: bool = False) -> Picture:
    """The figure across the whole page, or else small enough for its letters to be read in half of it."""
    if not wide:
        figure.set_size_inches(HALF, max(HALF_HEIGHT, HALF / figure.get_figwidth() * figure.get_figheight()))
    content = base64.b64encode(rendered(figure, ".svg")).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{content}", caption, wide)
