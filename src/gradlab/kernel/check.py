"""The loop asked once more, by PyTorch: a branch of the model that no recording visited would show here."""

from collections.abc import Iterator

import torch
from torch import Tensor

from gradlab._types import Evaluation, Gradient, Params
from gradlab.kernel.run import Loop
from gradlab.objective import Objective

SAMPLES = 16
LOOKED_AT = 65_536
"""Points that PyTorch is asked about: eagerly, all of millions would take longer than many fused steps."""

TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-3}
"""Relative to the size of the terms that are averaged: their sum may cancel, and does where a run has converged."""


def disagrees(loop: Loop, out: Tensor, objective: Objective, params: Params, gradient: Gradient) -> bool:
    """Whether PyTorch sees something else at the last row of `out` (columns, rows), or at the last finite one."""
    last = out.shape[1] - 1
    rows = [last] if out[:, last].isfinite().all() or last == 0 else [last, last - 1]
    return any(_differs(loop, out[:, row], objective, params, gradient) for row in rows)


def _differs(loop: Loop, row: Tensor, objective: Objective, params: Params, gradient: Gradient) -> bool:
    sizes = [p.numel() for p in params.values()]
    parts = row[2 : 2 + sum(sizes)].split(sizes)
    at = {name: part.reshape(p.shape) for part, (name, p) in zip(parts, params.items(), strict=True)}
    flat = row[2 : 2 + sum(sizes)]
    ours = _measures(row, sum(sizes))
    if loop.n > LOOKED_AT and ours.isfinite().all():
        first = torch.arange(LOOKED_AT)
        objective, ours = objective.rows(first), _measures(loop.row_of(slice(0, LOOKED_AT), flat), sum(sizes))
    seen = _numbers(gradient(objective, at), params)
    if not (seen.isfinite().all() and ours.isfinite().all()):
        return bool((seen.isfinite() != ours.isfinite()).any())
    scale = torch.stack([seen.abs(), ours.abs(), *_terms(loop, flat)]).amax(0)
    return bool(((seen - ours).abs() > TOLERANCE[row.dtype] * scale).any())


def _measures(row: Tensor, size: int) -> Tensor:
    """Loss, mean prediction and gradient out of a row."""
    return torch.cat([row[:2], row[2 + size :]])


def _numbers(evaluation: Evaluation, params: Params) -> Tensor:
    """The same, as PyTorch sees it."""
    measures = [evaluation.loss.reshape(1), evaluation.mean_prediction.reshape(1)]
    return torch.cat([*measures, *(evaluation.gradient[name].reshape(-1) for name in params)])


def _terms(loop: Loop, parameters: Tensor) -> Iterator[Tensor]:
    """What the loop says of some points, each by itself: the size of what is averaged."""
    for point in torch.linspace(0, loop.n - 1, SAMPLES, dtype=torch.float64).long().unique().tolist():
        alone = loop.row_of(slice(point, point + 1), parameters)
        yield _measures(alone, len(parameters)).abs().nan_to_num(0.0, 0.0, 0.0)
