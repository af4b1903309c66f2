"""The walk of many runs side by side: every tensor has one more axis in front, the runs.

`vmap` gives each run its own parameters and points, so that a model is the same function as in a single run; the
gradient of the sum of all losses is the gradient of each, for no run's loss depends on another's parameters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params, State
from gradlab.batch.ends import all_ended, free_slopes
from gradlab.data.points import known_finite
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

LOOK = 64
"""Rows between two looks at whether all runs have ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Runs that stand side by side and take their steps with one optimizer."""

    runs: slice
    optimizer: Optimizer


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """What many runs share, and where each begins; x and y are those of all runs, or have the runs as first axis."""

    objective: Objective
    params: Params
    x: Tensor
    y: Tensor
    batches: Callable[[int], Tensor] | None
    groups: tuple[Group, ...]
    free: tuple[str, ...]
    until: float | None

    @property
    def own_points(self) -> bool:
        """Whether each run has points of its own."""
        return self.y.dim() == 2


def walk_together(many: Together, steps: int) -> tuple[Params, list[State]]:
    """All rows as columns (rows, runs, …), and each group's state at the last. Ends early when all runs have.

    The rows are written into room taken beforehand: kept apart, they would lie in the gaps of the larger intermediates
    freed before, and memory would grow with all of these.
    """
    columns: Params = {}
    params, rows = many.params, steps + 1
    states = [group.optimizer.init(_of(params, group, many.free)) for group in many.groups]
    for step in range(rows):
        row = evaluate(many, params, step)
        columns = columns or {name: value.new_empty(rows, *value.shape) for name, value in row.items()}
        for name, value in row.items():
            columns[name][step] = value
        if step % LOOK == LOOK - 1 and _over(many, columns, slice(step + 1 - LOOK, step + 1)):
            rows = step + 1
            break
        if step < steps:
            params, states = _moved(many, params, row, states)
    return {name: column[:rows] for name, column in columns.items()}, states


def _over(many: Together, columns: Params, rows: slice) -> bool:
    slopes = {name: slope[rows] for name, slope in free_slopes(columns, many.free).items()}
    return all_ended(columns["loss"][rows], slopes, many.until)


def evaluate(many: Together, params: Params, step: int) -> Params:
    """One row of all runs by the names of its columns: loss, mean of y, mean prediction, parameters, gradient."""
    x, y, own = _points_of(many, step)
    leaves = {name: p.detach().requires_grad_() for name, p in params.items()}
    each = 0 if own else None
    measures = torch.func.vmap(partial(_measures, many.objective), (0, each, each))
    with torch.enable_grad():
        loss, mean_y, mean_prediction = measures(leaves, x, y)
    if loss.requires_grad:
        slopes = torch.autograd.grad(loss.sum(), tuple(leaves.values()), materialize_grads=True)
    else:
        slopes = tuple(torch.zeros_like(p) for p in params.values())
    gradient = {f"grad_{name}": slope for name, slope in zip(params, slopes, strict=True)}
    means = {"mean_y": mean_y, "mean_prediction": mean_prediction.detach()}
    return {"loss": loss.detach(), **means, **params, **gradient}


def _measures(objective: Objective, params: Params, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    here = Objective(objective.model, objective.loss, known_finite(x, y, objective.points.names))
    prediction, loss = here.forward(params)
    return loss, here.mean_y, prediction.mean()


def _points_of(many: Together, step: int) -> tuple[Tensor, Tensor, bool]:
    """x and y of one step, and whether each run sees its own."""
    if many.batches is None:
        return many.x, many.y, many.own_points
    index = many.batches(step)
    if not many.own_points:
        return many.x[index], many.y[index], True
    run = torch.arange(len(index), device=index.device)[:, None]
    return many.x[run, index], many.y[run, index], True


def _of(params: Params, group: Group, free: Iterable[str]) -> Params:
    return {name: params[name][group.runs] for name in free}


def _moved(many: Together, params: Params, row: Params, states: list[State]) -> tuple[Params, list[State]]:
    """One step of every group; the optimizers' arithmetic is elementwise, so the runs in a group do not meet."""
    gradient = free_slopes(row, many.free)
    steps: list[tuple[Params, Any]] = [
        group.optimizer.step(_of(params, group, many.free), _of(gradient, group, many.free), state)
        for group, state in zip(many.groups, states, strict=True)
    ]
    moved = {name: torch.cat([after[name] for after, _ in steps]) for name in many.free}
    return {**params, **moved}, [state for _, state in steps]
