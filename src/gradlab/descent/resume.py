"""Going on with an earlier run: where it stood, what its optimizer remembered, and whether it is the same run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params, State
from gradlab.errors import OptionError
from gradlab.history import History
from gradlab.optimizers import Optimizer

SAME = ("model", "loss", "optimizer", "freeze", "standardise", "dtype")
"""Settings in which the two halves of a run must agree; the others (lr, gradient, batch_size, …) may change midway."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a run sets out: at step `first` from `params`, after the rows `earlier`, to go on to step `last`."""

    params: Params
    last: int
    first: int = 0
    state: State | None = None
    earlier: dict[str, Tensor] | None = None

    def rows(self) -> int:
        """How many rows are to come, the first one included."""
        return self.last - self.first + 1

    def earlier_losses(self) -> list[float]:
        """The losses of the rows before `first`."""
        return [] if self.earlier is None else self.earlier["loss"].tolist()


def read(resume: History | str | os.PathLike[str] | None) -> History | None:
    """The earlier run, from its file if it is not at hand."""
    return resume if resume is None or isinstance(resume, History) else History.load(resume)


def dtype_of(history: History | None) -> torch.dtype | None:
    """The dtype that the run was made in, where its settings say."""
    name = None if history is None else history.settings.get("dtype")
    dtype = getattr(torch, str(name), None)
    return dtype if isinstance(dtype, torch.dtype) else None


def resumed(history: History, settings: Mapping[str, Any], start: Any, optimizer: Optimizer, like: Tensor) -> Beginning:
    """The beginning at the end of `history`: on to step `settings["steps"]` in all, or as many more if it is there.

    The last row is evaluated again, on the same numbers, so the run is bit for bit the unbroken one. Raises OptionError
    where the two are not one run, where it had diverged, or where an optimizer's memory is not in the file.
    """
    if start:
        raise OptionError("descent.resume_start", names=", ".join(start))
    _check_same(history, settings)
    params = {name: p.to(like.device, like.dtype) for name, p in history.params.items()}
    fresh = optimizer.init({name: p for name, p in params.items() if name not in settings["freeze"]})
    if not _fits(fresh if history.state is None else history.state, fresh):
        raise OptionError("descent.resume_state", optimizer=optimizer.name)
    end, steps = history.steps, settings["steps"]
    return Beginning(
        params=params,
        last=steps if steps > end else end + steps,
        first=end,
        state=None if history.state is None else moved(history.state, like.device),
        earlier={name: column[:-1].to(_dtype(column, like)) for name, column in history.columns.items()},
    )


def _check_same(history: History, settings: Mapping[str, Any]) -> None:
    was, now = list(history.parameters), settings["parameters"]
    if was != now:
        raise OptionError("descent.resume_parameters", was=", ".join(was), now=", ".join(now))
    for name in SAME:
        if name in history.settings and history.settings[name] != settings[name]:
            raise OptionError("descent.resume_differs", name=name, was=history.settings[name], now=settings[name])
    if history.outcome.kind == "diverged":
        raise OptionError("descent.resume_diverged", step=history.outcome.step, loss=history.outcome.loss)
    if history.state is None and settings["optimizer"] != "sgd":
        raise OptionError("descent.resume_without_state", optimizer=settings["optimizer"])


def _fits(kept: Any, fresh: Any) -> bool:
    """Whether what a file kept can stand where a new state would; what torch.optim added along the way is its own."""
    if isinstance(fresh, dict):
        return isinstance(kept, dict) and all(key in kept and _fits(kept[key], fresh[key]) for key in fresh)
    if isinstance(fresh, Tensor):
        return isinstance(kept, Tensor) and (kept.shape, kept.dtype) == (fresh.shape, fresh.dtype)
    return isinstance(kept, type(fresh))


def _dtype(column: Tensor, like: Tensor) -> torch.dtype:
    return like.dtype if column.is_floating_point() else column.dtype


def moved(state: Any, device: torch.device | str) -> Any:
    """An optimizer's state on another device; its numbers keep their dtype, which the optimizer chose."""
    match state:
        case Tensor():
            return state.to(device)
        case dict():
            return {key: moved(value, device) for key, value in state.items()}
        case list() | tuple():
            return type(state)(moved(value, device) for value in state)
    return state
