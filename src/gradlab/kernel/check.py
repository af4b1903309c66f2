"""The loop asked once more, by PyTorch: a branch of the model that no recording visited would show here."""

from collections.abc import Iterator

import torch
from torch import Tensor

from gradlab._types import Evaluation, Gradient, Params
from gradlab.kernel.run import Loop
from gradlab.objective import Objective

SAMPLES = 16
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-3}
"""Relative to the size of the terms that are averaged: their sum may cancel, and does where a run has converged."""


def disagrees(loop: Loop, out: Tensor, objective: Objective, params: Params, gradient: Gradient) -> bool:
    """Whether PyTorch sees something else at the last row of `out` (columns, rows), and at the last finite one."""
    finite = out.isfinite().all(0).nonzero()[:, 0]
    rows = {out.shape[1] - 1, *([int(finite[-1])] if len(finite) else [])}
    return any(_differs(loop, out[:, row], objective, params, gradient) for row in rows)


def _differs(loop: Loop, row: Tensor, objective: Objective, params: Params, gradient: Gradient) -> bool:
    size = sum(p.numel() for p in params.values())
    parts = row[2 : 2 + size].split([p.numel() for p in params.values()])
    at = {name: part.reshape(p.shape) for part, (name, p) in zip(parts, params.items(), strict=True)}
    seen, ours = _numbers(gradient(objective, at), params), torch.cat([row[:2], row[2 + size :]])
    if not seen.isfinite().all() or not ours.isfinite().all():
        return bool((seen.isfinite() != ours.isfinite()).any())
    scale = torch.stack([seen.abs(), ours.abs(), *_terms(loop, at, size)]).amax(0)
    return bool(((seen - ours).abs() > TOLERANCE[row.dtype] * scale).any())


def _numbers(evaluation: Evaluation, params: Params) -> Tensor:
    """Loss, mean prediction and gradient, as the loop writes them."""
    measures = [evaluation.loss.reshape(1), evaluation.mean_prediction.reshape(1)]
    return torch.cat([*measures, *(evaluation.gradient[name].reshape(-1) for name in params)])


def _terms(loop: Loop, at: Params, size: int) -> Iterator[Tensor]:
    """What the loop says of some points, each by itself: the size of what is averaged."""
    for point in torch.linspace(0, loop.n - 1, SAMPLES, dtype=torch.float64).long().unique().tolist():
        out = loop.at_point(point, torch.cat([p.reshape(-1) for p in at.values()]))
        yield torch.cat([out[:2], out[2 + size :]]).abs().nan_to_num(0.0, 0.0, 0.0)
