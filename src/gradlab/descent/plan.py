"""Before and after a walk: what was asked for becomes values, and what came of it a History."""

import math
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from gradlab import curvature, gradients, losses, models, optimizers
from gradlab._types import Gradient, LossFunction, Params
from gradlab.data import Points
from gradlab.descent.checks import check_options
from gradlab.descent.eager import Walked
from gradlab.descent.resume import Beginning, dtype_of, moved, read, resumed
from gradlab.descent.settings import describe
from gradlab.descent.standardise import Scale, standardised
from gradlab.descent.verdict import gradient_norm
from gradlab.history import History, Outcome
from gradlab.models import Model
from gradlab.models.start import Start, free_names, starting_params
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A run that is about to begin; `settings` are what its History will say of it."""

    objective: Objective
    beginning: Beginning
    gradient: Gradient
    optimizer: Optimizer
    settings: dict[str, Any]


def planned(
    model: str | Callable[..., Any] | Model,
    points: Points,
    *,
    loss: str | LossFunction,
    start: Start | None,
    freeze: Collection[str],
    lr: float,
    steps: int,
    gradient: str | Gradient,
    delta: float | Mapping[str, float] | None,
    kink: float,
    optimizer: str | Optimizer,
    batch_size: int | None,
    seed: int,
    standardise: bool,
    until: float | None,
    resume: History | str | os.PathLike[str] | None,
    dtype: torch.dtype | None,
    device: torch.device | str | None,
    engine: str,
) -> Plan:
    """The arguments of `fit`, checked, and each name the value that it stands for."""
    options = {"steps": steps, "delta": delta, "kink": kink, "batch_size": batch_size, "seed": seed, "until": until}
    check_options(options, engine, dtype, device)
    before = read(resume)
    points, scale = _prepared(points, dtype or dtype_of(before), device, standardise)
    model = models.resolve(model, points.names)
    objective, optimizer = Objective(model, losses.resolve(loss), points), optimizers.resolve(optimizer, lr)
    frozen = [name for name in model.parameters if name not in free_names(model.parameters, freeze)]
    settings = describe(objective, gradient, optimizer) | options | {"freeze": frozen, "standardise": scale}
    settings["engine"] = engine
    if before is None:
        beginning = Beginning(starting_params(model, start or {}, points.y), last=steps)
    else:
        beginning = resumed(before, settings, start, optimizer, points.y)
    return Plan(objective, beginning, gradients.resolve(gradient, delta, kink), optimizer, settings)


def _prepared(
    points: Points, dtype: torch.dtype | None, device: torch.device | str | None, standardise: bool
) -> tuple[Points, Scale | None]:
    if dtype is not None or device is not None:
        points = points.to(dtype, device)
    return standardised(points) if standardise else (points, None)


def history_of(plan: Plan, walked: Walked) -> History:
    """What came of a walk, with how it ended and all that it was made with."""
    columns, parameters = walked.columns, tuple(plan.beginning.params)
    free = free_names(parameters, plan.settings["freeze"])
    at_start = {name: columns[name][0].to(plan.objective.points.y.device) for name in parameters}
    stable_lr = _stable_lr(plan.objective, at_start, free) if walked.kind == "diverged" else None
    norm = gradient_norm({name: columns[f"grad_{name}"][-1] for name in free}, free)
    step, loss = int(columns["step"][-1]), columns["loss"][-1].item()
    outcome = Outcome(walked.kind, step, loss, norm, walked.reason, plan.optimizer.lr, stable_lr)
    settings = plan.settings | {
        "steps": plan.beginning.last,
        "start": {name: p.tolist() for name, p in at_start.items()},
    }
    return History(columns, parameters, outcome, settings, moved(walked.state, "cpu"))


def _stable_lr(objective: Objective, params: Params, free: tuple[str, ...]) -> float | None:
    """The largest lr for plain descent from `params` with only `free` moving; None where the curvature is unknown."""
    try:
        lr = curvature.largest_stable_lr(lambda moving: objective({**params, **moving}), {p: params[p] for p in free})
    except RuntimeError:  # an operation whose derivative PyTorch cannot differentiate again
        return None
    return None if math.isnan(lr) else lr
