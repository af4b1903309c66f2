"""Where each run of many ended, by the verdict that single runs are given."""

from collections.abc import Collection

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.descent.verdict import CONVERGED, FAR, Verdict
from gradlab.history.steps import Kind, Reason

Ending = tuple[int, Kind, Reason | None]
"""The last row of a run, and how it ended."""


def gradient_norms(slopes: Params) -> Tensor:
    """The Euclidean norm over all elements of the gradient, (rows, runs), of slopes (rows, runs, …) by name."""
    elements = torch.cat([slope.reshape(*slope.shape[:2], -1) for slope in slopes.values()], -1)
    return torch.linalg.vector_norm(elements.double(), dim=-1)


def endings(losses: Tensor, slopes: Params, until: float | None) -> list[Ending]:
    """How each run ended, of losses (rows, runs) and the slopes of what moves.

    Only the few runs in which something happened are followed row by row.
    """
    losses, norms = losses.double(), gradient_norms(slopes)
    eventful = ~(losses.isfinite() & norms.isfinite()).all(0) | (losses > FAR * losses[0]).any(0)
    if until is not None:
        eventful |= (norms <= until).any(0)
    small = norms[-1] <= (CONVERGED if until is None else until)
    last = len(losses) - 1
    found: list[Ending] = [(last, "converged" if each else "steps-done", None) for each in small.tolist()]
    for run in eventful.nonzero()[:, 0].tolist():
        found[run] = _followed(Verdict(tuple(slopes), until), losses[:, run].tolist(), norms[:, run].tolist())
    return found


def _followed(verdict: Verdict, losses: list[float], norms: list[float]) -> Ending:
    for row, (loss, norm) in enumerate(zip(losses, norms, strict=True)):
        if (end := verdict.judge(loss, norm)) is not None:
            return row, *end
    return len(losses) - 1, verdict.at_the_end(), None


def all_ended(losses: Tensor, slopes: Params, until: float | None) -> bool:
    """Whether every run's loss has left the numbers, or its gradient norm has fallen to `until`."""
    norms = gradient_norms(slopes)
    over = ~(losses.isfinite() & norms.isfinite())
    return bool((over if until is None else over | (norms <= until)).any(0).all())


def free_slopes(columns: Params, free: Collection[str]) -> Params:
    """The gradient by the parameters that move."""
    return {name: columns[f"grad_{name}"] for name in free}
