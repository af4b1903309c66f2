"""A whole run: names become values, steps become a History, and how it ended is said."""

import math
import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch

from gradlab import curvature, gradients, losses, models, optimizers
from gradlab._types import Gradient, LossFunction, Params
from gradlab.data import Points
from gradlab.descent.checks import check_options
from gradlab.descent.engines import walk
from gradlab.descent.resume import Beginning, dtype_of, moved, read, resumed
from gradlab.descent.settings import describe
from gradlab.descent.standardise import Scale, standardised
from gradlab.descent.verdict import gradient_norm
from gradlab.history import History, Outcome
from gradlab.models import Model
from gradlab.models.start import Start, free_names, starting_params
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer


def fit(
    model: str | Callable[..., Any] | Model,
    points: Points,
    *,
    loss: str | LossFunction = "mse",
    start: Start | None = None,
    freeze: Collection[str] = (),
    lr: float = 1e-3,
    steps: int = 100,
    gradient: str | Gradient = "autograd",
    delta: float | Mapping[str, float] | None = None,
    kink: float = 0.0,
    optimizer: str | Optimizer = "sgd",
    batch_size: int | None = None,
    seed: int = 0,
    standardise: bool = False,
    until: float | None = None,
    resume: History | str | os.PathLike[str] | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
    engine: str = "auto",
    progress: bool = False,
) -> History:
    """Fit `model` to `points` by gradient descent, and keep every step: rows 0..steps.

        loss(p) = 1/N Σᵢ loss(model(xᵢ, p), yᵢ),    p ← p − lr · ∂loss/∂p

    `model`, `loss`, `gradient` and `optimizer` are names or values of their rooms; `start` has numbers or tensors by
    parameter or element (`w[0]`), over the model's own; `freeze` names parameters that stay; an Optimizer value brings
    its own lr. `delta` and `kink` are for the gradients that know them.

    It takes `steps` steps. It ends before that if it diverges (a loss or gradient that is not finite, or a loss over
    1e6 × the first and rising for 10 steps), if the gradient norm falls to `until`, or on Ctrl-C, which keeps what was
    computed. A run without `until` whose gradient norm ends at 1e-6 or less is reported as converged.

    `standardise` measures x in its own spread, (x − mean)/sd; start, parameters and gradient are then those of that x,
    and `settings["standardise"]` has the means and sds. `resume`, a History or its file, goes on where it ended, on to
    step `steps` in all, or by `steps` more if it is there already; the History has the whole run, equal to an unbroken
    one bit for bit. `dtype` and `device` take points and parameters along; default: those of the points.

    Raises OptionError, DataError or ModelError, each with a sentence, for what cannot be meant.

    >>> from gradlab.data import noisy_line
    >>> history = fit("line", noisy_line(0.5, 0.0, 50), loss="mae", start={"m": 0.8}, freeze=["b"], steps=25)
    >>> len(history), history.outcome.kind, history.params["b"].item()
    (26, 'steps-done', 0.0)
    """
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
    return _run(objective, beginning, gradients.resolve(gradient, delta, kink), optimizer, settings, progress)


def _prepared(
    points: Points, dtype: torch.dtype | None, device: torch.device | str | None, standardise: bool
) -> tuple[Points, Scale | None]:
    if dtype is not None or device is not None:
        points = points.to(dtype, device)
    return standardised(points) if standardise else (points, None)


def _run(
    objective: Objective,
    beginning: Beginning,
    gradient: Gradient,
    optimizer: Optimizer,
    settings: dict[str, Any],
    progress: bool,
) -> History:
    """Walk from the beginning to its last step, or to where the run ends before that; put together what came of it."""
    parameters = tuple(beginning.params)
    free = free_names(parameters, settings["freeze"])
    walked = walk(objective, beginning, gradient, optimizer, settings, progress)
    columns = walked.columns
    at_start = {name: columns[name][0].to(objective.points.y.device) for name in parameters}
    stable_lr = _stable_lr(objective, at_start, free) if walked.kind == "diverged" else None
    norm = gradient_norm({name: columns[f"grad_{name}"][-1] for name in free}, free)
    step, loss = int(columns["step"][-1]), columns["loss"][-1].item()
    outcome = Outcome(walked.kind, step, loss, norm, walked.reason, optimizer.lr, stable_lr)
    settings |= {"steps": beginning.last, "start": {name: p.tolist() for name, p in at_start.items()}}
    return History(columns, parameters, outcome, settings, moved(walked.state, "cpu"))


def _stable_lr(objective: Objective, params: Params, free: tuple[str, ...]) -> float | None:
    """The largest lr for plain descent from `params` with only `free` moving; None where the curvature is unknown."""
    try:
        lr = curvature.largest_stable_lr(lambda moving: objective({**params, **moving}), {p: params[p] for p in free})
    except RuntimeError:  # an operation whose derivative PyTorch cannot differentiate again
        return None
    return None if math.isnan(lr) else lr
