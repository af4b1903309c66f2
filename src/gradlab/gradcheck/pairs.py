"""Which functions of a file belong together, by the lesson's convention.

`NAME_d_ARG` is the derivative of `NAME` by its argument ARG; `grad_NAME` the gradient of the mean of `NAME_loss` or
`NAME`, by the parameters of the model, which is the function whose own `_d_` partners are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradlab.gradcheck.calling import Function, parameters_of
from gradlab.gradcheck.samples import is_data, is_prediction


@dataclass(frozen=True, slots=True)
class Derivative:
    """`name` is to be the derivative of the function `base` by `argument`."""

    name: str
    base: str
    argument: str


def derivatives(functions: Mapping[str, Function]) -> list[Derivative]:
    """All pairs, in the order of the file. A name may itself hold `_d_`: the longest base with such an argument counts.

    >>> derivatives({"f": lambda x: x**2, "f_d_x": lambda x: 2 * x, "f_d_x_d_x": lambda x: 2})
    [Derivative(name='f_d_x', base='f', argument='x'), Derivative(name='f_d_x_d_x', base='f_d_x', argument='x')]
    """
    return [found[-1] for name in functions if (found := _splits(name, functions))]


def _splits(name: str, functions: Mapping[str, Function]) -> list[Derivative]:
    """The ways to cut a name into a function and its argument; the longest function last."""
    cuts = [position for position in range(1, len(name)) if name.startswith("_d_", position)]
    pairs = [Derivative(name, name[:cut], name[cut + 3 :]) for cut in cuts if name[:cut] in functions]
    known = [pair for pair in pairs if pair.argument in parameters_of(functions[pair.base])]
    if known:
        return known
    return [pair for pair in pairs if set(parameters_of(functions[name])) == set(parameters_of(functions[pair.base]))]


def loss_names(gradient: str) -> list[str]:
    """What the loss of `grad_NAME` may be called, the likeliest first."""
    name = gradient.removeprefix("grad_")
    return [f"{name}_loss", name, f"loss_{name}"]


def loss_of(gradient: str, functions: Mapping[str, Function]) -> str | None:
    """The name of the loss that `grad_NAME` belongs to; capital and small letters count as the same at need."""
    wanted = loss_names(gradient)
    small = {known.casefold(): known for known in functions}
    exact = [each for each in wanted if each in functions]
    return next(iter(exact + [small[each.casefold()] for each in wanted if each.casefold() in small]), None)


def model_of(gradient: str, loss: str, functions: Mapping[str, Function]) -> tuple[str, list[str]] | None:
    """The model behind `grad_NAME`, and the parameters by which there are derivatives of it; failing partners, the
    function that shares most parameters with the gradient. None where the loss takes the parameters itself."""
    takes, own = parameters_of(functions[gradient]), parameters_of(functions[loss])
    if not any(is_prediction(name) for name in own) and any(name in takes and not is_data(name) for name in own):
        return None
    candidates = {
        name: [p for p in parameters_of(function) if p in takes and not is_data(p) and not is_prediction(p)]
        for name, function in functions.items()
        if name != loss and "_d_" not in name and not name.startswith("grad_")
    }
    every: dict[str, list[str]] = {}
    for pair in derivatives(functions):
        if pair.base in candidates and not is_prediction(pair.argument) and not is_data(pair.argument):
            every.setdefault(pair.base, []).append(pair.argument)
    taken = {base: [argument for argument in arguments if argument in takes] for base, arguments in every.items()}
    partnered = {base: arguments for base, arguments in taken.items() if arguments}
    found = partnered or {name: shared for name, shared in candidates.items() if shared}
    found = found or (every if len(every) == 1 else {})
    used = _called_by(functions[gradient])
    best = max(found, key=lambda base: (_is_called(base, used), len(found[base])), default=None)
    return None if best is None else (best, found[best])


def _is_called(base: str, used: Sequence[str]) -> bool:
    return any(name == base or name.startswith(f"{base}_d_") for name in used)


def _called_by(function: Function) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()
