"""A whole run: names become values, steps become a History, and how it ended is said."""

import math
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any

import torch

from gradlab import curvature, gradients, losses, models, optimizers
from gradlab._types import Gradient, LossFunction, Params
from gradlab.data import Points
from gradlab.descent.checks import check_options
from gradlab.descent.resume import Beginning, dtype_of, moved, read, resumed
from gradlab.descent.rows import Rows
from gradlab.descent.settings import describe
from gradlab.descent.standardise import Scale, standardised
from gradlab.descent.start import Start, starting_params
from gradlab.descent.verdict import Verdict, gradient_norm
from gradlab.descent.walk import descend, free_names
from gradlab.history import History, Outcome, Step
from gradlab.history.steps import Kind, Reason
from gradlab.messages import text
from gradlab.models import Model
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

BAR_AFTER = 1.0
"""Seconds before a progress bar appears: a run that is shorter needs none."""


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
    """Walk from the beginning to its last step, or to where the run ends before that."""
    params, parameters = beginning.params, tuple(beginning.params)
    walk = descend(
        objective,
        params,
        gradient=gradient,
        optimizer=optimizer,
        freeze=settings["freeze"],
        state=beginning.state,
        first=beginning.first,
        batch_size=settings["batch_size"],
        seed=settings["seed"],
    )
    rows = Rows(parameters, beginning.earlier)
    verdict = Verdict(free_names(parameters, settings["freeze"]), settings["until"])
    verdict.remember(beginning.earlier_losses())
    kind, reason = _collect(_with_bar(islice(walk, beginning.rows()), beginning.rows(), progress), rows, verdict)
    columns, last = rows.columns(), rows.last_step()
    at_start = {name: columns[name][0].to(params[name].device) for name in parameters}
    stable_lr = _stable_lr(objective, at_start, verdict.free) if kind == "diverged" else None
    loss, norm = last.evaluation.loss.item(), gradient_norm(last.evaluation.gradient, verdict.free)
    outcome = Outcome(kind, last.index, loss, norm, reason, optimizer.lr, stable_lr)
    settings |= {"steps": beginning.last, "start": {name: p.tolist() for name, p in at_start.items()}}
    return History(columns, parameters, outcome, settings, moved(last.state, "cpu"))


def _collect(steps: Iterable[Step], rows: Rows, verdict: Verdict) -> tuple[Kind, Reason | None]:
    """Keep the steps until the run is over, and say how it ended."""
    try:
        for step in steps:
            rows.add(step)
            if (end := verdict.see(step)) is not None:
                return end
    except KeyboardInterrupt:
        if rows.last is None:
            raise
        return "interrupted", None
    return verdict.at_the_end(), None


def _with_bar(steps: Iterable[Step], total: int, progress: bool) -> Iterable[Step]:
    """A progress bar on stderr, if there is a person to see it and the run takes more than a second."""
    if not (progress and sys.stderr.isatty()):
        return steps
    from tqdm import tqdm

    return tqdm(steps, total=total, delay=BAR_AFTER, leave=False, unit=f" {text('descent.unit')}", dynamic_ncols=True)


def _stable_lr(objective: Objective, params: Params, free: tuple[str, ...]) -> float | None:
    """The largest lr for plain descent from `params` with only `free` moving; None where the curvature is unknown."""
    try:
        lr = curvature.largest_stable_lr(lambda moving: objective({**params, **moving}), {p: params[p] for p in free})
    except RuntimeError:  # an operation whose derivative PyTorch cannot differentiate again
        return None
    return None if math.isnan(lr) else lr
