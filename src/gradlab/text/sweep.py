"""A sweep of the lr as a table."""

import math

from gradlab.batch import LrSweep
from gradlab.messages import text
from gradlab.text.lines import aligned, hanging


def sweep_table(sweep: LrSweep) -> str:
    """One row per lr: where the loss ended, after how many steps, and how; then what is best, and what is too large.

    >>> found = gradlab.sweep_lr("line", gradlab.noisy_line(0.5, 0.0, 50), [1e-3, 1e-2], start={"m": 0.8}, steps=50)
    >>> print(sweep_table(found))
    lr           loss  steps  outcome
    0.001     5.47204     50  steps done
    0.01   1.5355e+26     10  diverged
    <BLANKLINE>
    lowest final loss: 5.47204, with lr 0.001 (at the start it was 91.3714).
    largest stable lr of plain gradient descent at the start: 0.001155 (2 over the
    largest eigenvalue of the Hessian).
    """
    rows = [[text("text.head_lr"), text("text.head_loss"), text("text.head_steps"), text("text.head_outcome")]]
    runs = sweep.runs
    for lr, loss, steps, kind in zip(sweep.lrs, runs.losses.tolist(), runs.steps.tolist(), runs.kinds, strict=True):
        rows.append([f"{lr:.4g}", f"{loss:.6g}", str(steps), text(f"outcome.name_{kind.replace('-', '_')}")])
    lines = aligned([row[:3] for row in rows])
    table = [f"{line}  {row[3]}" for line, row in zip(lines, rows, strict=True)]
    return "\n".join([*table, "", *hanging("", _best(sweep)), *hanging("", _limit(sweep))])


def _best(sweep: LrSweep) -> str:
    if sweep.best is None:
        return text("text.sweep_all_diverged", first=sweep.first_loss)
    loss = sweep.runs.losses[sweep.best].item()
    return text("text.sweep_best", loss=loss, lr=sweep.lrs[sweep.best], first=sweep.first_loss)


def _limit(sweep: LrSweep) -> str:
    if sweep.stable_lr is None:
        return text("text.sweep_limit_unknown")
    if math.isinf(sweep.stable_lr):
        return text("text.sweep_no_limit")
    return text("text.sweep_limit", lr=sweep.stable_lr)
