"""Many points a part at a time: where the recording shows that no point's prediction depends on another point.

A cell over millions of points goes through memory once for each operation of the model; in parts it stays in the
processor's cache, and intermediates stay small.
"""

import torch

from gradlab.losses import Loss
from gradlab.objective import Objective
from gradlab.recorder import Operation, Recorder, Value
from gradlab.rules import RULES
from gradlab.surface.grid import Axes, Place

MANY = 1 << 17
PART = 1 << 15


def parts_of(objective: Objective, place: Place, axes: Axes) -> list[Objective] | None:
    """The objective on parts of the points; None where they are few, or belong together.

    One cell is computed both ways, for a model may know how many points there are without any operation that tells.
    """
    n = len(objective.points)
    if n <= MANY or not isinstance(objective.loss, Loss) or not _is_elementwise(objective, place, axes):
        return None
    of_points = [objective.points.rows(slice(start, start + PART)) for start in range(0, n, PART)]
    parts = [Objective(objective.model, objective.loss, points) for points in of_points]
    at = place(axes[0][-1], axes[1][-1])
    whole, together = objective(at), torch.stack([part(at) * len(part.points) for part in parts]).sum() / n
    return parts if torch.isclose(whole, together, rtol=torch.finfo(whole.dtype).eps ** 0.5, atol=0) else None


def _is_elementwise(objective: Objective, place: Place, axes: Axes) -> bool:
    """Only operations with a rule, which work on each element by itself, and nothing with elements but x."""
    x, params, recorder = objective.points.x[:PART], place(axes[0][0], axes[1][0]), Recorder()
    try:
        with recorder:
            objective.model(x, **params)
    except RuntimeError:  # a model that keeps all points for itself does not take a part of them
        return False
    recording = recorder.recording
    return not recording.read_out and all(_keeps_to_rows(each, recording.value(x)) for each in recording.operations)


def _keeps_to_rows(operation: Operation, x: Value) -> bool:
    in_rows = operation.result.tensor.shape in (x.tensor.shape, ())
    return operation.name in RULES and in_rows and all(_is_known(value, x) for _, value in operation.values())


def _is_known(value: Value, x: Value) -> bool:
    return value is x or value.source is not None or value.tensor.dim() == 0
