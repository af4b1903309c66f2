"""Losses: how far one prediction is from one y, each with its derivative beside it.

All are elementwise, in operations that have a rule; the mean is taken once, in `objective.py`. The mean of the absolute
error is the MAE, which PyTorch calls `torch.nn.L1Loss`; the mean of the squared error is the MSE, `torch.nn.MSELoss`.
The MSE is not the L2 norm: that is the root of the sum of the squares, without a mean.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gradlab._types import LossFunction
from gradlab.errors import OptionError


@dataclass(frozen=True, slots=True)
class Loss:
    """An elementwise loss: `value(prediction, y)` and `derivative(prediction, y, kink)` = ∂value/∂prediction.

    `kink` is the derivative chosen for |a| at a = 0, where there is none: PyTorch says 0, the lesson +1. Smooth losses
    take it and need it not.

    >>> absolute_error(torch.tensor(3.0), torch.tensor(5.0))
    tensor(2.)
    """

    name: str
    value: Callable[[Tensor, Tensor], Tensor]
    derivative: Callable[..., Tensor]

    def __call__(self, prediction: Tensor, y: Tensor) -> Tensor:
        return self.value(prediction, y)


def _shortest(number: float) -> str:
    """No digit lost and none too many: a loss is found again by its name."""
    return repr(float(number)).removesuffix(".0")


def _slope_of_abs(residual: Tensor, kink: float) -> Tensor:
    return torch.where(residual == 0, kink, torch.sign(residual))


def _absolute(prediction: Tensor, y: Tensor) -> Tensor:
    return torch.abs(prediction - y)


def _absolute_d_prediction(prediction: Tensor, y: Tensor, kink: float = 0.0) -> Tensor:
    return _slope_of_abs(prediction - y, kink)


def _squared(prediction: Tensor, y: Tensor) -> Tensor:
    return (prediction - y) ** 2


def _squared_d_prediction(prediction: Tensor, y: Tensor, kink: float = 0.0) -> Tensor:
    return 2 * (prediction - y)


def _log_cosh(prediction: Tensor, y: Tensor) -> Tensor:
    """log(cosh(r)) = |r| + log(1 + exp(-2|r|)) - log 2: nothing here can overflow."""
    distance = torch.abs(prediction - y)
    return distance + torch.nn.functional.softplus(-2 * distance) - math.log(2)


def _log_cosh_d_prediction(prediction: Tensor, y: Tensor, kink: float = 0.0) -> Tensor:
    return torch.tanh(prediction - y)


absolute_error = Loss("mae", _absolute, _absolute_d_prediction)
squared_error = Loss("mse", _squared, _squared_d_prediction)
log_cosh = Loss("logcosh", _log_cosh, _log_cosh_d_prediction)


def huber(delta: float = 1.0) -> Loss:
    """Squared near 0, absolute far from it: r²/2 where |r| <= delta, delta*(|r| - delta/2) beyond; r = prediction - y.

    `torch.nn.HuberLoss`; `delta` is in the units of y. Raises OptionError unless delta is positive and finite.
    Source: P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35 (1964).

    >>> huber(1.0)(torch.tensor([0.5, 3.0]), torch.tensor([0.0, 0.0]))
    tensor([0.1250, 2.5000])
    """
    if not (delta > 0 and math.isfinite(delta)):
        raise OptionError("losses.huber_delta", value=delta)

    def value(prediction: Tensor, y: Tensor) -> Tensor:
        distance = torch.abs(prediction - y)
        return torch.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2))

    def derivative(prediction: Tensor, y: Tensor, kink: float = 0.0) -> Tensor:
        return torch.clamp(prediction - y, -delta, delta)

    return Loss(f"huber:{_shortest(delta)}", value, derivative)


def quantile(q: float) -> Loss:
    """The pinball loss, least on average at the q-quantile of y given x.

    q*(y - prediction) where y lies above the prediction, (1-q)*(prediction - y) where it lies below; written as
    |r|/2 + (1/2 - q)*r with r = prediction - y, so that `kink` -1 and +1 give its one-sided slopes at 0, -q and 1-q.
    Raises OptionError unless 0 < q < 1.
    Source: R. Koenker and G. Bassett, "Regression Quantiles", Econometrica 46 (1978).

    >>> quantile(0.9)(torch.tensor([0.0, 0.0]), torch.tensor([1.0, -1.0]))
    tensor([0.9000, 0.1000])
    """
    if not 0 < q < 1:
        raise OptionError("losses.quantile", value=q)

    def value(prediction: Tensor, y: Tensor) -> Tensor:
        residual = prediction - y
        return torch.abs(residual) / 2 + (0.5 - q) * residual

    def derivative(prediction: Tensor, y: Tensor, kink: float = 0.0) -> Tensor:
        return _slope_of_abs(prediction - y, kink) / 2 + (0.5 - q)

    return Loss(f"quantile:{_shortest(q)}", value, derivative)


PLAIN = {loss.name: loss for loss in (absolute_error, squared_error, log_cosh)}
NAMES = ("mae", "mse", "huber[:D]", "logcosh", "quantile:Q")


def resolve(loss: str | LossFunction) -> LossFunction:
    """The loss of that name: "mae", "mse", "huber", "huber:1.5", "logcosh", "quantile:0.9"; a function is itself.

    Raises OptionError for any other name, or a number out of its range.

    >>> resolve("huber:1.5").name
    'huber:1.5'
    """
    if not isinstance(loss, str):
        return loss
    name, colon, number = loss.partition(":")
    if name in PLAIN and not colon:
        return PLAIN[name]
    if name == "huber":
        return huber(_number(loss, number)) if colon else huber()
    if name == "quantile":
        return quantile(_number(loss, number))
    raise OptionError.unknown("losses.unknown", loss, NAMES)


def _number(loss: str, number: str) -> float:
    try:
        return float(number)
    except ValueError:
        raise OptionError("losses.number", name=loss, known=", ".join(NAMES)) from None
