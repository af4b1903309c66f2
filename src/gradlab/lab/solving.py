"""One solve: the whole trajectory, the surface under it, and what the panes draw, as arrays."""

import time
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.curvature import largest_stable_lr
from gradlab.history import History, Outcome
from gradlab.lab.landscape import landscape
from gradlab.lab.loop.tensors import plain
from gradlab.lab.runs import Run
from gradlab.lab.state import State
from gradlab.linearity import design, is_linear
from gradlab.models import Model
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
    header = (
        summary(run)
        | _facts(run, exact)
        | {"quadratic": _quadratic(run, free)}
        | ground
        | {"shown": min(len(seen), SHOWN)}
    )
    arrays = _columns(history) | _curves(run) | arrays
    return header | {"seconds": time.perf_counter() - began}, arrays


def numbers(params: Mapping[str, Tensor] | None) -> dict[str, Any] | None:
    """Parameters as JSON, None where there are none; JSON has no word for what is not finite."""
    return None if params is None else {name: finite(value.tolist()) for name, value in params.items()}


def finite(value: Any) -> Any:
    """Numbers as they are, None for those that are not finite."""
    if isinstance(value, list):
        return [finite(each) for each in value]
    return value if abs(value) < float("inf") else None


def summary(run: Run) -> dict[str, Any]:
    """What a run came to: parameters, rows, outcome, engine, settings."""
    history = run.history
    return {
        "parameters": list(history.parameters),
        "elements": [element.name for element in history.elements()],
        "rows": len(history),
        "outcome": _outcome(history.outcome),
        "engine": history.engine,
        "settings": {name: value for name, value in history.settings.items() if name != "state"},
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """Sentences with their keys, so that the language can be switched without a new solve."""
    said: list[dict[str, Any]] = [
        {"key": key, "values": {name: plain(value) for name, value in values.items()}}
        for key, values in outcome.sentences()
    ]
    told = {"kind": outcome.kind, "step": outcome.step, "reason": outcome.reason, "sentence": outcome.sentence()}
    return told | said[0] | {"sentences": said}


def _facts(run: Run, exact: Mapping[str, Tensor] | None) -> dict[str, Any]:
    """What is known of the problem without walking: the largest stable lr, the answer where it can be solved for."""
    start = {name: run.history[name][0] for name in run.history.parameters}
    stable_lr = largest_stable_lr(run.objective, start)
    return {
        "stable_lr": finite(stable_lr),
        "least_squares": numbers(exact),
        "mean_y": run.objective.mean_y.item(),
    }


def _quadratic(run: Run, free: tuple[str, ...]) -> dict[str, Any] | None:
    """What is known in closed form of the MSE of a model linear in its free parameters; None of any other.

    Its Hessian H = 2/n·JᵀJ is the same everywhere. Along an eigenvector with eigenvalue λ plain descent multiplies the
    distance to the answer by 1 − lr·λ at each step: `rate` is the largest of them in size, 1 or more where it diverges.
    """
    params = {name: value for name, value in run.history.params.items() if bool(torch.isfinite(value).all())}
    params = {name: run.history[name][0] for name in run.history.parameters} | params
    moving = {name: params[name] for name in free}

    def prediction(some: Mapping[str, Tensor]) -> Tensor:
        return run.model(run.points.x, **{**params, **some})

    if run.state.loss != "mse" or not is_linear(prediction, moving):
        return None
    matrix, _ = design(prediction, moving, free)
    curvatures = torch.linalg.eigvalsh(2 * matrix.T @ matrix / len(matrix))
    smallest, largest = curvatures[0].item(), curvatures[-1].item()
    return {
        "curvatures": curvatures.tolist(),
        "condition_number": largest / smallest if smallest > 0 else None,
        "rate": (1 - run.state.lr * curvatures).abs().max().item() if run.state.optimizer == "sgd" else None,
        "best_lr": 2 / (smallest + largest) if largest > 0 else None,
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


def _curves(run: Run) -> dict[str, Tensor]:
    """The model over x at every row, x in a person's own units, and its predictions at the points that are drawn."""
    x, seen, scale = run.state.points.x, run.points.x, run.history.settings["standardise"]
    margin = 0.05 * (x.max() - x.min()) + (1e-3 if bool(x.max() == x.min()) else 0)
    zero = torch.zeros((), dtype=x.dtype)
    along = torch.linspace(float(torch.minimum(x.min() - margin, zero)), float(x.max() + margin), CURVE, dtype=x.dtype)
    inside = (along - scale["mean"][0]) / scale["sd"][0] if scale else along
    columns = {name: run.history[name] for name in run.history.parameters}
    both = at_every_row(run.model, torch.cat([inside, seen[:SHOWN]]), columns).to(torch.float32)
    return {"curve_x": along.to(torch.float32), "curve_y": both[:, :CURVE], "prediction": both[:, CURVE:]}


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
