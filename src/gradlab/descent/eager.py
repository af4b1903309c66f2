"""The eager engine: PyTorch, operation by operation, a row a step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from torch import Tensor

from gradlab._types import Gradient, State
from gradlab.descent.progress import bar
from gradlab.descent.resume import Beginning
from gradlab.descent.rows import Rows
from gradlab.descent.verdict import Verdict
from gradlab.descent.walk import descend
from gradlab.history import Step
from gradlab.history.steps import Kind, Reason
from gradlab.models.start import free_names
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What came of a walk, whichever engine made it: all rows, the optimizer's state at the last, how it ended."""

    columns: dict[str, Tensor]
    state: State
    kind: Kind
    reason: Reason | None


def verdict_of(beginning: Beginning, settings: dict[str, Any]) -> Verdict:
    """A verdict that has seen the rows before the beginning."""
    verdict = Verdict(free_names(beginning.params, settings["freeze"]), settings["until"])
    verdict.remember(beginning.earlier_losses())
    return verdict


def walk_eagerly(
    objective: Objective,
    beginning: Beginning,
    gradient: Gradient,
    optimizer: Optimizer,
    settings: dict[str, Any],
    progress: bool,
) -> Walked:
    """From the beginning to its last step, or to where the run ends before that."""
    walk = descend(
        objective,
        beginning.params,
        gradient=gradient,
        optimizer=optimizer,
        freeze=settings["freeze"],
        state=beginning.state,
        first=beginning.first,
        batch_size=settings["batch_size"],
        seed=settings["seed"],
    )
    rows = Rows(tuple(beginning.params), beginning.earlier)
    with bar(beginning.rows(), progress) as advance:
        kind, reason = _collect(islice(walk, beginning.rows()), rows, verdict_of(beginning, settings), advance)
    return Walked(rows.columns(), rows.last_step().state, kind, reason)


def _collect(
    steps: Iterable[Step], rows: Rows, verdict: Verdict, advance: Callable[[int], object]
) -> tuple[Kind, Reason | None]:
    """Keep the steps until the run is over, and say how it ended."""
    try:
        for step in steps:
            rows.add(step)
            advance(1)
            if (end := verdict.see(step)) is not None:
                return end
    except KeyboardInterrupt:
        if rows.last is None:
            raise
        return "interrupted", None
    return verdict.at_the_end(), None
