"""One solve: the whole trajectory, the surface under it, and what the panes draw, as arrays."""

import time
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.curvature import largest_stable_lr
from gradlab.data import Points
from gradlab.history import History
from gradlab.lab.landscape import landscape
from gradlab.lab.runs import Run
from gradlab.lab.state import State
from gradlab.models import Model
from gradlab.objective import Objective
from gradlab.solve import least_squares

SHOWN = 500
"""Points beyond these are fitted, not drawn."""

CURVE = 64

Answer = tuple[dict[str, Any], dict[str, Tensor]]


def solve(run: Run, state: State) -> Answer:
    """Header and arrays of a `solution`: `run` is the run of `state`."""
    began = time.perf_counter()
    model, seen, history = run.model, run.points, run.history
    free = tuple(name for name in history.parameters if name not in history.settings["freeze"])
    exact = least_squares(model, seen, history.params, free)
    ground, arrays = landscape(state, model, seen, history, exact)
    header = _header(history, run.objective, exact) | ground | {"shown": min(len(seen), SHOWN)}
    arrays = _columns(history) | _curves(model, seen, history) | arrays
    return header | {"seconds": time.perf_counter() - began}, arrays


def numbers(params: Mapping[str, Tensor] | None) -> dict[str, Any] | None:
    """Parameters as JSON, None where there are none; JSON has no word for what is not finite."""
    return None if params is None else {name: finite(value.tolist()) for name, value in params.items()}


def finite(value: Any) -> Any:
    if isinstance(value, list):
        return [finite(each) for each in value]
    return value if abs(value) < float("inf") else None


def _header(history: History, objective: Objective, exact: Mapping[str, Tensor] | None) -> dict[str, Any]:
    outcome, elements = history.outcome, list(history.elements())
    start = {name: history[name][0] for name in history.parameters}
    return {
        "parameters": list(history.parameters),
        "elements": [element.name for element in elements],
        "rows": len(history),
        "outcome": {
            "kind": outcome.kind,
            "step": outcome.step,
            "reason": outcome.reason,
            "sentence": outcome.sentence(),
        },
        "engine": history.engine,
        "stable_lr": finite(largest_stable_lr(objective, start)),
        "least_squares": numbers(exact),
        "mean_y": objective.mean_y.item(),
        "settings": {k: v for k, v in history.settings.items() if k != "state"},
    }


def _columns(history: History) -> dict[str, Tensor]:
    """Full precision: a person reads digits of these."""
    elements = list(history.elements())
    return {
        "step": history["step"].to(torch.int32),
        **{name: history[name].to(torch.float64) for name in ("loss", "mean_prediction")},
        "params": torch.stack([element.values for element in elements], 1).to(torch.float64),
        "gradient": torch.stack([element.gradient for element in elements], 1).to(torch.float64),
    }


def _curves(model: Model, points: Points, history: History) -> dict[str, Tensor]:
    """The model over x at every row, and its predictions at the points that are drawn."""
    x = points.x if points.x.dim() == 1 else points.x[:, 0]
    margin = 0.05 * (x.max() - x.min()) + (1e-3 if bool(x.max() == x.min()) else 0)
    along = torch.linspace(
        float(min(x.min() - margin, torch.tensor(0.0))), float(x.max() + margin), CURVE, dtype=x.dtype
    )
    columns = {name: history[name] for name in history.parameters}
    return {
        "curve_x": along.to(torch.float32),
        "curve_y": at_every_row(model, along, columns).to(torch.float32),
        "prediction": at_every_row(model, x[:SHOWN], columns).to(torch.float32),
    }


def at_every_row(model: Model, x: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """The model at `x` for each row of parameters, (rows, len(x)); all rows at once where the model can be batched."""

    def one(params: Mapping[str, Tensor]) -> Tensor:
        return model(x, **params)

    with torch.no_grad():
        try:
            return torch.func.vmap(one)(dict(columns))
        except (RuntimeError, ValueError):  # a model that branches on values goes row by row
            rows = len(next(iter(columns.values())))
            return torch.stack([one({name: column[row] for name, column in columns.items()}) for row in range(rows)])
