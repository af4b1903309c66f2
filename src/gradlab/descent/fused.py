"""The fused engine: rows from the kernel's loop, chunk by chunk, and one look back with PyTorch at the end."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from gradlab import kernel
from gradlab._types import Gradient, Params
from gradlab.descent.eager import Walked, verdict_of
from gradlab.descent.progress import bar
from gradlab.descent.resume import Beginning
from gradlab.descent.verdict import FAR, RISES, Verdict, gradient_norm
from gradlab.history.steps import Kind, Reason
from gradlab.kernel import NotFusedError
from gradlab.models.start import free_names
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

MOST_RISES = RISES + 2
"""Losses that have to be seen to know whether there were as many rises as matter."""

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
    out = _room(len(loop.program.row), beginning.rows(), objective.points.y.dtype)
    with bar(beginning.rows(), progress) as advance:
        last, kind, reason = _follow(loop, out, verdict_of(beginning, settings), params, advance)
    if kernel.disagrees(loop, out[:, : last + 1], objective, params, gradient):
        raise NotFusedError("kernel.disagrees", row=beginning.first + last)
    columns = _columns(out, last + 1, params, objective.mean_y, beginning)
    return Walked(columns, kernel.unpacked(loop.memory, loop.program.memory, params, state)[1], kind, reason)


def _room(columns: int, rows: int, dtype: torch.dtype) -> Tensor:
    """Where the rows will be written; a page of it that is never reached costs no memory."""
    try:
        return torch.empty(columns, rows, dtype=dtype)
    except RuntimeError:
        size = columns * rows * dtype.itemsize
        raise NotFusedError("kernel.memory", rows=rows, gigabytes=round(size / 1e9)) from None


def _check_settings(objective: Objective, settings: dict[str, Any]) -> None:
    """What is no descent along the exact gradient of one objective."""
    if settings["gradient"] not in ("autograd", "chain-rule"):
        raise NotFusedError("kernel.gradient", gradient=settings["gradient"])
    if settings["batch_size"] is not None and settings["batch_size"] < len(objective.points):
        raise NotFusedError("kernel.batches")


def _follow(loop: kernel.Loop, out: Tensor, verdict: Verdict, params: Params, advance: Any) -> Ending:
    """Run until all rows are there or the run is over; memory is left as it was at the last row, before its step."""
    chunk = None
    _watch(loop, verdict)
    try:
        for chunk in loop.chunks(out, out.shape[1]):
            advance(chunk.end - chunk.first)
            verdict.remember(out[0, chunk.first : chunk.end - 1][-MOST_RISES:].tolist())
            if (end := verdict.judge(*_judged(out[:, chunk.end - 1], params, verdict.free))) is not None:
                return _back_to(loop, out, chunk, end)
            _watch(loop, verdict)
    except KeyboardInterrupt:
        if chunk is None:
            raise
        return _back_to(loop, out, chunk, ("interrupted", None))
    assert chunk is not None  # there is at least one row
    return _back_to(loop, out, chunk, (verdict.at_the_end(), None))


def _watch(loop: kernel.Loop, verdict: Verdict) -> None:
    """Let the loop stop wherever the verdict might be that the run is over."""
    far = math.inf if math.isnan(verdict.first_loss) else FAR * verdict.first_loss
    loop.watch_for(far, RISES, verdict.loss, verdict.rises, -1.0 if verdict.until is None else verdict.until)


def _judged(row: Tensor, params: Params, free: tuple[str, ...]) -> tuple[float, float]:
    """Loss and gradient norm of a row."""
    return row[0].item(), gradient_norm(dict(_parts(row, params, 1)), free)


def _back_to(loop: kernel.Loop, out: Tensor, chunk: kernel.Chunk, end: tuple[Kind, Reason | None]) -> Ending:
    """To the last row of the chunk, before its step: from the beginning of the chunk once more, up to there."""
    loop.memory.copy_(chunk.before)
    loop.watch_nothing()
    loop.run(out, chunk.first, chunk.end - 1 - chunk.first)
    return chunk.end - 1, *end


def _parts(block: Tensor, params: Params, which: int) -> Iterator[tuple[str, Tensor]]:
    """The rows of each parameter (which = 0) or of its gradient (1), (elements, rows)."""
    elements = sum(p.numel() for p in params.values())
    place = 2 + which * elements
    for name, p in params.items():
        yield name, block[place : place + p.numel()]
        place += p.numel()


def _columns(out: Tensor, rows: int, params: Params, mean_y: Tensor, beginning: Beginning) -> dict[str, Tensor]:
    """The columns of a History, after those of the rows before; the first `rows` of `out` are there."""
    whole, out = out.shape[1], out[:, :rows]
    columns = {"step": torch.arange(beginning.first, beginning.first + rows), "loss": out[0]}
    columns |= {"mean_y": mean_y.cpu().repeat(rows), "mean_prediction": out[1]}
    for which, prefix in enumerate(("", "grad_")):
        columns |= {
            f"{prefix}{name}": part.T.reshape(rows, *params[name].shape) for name, part in _parts(out, params, which)
        }
    if 2 * rows < whole:  # a short run must not hold the memory of a long one
        columns = {name: column.clone() for name, column in columns.items()}
    earlier = beginning.earlier
    return columns if earlier is None else {name: torch.cat([earlier[name], columns[name]]) for name in columns}
