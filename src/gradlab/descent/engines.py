"""Which engine takes which steps.

`auto` takes the first steps eagerly, as many as take about as long as compiling would, and the others fused. Which step
is whose depends on its number and that of the points alone, so that a run in two halves stays the unbroken one, bit for
bit; and no run takes more than about twice as long as it would have with the better engine.
"""

import math
from dataclasses import replace
from typing import Any

from gradlab._types import Gradient
from gradlab.descent.eager import Walked, walk_eagerly
from gradlab.descent.resume import Beginning
from gradlab.errors import RecordingError
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

COMPILING = 0.2
"""Seconds that a new model costs the fused engine before its first step."""

EAGER_STEP, EAGER_POINT = 8e-5, 1e-8
"""Seconds of an eager step: for itself, and for each point."""


def steps_before_fused(n: int) -> int:
    """The first step that `auto` takes fused, for `n` points.

    >>> steps_before_fused(50), steps_before_fused(10_000_000)
    (2485, 2)
    """
    return math.ceil(COMPILING / (EAGER_STEP + EAGER_POINT * n))


def walk(
    objective: Objective,
    beginning: Beginning,
    gradient: Gradient,
    optimizer: Optimizer,
    settings: dict[str, Any],
    progress: bool,
) -> Walked:
    """The walk by the engine in `settings`, which then say the one that it was, and why it stayed eager if it did."""
    asked, settings["engine"] = settings["engine"], "eager"
    given = (gradient, optimizer, settings, progress)
    if asked == "auto" and beginning.last > (switch := steps_before_fused(len(objective.points))):
        if beginning.first < switch:
            walked = walk_eagerly(objective, replace(beginning, last=switch), *given)
            if _ended(walked, settings):
                return walked
            beginning = _after(walked, beginning)
        asked = "fused"
    if asked == "fused":
        from gradlab.descent.fused import walk_fused

        try:
            walked = walk_fused(objective, beginning, *given)
        except RecordingError as refusal:
            settings["engine_reason"] = _as_json(refusal)
        else:
            settings["engine"] = "fused"
            return walked
    return walk_eagerly(objective, beginning, *given)


def _ended(walked: Walked, settings: dict[str, Any]) -> bool:
    """Whether a walk came to an end of its own."""
    return walked.kind in ("diverged", "interrupted") or (walked.kind == "converged" and settings["until"] is not None)


def _after(walked: Walked, beginning: Beginning) -> Beginning:
    """Where a walk stands at its last row, which is to be looked at again."""
    device = next(iter(beginning.params.values())).device
    return replace(
        beginning,
        params={name: walked.columns[name][-1].to(device) for name in beginning.params},
        first=int(walked.columns["step"][-1]),
        state=walked.state,
        earlier={name: column[:-1] for name, column in walked.columns.items()},
    )


def _as_json(refusal: RecordingError) -> dict[str, str]:
    """A refusal as settings can hold it, to be said later in any language."""
    return {"key": refusal.key, **{name: str(value) for name, value in refusal.values.items()}}
