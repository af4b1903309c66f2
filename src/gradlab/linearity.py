"""Is a prediction linear in its parameters? Proved from the recording, not from the model's name.

    prediction(p) = c + J p

An operation is affine in an operand if its local derivative with respect to it holds neither that operand, nor the
result, nor anything else that depends on a parameter: the rules say which. Then one least-squares solve gives the
optimum that descent walks towards.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.expressions import Call, Expression, Number, walk
from gradlab.recorder import Operation, Recorder, Recording, Value
from gradlab.rules import LINEAR, RULES
from gradlab.rules.elementwise import mentions

_STEPS = frozenset({"floor", "ceil", "round", "trunc", "sign"})
"""Flat between jumps: the local derivative is constant there and the function is not linear all the same."""

Prediction = Callable[[Params], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A prediction as it was computed once: `roots` are its parameters, `result` is what came out."""

    recording: Recording
    roots: dict[str, Value]
    result: Value

    def is_linear_in(self, names: Collection[str]) -> bool:
        """Whether it is an affine function of all elements of these parameters together, the others being held."""
        recording = self.recording
        moving = recording.depending_on(self.roots[name] for name in names)
        if recording.through_a_view is not None or not moving.isdisjoint(recording.read_out):
            return False
        operations = [operation for operation in recording.operations if operation.result in moving]
        return all(_is_affine_in(o, {name for name, value in o.values() if value in moving}) for o in operations)


def recorded(prediction: Prediction, params: Params) -> Recorded:
    """Run `prediction(params)` once, on numbers that no graph follows, and keep what it did."""
    recorder = Recorder()
    leaves = {name: value.detach().clone() for name, value in params.items()}
    roots = {name: recorder.recording.value(leaf) for name, leaf in leaves.items()}
    with torch.no_grad(), recorder:
        result = prediction(leaves)
    return Recorded(recorder.recording, roots, recorder.recording.value(result))


def is_linear(prediction: Prediction, params: Params) -> bool:
    """Whether `prediction(params)` is an affine function of all elements of `params`; False where it cannot be shown.

    >>> x = torch.tensor([1.0, 2.0])
    >>> at = {"m": torch.tensor(1.0), "b": torch.tensor(1.0)}
    >>> is_linear(lambda p: p["m"] * torch.sin(x) + p["b"], at), is_linear(lambda p: torch.sin(p["m"] * x), at)
    (True, False)
    """
    return recorded(prediction, params).is_linear_in(params)


def linear_together(prediction: Recorded, names: Collection[str]) -> tuple[str, ...]:
    """Parameters out of `names` in which a prediction is linear while the others are held, taken in turn.

    >>> x = torch.tensor([1.0, 2.0])
    >>> at = {name: torch.tensor(1.0) for name in "abk"}
    >>> linear_together(recorded(lambda p: p["a"] * torch.exp(p["k"] * x) + p["b"], at), at)
    ('a', 'b')
    """
    found: tuple[str, ...] = ()
    for name in names:
        if prediction.is_linear_in((*found, name)):
            found = (*found, name)
    return found


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
