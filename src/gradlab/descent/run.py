"""A whole run: names become values, steps become a History, and how it ended is said."""

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch

from gradlab._types import Gradient, LossFunction
from gradlab.data import Points
from gradlab.descent.engines import walk
from gradlab.descent.plan import history_of, planned
from gradlab.history import History
from gradlab.models import Model
from gradlab.models.start import Start
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
    what: dict[str, Any] = {"loss": loss, "start": start, "freeze": freeze, "optimizer": optimizer, "lr": lr}
    how: dict[str, Any] = {"gradient": gradient, "delta": delta, "kink": kink, "standardise": standardise}
    how_far: dict[str, Any] = {"steps": steps, "until": until, "batch_size": batch_size, "seed": seed, "resume": resume}
    plan = planned(model, points, **what, **how, **how_far, dtype=dtype, device=device, engine=engine)
    walked = walk(plan.objective, plan.beginning, plan.gradient, plan.optimizer, plan.settings, progress)
    return history_of(plan, walked)
