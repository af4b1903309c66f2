"""A model as a value: a function of x and named parameters, and where a descent may start."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gradlab._types import ModelFunction
from gradlab.errors import ModelError

HISTORY_COLUMNS = frozenset({"step", "loss", "mean_y", "mean_prediction"})
"""Names that a History already uses for columns of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`function(x, **params)` gives a prediction of shape (n,) for x of shape (n,) or (n, k).

    `parameters` are the names of the parameters in the function's order; `start` has a number or a tensor for each.

    Raises ModelError for a model without parameters, or a parameter that would hide a column of the History.

    >>> double = Model("double", lambda x, m: m * x, ("m",), {"m": 2.0})
    >>> double(21, m=2)
    42
    """

    name: str
    function: ModelFunction
    parameters: tuple[str, ...]
    start: Mapping[str, float | Tensor]

    def __post_init__(self) -> None:
        if not self.parameters:
            raise ModelError("models.no_parameters", name=self.name)
        for parameter in self.parameters:
            if parameter in HISTORY_COLUMNS or parameter in {f"grad_{other}" for other in self.parameters}:
                raise ModelError("models.reserved_parameter", name=self.name, parameter=parameter)

    def __call__(self, x: Any, /, **params: Any) -> Tensor:
        return self.function(x, **params)


def from_function(function: Callable[..., Any], name: str | None = None) -> Model:
    """A model out of `function(x, m, b)`: the first argument is x, the others are parameters.

    A default value is where that parameter starts; without one it starts at 0.

    >>> def ray(x, slope=1.5):
    ...     return slope * x
    >>> from_function(ray).parameters, from_function(ray).start
    (('slope',), {'slope': 1.5})
    """
    name = name or str(getattr(function, "__name__", type(function).__name__))
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise ModelError("models.no_signature", name=name) from None
    for argument in arguments:
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise ModelError("models.star_arguments", name=name, argument=str(argument))
    if not arguments or arguments[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise ModelError("models.no_x", name=name)
    for argument in arguments[1:]:
        if argument.kind is argument.POSITIONAL_ONLY:
            raise ModelError("models.positional_only", name=name, argument=argument.name)
    start = {argument.name: _start(name, argument) for argument in arguments[1:]}
    return Model(name, function, tuple(start), start)


def _start(name: str, argument: inspect.Parameter) -> float | Tensor:
    match argument.default:
        case inspect.Parameter.empty:
            return 0.0
        case Tensor() as tensor:
            return tensor.detach()
        case int() | float() as number:
            return float(number)
        case other:
            raise ModelError("models.default_not_a_number", name=name, argument=argument.name, value=repr(other))
