"""One step, looked into: three gradients, the loop's code by phases, PyTorch's own attributes, the graph."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradlab import gradients, losses
from gradlab._types import Params
from gradlab.data import Points
from gradlab.errors import RecordingError
from gradlab.formula import formulas
from gradlab.history.columns import named_numbers
from gradlab.lab.loop import PHASES, Program, write
from gradlab.lab.loop.program import is_batched
from gradlab.lab.loop.running import Running, batches_of, beginning
from gradlab.lab.loop.tensors import plain, tensor_table
from gradlab.lab.picture import laid_out, traced
from gradlab.lab.runs import Run
from gradlab.lab.state import State
from gradlab.messages import text
from gradlab.models import Model
from gradlab.objective import Objective

WAYS = ("finite-difference", "chain-rule", "autograd")


def step(run: Run, index: int) -> dict[str, Any]:
    """The header of a `step`: everything at row `index` of the run, or at its last row if it ended before."""
    state, model, points, history = run.state, run.model, run.points, run.history
    index = min(index, history.steps)
    params = {name: history[name][index] for name in history.parameters}
    program = write(state, model, run.start())
    seen = points.rows(batches_of(state, len(points))(index)) if is_batched(state) else points
    found = _gradients(state, Objective(model, losses.resolve(state.loss), seen), params)
    return {
        "index": index,
        "code": program.text,
        "phases": _phases(program, state, index, points, params),
        "gradients": found,
        "digits": {way: agreement(found[way], found["autograd"]) for way in WAYS[:2]},
        "graph": _graph(state, index, model, seen, params),
        **_formulas(Objective(model, losses.resolve(state.loss), seen), params, state.kink),
    }


def _formulas(objective: Objective, params: Params, kink: float) -> dict[str, Any]:
    """MathML: `formula`, the chain rule filled with this step's numbers, by parameter; `symbols`, the same in names.

    None where the model has an operation without a formula.
    """
    try:
        found = formulas(objective, params, kink)
    except RecordingError:
        return {"formula": None, "symbols": None}
    parts = {"model": found.model, "loss": found.loss, "loss_derivative": found.loss_derivative}
    symbols: dict[str, Any] = {name: equation.mathml() for name, equation in parts.items()}
    symbols["partials"] = {name: equation.mathml() for name, equation in found.partials.items()}
    symbols["gradient"] = {name: equation.mathml() for name, equation in found.gradient.items()}
    return {
        "formula": {name: equation.mathml(numbers=True) for name, equation in found.gradient.items()},
        "symbols": symbols,
    }


def _gradients(state: State, objective: Objective, params: Params) -> dict[str, dict[str, Any]]:
    """The gradient the three ways at the same place; the way of the state with its own Δ, scheme and kink."""
    kind, _, scheme = state.gradient.partition(":")
    difference = f"finite-difference:{scheme}" if kind == "finite-difference" and scheme else "finite-difference"
    found = {}
    for way in WAYS:
        gradient = gradients.resolve(difference if way == "finite-difference" else way, state.delta, state.kink)
        slopes = named_numbers(gradient(objective, params).gradient)
        found[way] = {name: plain(value) for name, value in slopes.items()}
    return found


def agreement(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, float | None]:
    """To how many decimal digits numbers agree: −log₁₀ of their relative difference, at most 16; None for no number.

    >>> agreement({"m": 25.0}, {"m": 25.0025})["m"]
    4.0
    """
    return {name: _digits(one[name], other[name]) for name in one}


def _digits(one: Any, other: Any) -> float | None:
    if isinstance(one, str) or isinstance(other, str):
        return None
    if one == other:
        return 16.0
    return round(min(16.0, max(0.0, -math.log10(abs(one - other) / max(abs(one), abs(other))))), 1)


def _phases(program: Program, state: State, index: int, points: Points, params: Params) -> list[dict[str, Any]]:
    """The loop really runs up to this step; there it gets the History's own digits, and each phase is looked at."""
    running = Running(program, beginning(state, points))
    running.set_up()
    running.steps(0, index)
    _put(running.parameters(), params)
    names = [*program.variables.values(), "x", "y", "y_pred"]
    told = []
    for phase in PHASES:
        running.phase(phase, index)
        names += {"loss": ["loss"], "gradient": [s for s in program.slopes.values() if "." not in s]}.get(phase, [])
        block = program.block(phase)
        told.append(
            {
                "name": phase,
                "code": program.lines_of(phase),
                "text": block.comment or text("loop.nothing_to_clear"),
                "tensors": tensor_table(running.variables, names),
            }
        )
    return told


def _put(variables: Params, params: Params) -> None:
    """The History's digits, where rounding in another order made the last ones differ; no version counts this."""
    for name, variable in variables.items():
        variable.data.copy_(params[name])


def _graph(state: State, index: int, model: Model, seen: Points, params: Params) -> dict[str, Any]:
    """The graph that PyTorch builds at this step, whichever way the run takes to its gradient."""
    plainly = replace(state, gradient="autograd", optimizer="sgd", batch=None)
    program = write(plainly, model, named_numbers(params))
    running = Running(program, {"x": seen.x, "y": seen.y})
    running.set_up()
    return laid_out(traced(running, index))
