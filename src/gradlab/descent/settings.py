"""What a run was made with, as JSON can hold it: enough to say what is shown, and to go on with it."""

from typing import Any

from gradlab._types import Gradient
from gradlab.models import Model
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer


def describe(objective: Objective, gradient: str | Gradient, optimizer: Optimizer) -> dict[str, Any]:
    """The names and kinds of what was put together for a run."""
    model, y = objective.model, objective.points.y
    assert isinstance(model, Model)
    return {
        "model": model.name,
        "parameters": list(model.parameters),
        "loss": name_of(objective.loss),
        "x": list(objective.points.names),
        "n": len(objective.points),
        "gradient": name_of(gradient),
        "optimizer": optimizer.name,
        "lr": optimizer.lr,
        "dtype": str(y.dtype).removeprefix("torch."),
        "device": str(y.device),
    }


def name_of(value: Any) -> str:
    """A name as it is; else the value's own name, that of the function that made it, or that of its class.

    >>> from gradlab.gradients import chain_rule
    >>> name_of("mae"), name_of(chain_rule()), name_of(torch.nn.L1Loss())
    ('mae', 'chain_rule', 'L1Loss')
    """
    if isinstance(value, str):
        return value
    name = getattr(value, "name", None) or getattr(value, "__qualname__", None) or type(value).__name__
    return str(name).partition(".<locals>")[0].lstrip("_")
