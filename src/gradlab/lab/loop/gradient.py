"""The three ways to a gradient as source: PyTorch's backward, the chain rule written out, a difference of losses."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from gradlab.errors import OptionError
from gradlab.gradients.difference import best_delta
from gradlab.lab.loop.derivative import derivative
from gradlab.lab.loop.losses import WrittenLoss
from gradlab.lab.loop.prediction import WrittenModel
from gradlab.lab.loop.spelling import bracketed, number, python_text


@dataclass(frozen=True, slots=True)
class WrittenGradient:
    """`lines` compute `slopes`, the gradient's name in the code by parameter; `setup` stands before the loop.

    Where PyTorch keeps the gradient (`tracked`), it stands in `.grad` and is cleared after use.
    """

    kind: str
    tracked: bool
    setup: tuple[str, ...]
    lines: tuple[str, ...]
    slopes: Mapping[str, str]


def written_gradient(
    method: str, delta: float | None, kink: float, model: WrittenModel, loss: WrittenLoss
) -> WrittenGradient:
    """The gradient phase of the loop. Raises OptionError where a written derivative needs a formula that is not there.

    >>> from gradlab.lab.loop.losses import written_loss
    >>> from gradlab.lab.loop.prediction import written_model
    >>> from gradlab.models import resolve
    >>> written_gradient("autograd", None, 0.0, written_model(resolve("line")), written_loss("mse")).lines
    ('loss.backward()',)
    """
    variables = model.variables
    kind, _, scheme = method.partition(":")
    if kind == "autograd":
        grads = {name: f"{variable}.grad" for name, variable in variables.items()}
        return WrittenGradient("autograd", True, (), ("loss.backward()",), grads)
    slopes = {name: f"grad_{variable}" for name, variable in variables.items()}
    if kind == "chain-rule":
        return WrittenGradient("chain_rule", False, (), _by_hand(model, loss, kink), slopes)
    setup, lines = _by_trying(scheme or "central", delta, model, loss)
    return WrittenGradient("finite_difference", False, setup, lines, slopes)


def _by_hand(model: WrittenModel, loss: WrittenLoss, kink: float) -> tuple[str, ...]:
    """∂loss/∂y_pred point by point, times ∂y_pred/∂p, averaged: the derivative of a mean is the mean of derivatives."""
    if model.expression is None:
        raise OptionError("lab.no_written_derivative", field="gradient")
    lines = [f"slope = {loss.slope}"]
    for name, variable in model.variables.items():
        partial = python_text(derivative(model.expression, name, kink), model.variables)
        lines.append(f"grad_{variable} = (slope * {bracketed(partial)}).mean()")
    return tuple(lines)


def _by_trying(
    scheme: str, delta: float | None, model: WrittenModel, loss: WrittenLoss
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    variables = list(model.variables.values())
    body = [f"y_pred = {model.text}", *loss.before, f"return {bracketed(loss.value)}.mean()"]
    setup = [f"def loss_at({', '.join(variables)}):", *(f"    {line}" for line in body), ""]
    if delta is not None:
        setup.append(f"delta = {number(delta)}")
    lines = []
    for variable in variables:
        if delta is None:
            best = best_delta(scheme, 0.0, torch.float64)
            lines.append(f"delta = {best!r} * max(1.0, abs({variable}.item()))")
        lines.append(f"grad_{variable} = {_difference(scheme, variable, variables)}")
    return tuple(setup), tuple(lines)


def _difference(scheme: str, moved: str, variables: list[str]) -> str:
    def loss_at(shift: str) -> str:
        return f"loss_at({', '.join(f'{v} {shift}' if v == moved else v for v in variables)})"

    central = f"({loss_at('+ delta')} - {loss_at('- delta')}) / (2 * delta)"
    if scheme == "forward":
        return f"({loss_at('+ delta')} - loss) / delta"
    if scheme == "central":
        return central
    half = f"({loss_at('+ delta / 2')} - {loss_at('- delta / 2')}) / delta"
    return f"(4 * ({half}) - {central}) / 3"
