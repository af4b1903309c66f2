"""Runs side by side: a race of several states, and finite differences against Δ."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import OptionError
from gradlab.gradcheck import delta_sweep
from gradlab.lab.loop.tensors import plain
from gradlab.lab.runs import Run
from gradlab.lab.solving import summary
from gradlab.lab.state import State, read_state

MOST_RUNNERS = 8
MOST_PARAMETERS = 6
SCHEMES = ("forward", "central", "richardson")
DTYPES = (torch.float64, torch.float32)
DELTAS = torch.logspace(-9, 1, 41, dtype=torch.float64)

Answer = tuple[dict[str, Any], dict[str, Tensor]]


def race(raw: Any, run_of: Callable[[State], Run]) -> Answer:
    """Header and arrays of a `race`: each state run; the front releases them together.

    Raises OptionError for no list of at most eight states, and what `fit` raises for any of them.
    """
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_RUNNERS:
        raise OptionError("lab.runners", limit=MOST_RUNNERS, field="states")
    runs = [run_of(read_state(one)) for one in raw]
    arrays = {f"loss_{place}": run.history.losses.to(torch.float64) for place, run in enumerate(runs)}
    for place, run in enumerate(runs):
        columns = [element.values for element in run.history.elements()]
        arrays[f"params_{place}"] = torch.stack(columns, 1).to(torch.float64)
    return {"runs": [summary(run) for run in runs]}, arrays


def delta(run: Run, index: int) -> Answer:
    """Header and arrays of a `delta`: how wrong a finite difference is at row `index`, over ten decades of Δ.

    One curve for each parameter (the first six), dtype and scheme, with what theory says of it beside it; `kinks` has
    for each parameter how many kinks lie within Δ.
    """
    index = min(index, run.history.steps)
    params = {name: run.history[name][index] for name in run.history.parameters}
    curves: list[Mapping[str, Any]] = []
    errors, theory, kinks = [], [], []
    for name in list(params)[:MOST_PARAMETERS]:
        swept = delta_sweep(run.objective, params, name, deltas=DELTAS, schemes=SCHEMES, dtypes=DTYPES)
        kinks.append(swept.kinks)
        for label, error in swept.errors.items():
            scheme, dtype = label.split()
            named = {"parameter": name, "scheme": scheme, "dtype": dtype}
            curves.append(named | {"autograd": plain(swept.derivative), "best": swept.best[label]})
            errors.append(error)
            theory.append(swept.theory[label])
    arrays = {"deltas": DELTAS, "errors": torch.stack(errors), "theory": torch.stack(theory)}
    return {"index": index, "curves": curves}, arrays | {"kinks": torch.stack(kinks).to(torch.int32)}
