"""Where to look: the part of the error surface that a run went through, with its goal and some room around."""

import math
from collections.abc import Mapping
from itertools import islice

import torch

from gradlab import losses
from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.history import History
from gradlab.history.columns import Element
from gradlab.models import Model
from gradlab.objective import Objective
from gradlab.surface import Axis, Surface, surface

SIDE = 60
MOST_POINTS = 200_000
ROOM = 0.35
DOUBLINGS = 60


def surface_around(history: History, points: Points, model: Model, goal: Mapping[str, float]) -> Surface | None:
    """The surface over the first two numbers of the model, free ones first; None where there is none to show.

    Each side holds the finite part of the path that is not ten times worse than its start, the `goal` where it is near,
    and room around; a number that did not move gets a side along which the loss rises as much as the descent lowered
    it. None for a model of one number, a loss without a name, or more points than a picture is worth.
    """
    pair = _pair(history)
    if pair is None or len(points) > MOST_POINTS:
        return None
    try:
        loss = losses.resolve(str(history.settings.get("loss")))
    except OptionError:
        return None
    at = {name: value.to(points.y) for name, value in history.params.items()}
    objective = Objective(model, loss, points)
    over = {element.name: _side(element, history, objective, goal) for element in pair}
    return surface(model, points, loss=loss, over=over, at=at)


def _pair(history: History) -> tuple[Element, Element] | None:
    """The first two free numbers; a frozen one where only one is free."""
    elements = list(islice(history.elements(), 50))
    chosen = sorted(elements, key=lambda element: element.parameter in history.frozen)[:2]
    first, *rest = sorted(chosen, key=lambda element: [one.name for one in elements].index(element.name))
    return (first, rest[0]) if rest else None


def _side(element: Element, history: History, objective: Objective, goal: Mapping[str, float]) -> Axis:
    values, losses_of_run = element.values.double(), history.losses.double()
    seen = values[values.isfinite() & (losses_of_run <= 10 * losses_of_run[0].abs())]
    low, high = (seen.min().item(), seen.max().item()) if len(seen) else (0.0, 0.0)
    near, half = goal.get(element.name, low), _rise(element, history, objective)
    if low - 3 * (high - low) - half <= near <= high + 3 * (high - low) + half:
        low, high = min(low, near), max(high, near)
    room, middle = ROOM * (high - low), (low + high) / 2
    return min(low - room, middle - half), max(high + room, middle + half), SIDE


def _rise(element: Element, history: History, objective: Objective) -> float:
    """Half of how far one must go from the best row, along this number alone, to lose what the descent won.

    The scale on which the loss notices the number, found by doubling; for an element of a tensor its own size.
    """
    best = int(history.losses.nan_to_num(math.inf, math.inf).argmin())
    params = {name: history[name][best].to(objective.points.y) for name in history.parameters}
    value, lowest = element.values[best].item(), history.losses[best].item()
    won = history.losses[0].item() - lowest or abs(lowest) or 1.0
    if element.name != element.parameter or not math.isfinite(value):
        return abs(value) / 2 if math.isfinite(value) and value else 1.0
    with torch.no_grad():
        for power in range(DOUBLINGS):
            distance = 1e-9 * (abs(value) or 1.0) * 2**power
            there = params | {element.name: torch.full_like(params[element.name], value + distance)}
            if not objective(there).item() < lowest + won:  # a loss that is no number ends the search as well
                return distance / 2
    return abs(value) or 1.0
