"""The same run with one lr after the other: which of them descend, how far, and where it breaks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from gradlab import losses, models
from gradlab.batch.many import fit_many
from gradlab.batch.runs import Runs
from gradlab.curvature import largest_stable_lr
from gradlab.data import Points
from gradlab.descent.standardise import standardised
from gradlab.files import write_atomically
from gradlab.history.columns import flat_columns
from gradlab.models import Model
from gradlab.objective import Objective


@dataclass(frozen=True, slots=True, eq=False)
class LrSweep:
    """Run i of `runs` took `lrs[i]`. `first_loss` is the loss at the start that all share.

    `stable_lr` is the largest lr of plain gradient descent there, 2/λmax: infinite where the loss does not curve
    upwards, as MAE's does not, None where its curvature is not known.
    """

    lrs: tuple[float, ...]
    runs: Runs
    first_loss: float
    stable_lr: float | None
    loss: str

    @property
    def best(self) -> int | None:
        """The run with the lowest final loss among those that did not diverge; None where all did."""
        fine = [i for i, kind in enumerate(self.runs.kinds) if kind != "diverged"]
        return min(fine, key=lambda i: self.runs.losses[i].item(), default=None)

    def save(self, path: str | Path) -> None:
        """Write one CSV row per run: `lr`, `loss`, `steps`, `outcome`, the parameters. Raises OutputError."""
        runs = self.runs
        table = {"lr": list(self.lrs), "loss": runs.losses.tolist(), "steps": runs.steps.tolist()}
        params = {name: column.tolist() for name, column in flat_columns(runs.params)}
        with write_atomically(path) as temporary:
            pyarrow.csv.write_csv(pa.table({**table, "outcome": list(runs.kinds), **params}), temporary)


def sweep_lr(
    model: str | Callable[..., Any] | Model, points: Points, lrs: Sequence[float], *, loss: Any = "mse", **options: Any
) -> LrSweep:
    """`fit` with each of `lrs`, side by side; `options` are those of `fit`.

    >>> from gradlab.data import noisy_line
    >>> found = sweep_lr("line", noisy_line(0.5, 0.0, 50), [1e-5, 1e-3, 1e-2], start={"m": 0.8}, steps=50)
    >>> found.best, found.runs.kinds[-1], round(found.stable_lr, 6)
    (1, 'diverged', 0.001155)
    """
    model = models.resolve(model, points.names)
    runs = fit_many(model, points, lrs=lrs, loss=loss, **options)
    first = runs.histories[0]
    seen = points.to(first.losses.dtype, options.get("device"))
    if first.settings["standardise"]:
        seen, _ = standardised(seen)
    objective = Objective(model, losses.resolve(loss), seen)
    at_start = {name: first[name][0].to(seen.y.device) for name in first.parameters}
    moving = {name: value for name, value in at_start.items() if name not in first.frozen}
    try:
        stable: float | None = largest_stable_lr(lambda moved: objective({**at_start, **moved}), moving)
    except RuntimeError:  # an operation whose derivative PyTorch cannot differentiate again
        stable = None
    stable = None if stable is None or math.isnan(stable) else stable
    return LrSweep(tuple(lrs), runs, first.losses[0].item(), stable, first.settings["loss"])
