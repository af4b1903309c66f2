"""Is a prediction linear in its parameters? Proved from the recording, not from the model's name.

    prediction(p) = c + J p

An operation is affine in an operand if its local derivative with respect to it holds neither that operand, nor the
result, nor anything else that depends on a parameter: the rules say which. Then one least-squares solve gives the
optimum that descent walks towards.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.expressions import Call, Expression, Number, walk
from gradlab.recorder import Operation, Recorder
from gradlab.rules import LINEAR, RULES
from gradlab.rules.elementwise import mentions

_STEPS = frozenset({"floor", "ceil", "round", "trunc", "sign"})
"""Flat between jumps: the local derivative is constant there and the function is not linear all the same."""

Prediction = Callable[[Params], Tensor]


def is_linear(prediction: Prediction, params: Params) -> bool:
    """Whether `prediction(params)` is an affine function of all elements of `params`; False where it cannot be shown.

    >>> x = torch.tensor([1.0, 2.0])
    >>> at = {"m": torch.tensor(1.0), "b": torch.tensor(1.0)}
    >>> is_linear(lambda p: p["m"] * torch.sin(x) + p["b"], at), is_linear(lambda p: torch.sin(p["m"] * x), at)
    (True, False)
    """
    recorder = Recorder()
    leaves = {name: value.detach().clone() for name, value in params.items()}
    dependent = {recorder.recording.value(leaf) for leaf in leaves.values()}
    with torch.no_grad(), recorder:
        prediction(leaves)
    for operation in recorder.recording.operations:
        moving = {name for name, value in operation.values() if value in dependent}
        if moving and not _is_affine_in(operation, moving):
            return False
        if moving:
            dependent.add(operation.result)
    return recorder.recording.through_a_view is None and dependent.isdisjoint(recorder.recording.read_out)


def _is_affine_in(operation: Operation, moving: set[str]) -> bool:
    if operation.name in LINEAR:
        return operation.name not in {"matmul", "outer"} or len(moving) == 1
    rule = RULES.get(operation.name)
    if rule is None or any(isinstance(part, Call) and part.function in _STEPS for part in walk(rule.value)):
        return False
    return all(name in rule.partials and _is_constant(rule.partials[name], moving) for name in moving)


def _is_constant(partial: Expression, moving: set[str]) -> bool:
    return partial != Number(0.0) and not any(mentions(partial, name) for name in (*moving, "out"))


def design(prediction: Prediction, params: Params, free: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    """`J` (n, k) and `c` (n,) of a linear prediction, k being the number of elements of the `free` parameters.

    What is not free stays at its value in `params` and becomes part of `c`. Columns in the order of `free`, row-major.

    >>> x = torch.tensor([1.0, 2.0])
    >>> design(lambda p: p["m"] * x + p["b"], {"m": torch.tensor(7.0), "b": torch.tensor(5.0)}, ("m",))
    (tensor([[1.],
            [2.]]), tensor([5., 5.]))
    """
    zero = {name: torch.zeros_like(value) if name in free else value for name, value in params.items()}
    with torch.no_grad():
        offset = prediction(zero)
        columns = []
        for name in free:
            for index in range(params[name].numel()):
                unit = torch.zeros_like(params[name]).reshape(-1)
                unit[index] = 1
                columns.append(prediction(zero | {name: unit.reshape(params[name].shape)}) - offset)
    return torch.stack(columns, dim=1), offset


def unpacked(values: Tensor, params: Params, free: tuple[str, ...]) -> Params:
    """A vector of k numbers as parameters again; what is not free is taken from `params`."""
    sizes = [params[name].numel() for name in free]
    parts: Mapping[str, Tensor] = dict(zip(free, values.split(sizes), strict=True))
    return {name: parts[name].reshape(value.shape) if name in parts else value for name, value in params.items()}
