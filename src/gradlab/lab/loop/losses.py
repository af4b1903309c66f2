"""The losses as source: how far each prediction is off, and the slope of that, in the operations of `losses`."""

from dataclasses import dataclass

from gradlab.lab.loop.spelling import number


@dataclass(frozen=True, slots=True)
class WrittenLoss:
    """`value` and `slope` (∂value/∂y_pred) are elementwise; `before` are lines that both may use."""

    before: tuple[str, ...]
    value: str
    slope: str


_DISTANCE = ("distance = torch.abs(y_pred - y)",)
_RESIDUAL = ("residual = y_pred - y",)
_LOG_2 = "0.6931471805599453"


def written_loss(name: str, kink: float = 0.0) -> WrittenLoss:
    """The loss of that name, which `losses.resolve` knows.

    >>> written_loss("mse").value
    '(y_pred - y)**2'
    """
    kind, _, parameter = name.partition(":")
    size = number(float(parameter or 1.0))
    match kind:
        case "mae":
            return WrittenLoss((), "torch.abs(y_pred - y)", _sign("y_pred - y", kink))
        case "mse":
            return WrittenLoss((), "(y_pred - y)**2", "2 * (y_pred - y)")
        case "huber":
            value = f"torch.where(distance <= {size}, distance**2 / 2, {size} * (distance - {size} / 2))"
            return WrittenLoss(_DISTANCE, value, f"torch.clamp(y_pred - y, -{size}, {size})")
        case "logcosh":
            value = f"distance + torch.nn.functional.softplus(-2 * distance) - {_LOG_2}"
            return WrittenLoss(_DISTANCE, value, "torch.tanh(y_pred - y)")
        case _:
            value = f"torch.abs(residual) / 2 + (0.5 - {size}) * residual"
            return WrittenLoss(_RESIDUAL, value, f"{_sign('residual', kink)} / 2 + (0.5 - {size})")


def _sign(residual: str, kink: float) -> str:
    """The slope of |residual|; at 0, where it has none, the one chosen."""
    if kink == 0:
        return f"torch.sign({residual})"
    return f"torch.where({residual} == 0, {number(kink)}, torch.sign({residual}))"
