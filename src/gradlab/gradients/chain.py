"""The gradient by hand: the chain rule, walked back through the operations that ran.

    ∂L/∂operand = Σ over the operations that used it of ∂L/∂result · ∂result/∂operand

The local derivatives come from `rules`; nothing here asks autograd for a number. The model is recorded anew at each
call, because it may take another branch at other parameters.
"""

from typing import Any

import torch
from torch import Tensor

from gradlab._types import Evaluation, Gradient, ObjectiveFunction, Params
from gradlab.errors import RecordingError
from gradlab.gradients.evaluation import evaluation, leaves_of
from gradlab.objective import forward
from gradlab.recorder import Operation, Recorder, Recording, Value
from gradlab.rules import PULLBACKS, RULES, partial_on_tensors, sum_to
from gradlab.rules.elementwise import is_condition


def chain_rule(kink: float = 0.0) -> Gradient:
    """Record the objective, then walk back with one local derivative per operation.

    `kink` is the derivative taken for |u| at u = 0, where none exists: 0 is PyTorch's choice, +1 the lesson's.

    Raises RecordingError, naming it, for an operation without a rule through which the gradient would have to pass.

    >>> at_zero = {"a": torch.tensor(0.0)}
    >>> chain_rule(kink=1.0)(lambda params: abs(params["a"]), at_zero).gradient["a"]
    tensor(1.)
    """

    def by_hand(objective: ObjectiveFunction, params: Params, /) -> Evaluation:
        leaves, recorder = leaves_of(params), Recorder()
        roots = {name: recorder.recording.value(leaf) for name, leaf in leaves.items()}
        with torch.enable_grad(), recorder:
            prediction, loss = forward(objective, leaves)
        with torch.no_grad():
            arrived = walk_back(recorder.recording, loss, kink)
            gradient = {name: arrived.get(root, torch.zeros_like(leaves[name])) for name, root in roots.items()}
            return evaluation(objective, prediction, loss, gradient)

    return by_hand


def walk_back(recording: Recording, loss: Tensor, kink: float = 0.0) -> dict[Value, Tensor]:
    """∂loss/∂value for every value between the parameters and `loss`, a scalar, by the chain rule.

    >>> u = torch.tensor(3.0, requires_grad=True)
    >>> with Recorder() as recorder:
    ...     loss = (2 * u) ** 2
    >>> with torch.no_grad():
    ...     walk_back(recorder.recording, loss)[recorder.recording.value(u)]
    tensor(24.)
    """
    if recording.through_a_view is not None:
        raise RecordingError("recorder.through_a_view", operation=recording.through_a_view)
    end = recording.value(loss)
    arrived: dict[Value, Tensor] = {end: torch.ones_like(loss)} if end.tracked else {}
    for operation in reversed(recording.operations):
        if operation.result in arrived:
            for value, gradient in passed_back(operation, arrived[operation.result], kink):
                arrived[value] = arrived[value] + gradient if value in arrived else gradient
    return arrived


def passed_back(operation: Operation, g: Tensor, kink: float) -> list[tuple[Value, Tensor]]:
    """What the gradient `g` at an operation's result becomes at each operand that autograd would follow."""
    if operation.name in RULES:
        return _through_rule(operation, g, kink)
    if operation.name in PULLBACKS:
        return _through_pullback(operation, g)
    known = ", ".join(sorted(RULES.keys() | PULLBACKS.keys()))
    raise RecordingError("recorder.no_rule", operation=operation.name, known=known)


def _through_rule(operation: Operation, g: Tensor, kink: float) -> list[tuple[Value, Tensor]]:
    rule, passed = RULES[operation.name], []
    surroundings = {**operation.tensors(), "out": operation.result.tensor, "kink": kink}
    for name, value in operation.values():
        if value.tracked and name in rule.partials:
            partial = partial_on_tensors(rule.name, name)(surroundings)
            through = _select(partial, g) if is_condition(rule.partials[name]) else g * partial
            passed.append((value, sum_to(through, value.tensor.shape).to(value.tensor.dtype)))
    return passed


def _select(condition: Any, g: Tensor) -> Tensor:
    """Where the condition holds `g` passes; elsewhere 0, even if `g` is infinite or NaN."""
    return torch.where(torch.as_tensor(condition, device=g.device), g, torch.zeros_like(g))


def _through_pullback(operation: Operation, g: Tensor) -> list[tuple[Value, Tensor]]:
    named = operation.tensors()
    extra = named.pop("*", ())
    positional = [named.pop("a")]
    back = PULLBACKS[operation.name](g, operation.result.tensor, *positional, *extra, **named)
    arrived: list[tuple[Any, Tensor | None]] = []
    for name, operand in operation.operands.items():
        gradients = back.get(name)
        arrived += zip(operand, gradients, strict=True) if isinstance(gradients, list) else [(operand, gradients)]
    followed = [(v, d) for v, d in arrived if isinstance(v, Value) and v.tracked and d is not None]
    return [(value, d.to(value.tensor.dtype)) for value, d in followed]
