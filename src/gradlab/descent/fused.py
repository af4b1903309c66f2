"""The fused engine: rows from the kernel's loop, chunk by chunk, and one look back with PyTorch at the end."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from gradlab import kernel
from gradlab._types import Gradient, Params
from gradlab.descent.eager import Walked, verdict_of
from gradlab.descent.progress import bar
from gradlab.descent.resume import Beginning
from gradlab.descent.verdict import Verdict
from gradlab.history.steps import Kind, Reason
from gradlab.kernel import NotFusedError
from gradlab.models.start import free_names
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

Ending = tuple[int, Kind, Reason | None]
"""The last row, counted from the first of this run, and how it ended."""


def walk_fused(
    objective: Objective,
    beginning: Beginning,
    gradient: Gradient,
    optimizer: Optimizer,
    settings: dict[str, Any],
    progress: bool,
) -> Walked:
    """The same walk as the eager one. Raises NotFusedError where it cannot be fused, or came to something else."""
    _check_settings(objective, settings)
    params = beginning.params
    free = free_names(params, settings["freeze"])
    fresh = optimizer.init({name: params[name] for name in free})
    state = fresh if beginning.state is None else beginning.state
    kink = settings["kink"] if settings["gradient"] == "chain-rule" else 0.0
    loop = kernel.prepare(objective, params, free, optimizer, state, kink)
    out = torch.empty(len(loop.program.row), beginning.rows(), dtype=objective.points.y.dtype)
    with bar(beginning.rows(), progress) as advance:
        last, kind, reason = _follow(loop, out, verdict_of(beginning, settings), params, advance)
    if kernel.disagrees(loop, out[:, : last + 1], objective, params, gradient):
        raise NotFusedError("kernel.disagrees", row=beginning.first + last)
    columns = _columns(out[:, : last + 1], params, objective.mean_y, beginning)
    return Walked(columns, kernel.unpacked(loop.memory, loop.program.memory, params, state)[1], kind, reason)


def _check_settings(objective: Objective, settings: dict[str, Any]) -> None:
    """What is no descent along the exact gradient of one objective."""
    if settings["gradient"] not in ("autograd", "chain-rule"):
        raise NotFusedError("kernel.gradient", gradient=settings["gradient"])
    if settings["batch_size"] is not None and settings["batch_size"] < len(objective.points):
        raise NotFusedError("kernel.batches")


def _follow(loop: kernel.Loop, out: Tensor, verdict: Verdict, params: Params, advance: Any) -> Ending:
    """Run until all rows are there or the run is over; memory is left as it was at the last row, before its step."""
    first, end, before = 0, 0, loop.memory
    try:
        for first, end, before in loop.chunks(out, out.shape[1]):
            advance(end - first)
            found = verdict.see_many(out[0, first:end], _slopes(out[:, first:end], params, verdict.free))
            if found is not None:
                return _back_to(loop, out, (first + found[0], *found[1:]), first, before)
    except KeyboardInterrupt:
        if end == 0:
            raise
        return _back_to(loop, out, (end - 1, "interrupted", None), first, before)
    return _back_to(loop, out, (out.shape[1] - 1, verdict.at_the_end(), None), first, before)


def _back_to(loop: kernel.Loop, out: Tensor, ending: Ending, first: int, before: Tensor) -> Ending:
    """The last chunk began at row `first` with `before` in memory: from there once more, up to the last row's step."""
    loop.memory.copy_(before)
    loop.run(out, first, ending[0] - first)
    return ending


def _slopes(block: Tensor, params: Params, free: tuple[str, ...]) -> Tensor:
    """The rows of the gradient by the free parameters, (elements, rows)."""
    return torch.cat([part for name, part in _parts(block, params, 1) if name in free])


def _parts(block: Tensor, params: Params, which: int) -> Iterator[tuple[str, Tensor]]:
    """The rows of each parameter (which = 0) or of its gradient (1), (elements, rows)."""
    elements = sum(p.numel() for p in params.values())
    place = 2 + which * elements
    for name, p in params.items():
        yield name, block[place : place + p.numel()]
        place += p.numel()


def _columns(out: Tensor, params: Params, mean_y: Tensor, beginning: Beginning) -> dict[str, Tensor]:
    """The columns of a History, after those of the rows before."""
    rows = out.shape[1]
    columns = {"step": torch.arange(beginning.first, beginning.first + rows), "loss": out[0]}
    columns |= {"mean_y": mean_y.cpu().expand(rows), "mean_prediction": out[1]}
    for which, prefix in enumerate(("", "grad_")):
        columns |= {
            f"{prefix}{name}": part.T.reshape(rows, *params[name].shape) for name, part in _parts(out, params, which)
        }
    columns = {name: column.clone(memory_format=torch.contiguous_format) for name, column in columns.items()}
    earlier = beginning.earlier
    return columns if earlier is None else {name: torch.cat([earlier[name], columns[name]]) for name in columns}
