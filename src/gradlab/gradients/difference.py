"""The gradient by trying: a little more, a little less, and the difference of the losses over the step Δ.

    forward     (L(p + Δ) − L(p)) / Δ                      error ≈ Δ/2 · L''
    central     (L(p + Δ) − L(p − Δ)) / 2Δ                 error ≈ Δ²/6 · L'''      the lesson's
    richardson  (4 · central(Δ/2) − central(Δ)) / 3        error ≈ Δ⁴

2P or more forwards for P parameters, where one backward does for all. Without a `delta` of your own each parameter p
gets the step that balances the error above against rounding: ε^(1/2), ε^(1/3), ε^(1/5) times max(1, |p|), ε being
the relative precision of the dtype (Press et al., Numerical Recipes, §5.7).
"""

import math
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from gradlab._types import Evaluation, Gradient, ObjectiveFunction, Params
from gradlab.errors import OptionError
from gradlab.gradients.evaluation import evaluation
from gradlab.objective import forward

Along = Callable[[float], Tensor]
"""The loss as a function of one element's shift."""

_ROOT: Mapping[str, int] = {"forward": 2, "central": 3, "richardson": 5}
SCHEMES = tuple(_ROOT)


def finite_difference(delta: float | Mapping[str, float] | None = None, scheme: str = "central") -> Gradient:
    """Differences of the loss: one Δ for all parameters, one each (`{"m": 0.1, "b": 1.0}`), or the best by theory.

    `scheme` is central, forward or richardson. Raises OptionError for a Δ that is not a positive finite number, an
    unknown scheme, or parameters without a Δ.

    >>> at_two = {"a": torch.tensor(2.0, dtype=torch.float64)}
    >>> finite_difference(0.1)(lambda params: params["a"] ** 3, at_two).gradient["a"]
    tensor(12.0100, dtype=torch.float64)
    """
    if scheme not in _ROOT:
        raise OptionError("gradients.unknown_scheme", scheme=scheme, known=", ".join(SCHEMES))
    for step in delta.values() if isinstance(delta, Mapping) else [] if delta is None else [delta]:
        if not (math.isfinite(step) and step > 0):
            raise OptionError("gradients.delta_range", delta=step)

    def by_trying(objective: ObjectiveFunction, params: Params, /) -> Evaluation:
        with torch.no_grad():
            prediction, loss = forward(objective, params)
            gradient = {name: _slopes(objective, params, name, loss, _step_of(delta, name), scheme) for name in params}
            return evaluation(objective, prediction, loss, gradient)

    return by_trying


def _step_of(delta: float | Mapping[str, float] | None, name: str) -> float | None:
    if isinstance(delta, Mapping):
        if name not in delta:
            raise OptionError("gradients.delta_missing", name=name, given=", ".join(delta))
        return delta[name]
    return delta


def _slopes(
    objective: ObjectiveFunction, params: Params, name: str, loss: Tensor, delta: float | None, scheme: str
) -> Tensor:
    """∂L/∂p for every element of the parameter `name`."""
    slopes = torch.empty_like(params[name]).reshape(-1)
    for index, (along, size) in enumerate(_elements(objective, params, name)):
        slopes[index] = _DIFFERENCE[scheme](along, loss, delta or best_delta(scheme, size, loss.dtype))
    return slopes.reshape(params[name].shape)


def best_delta(scheme: str, size: float, dtype: torch.dtype) -> float:
    """The step that balances truncation against rounding at a parameter of absolute value `size`.

    >>> f"{best_delta('central', 0.0, torch.float64):.1e}"
    '6.1e-06'
    """
    return float(torch.finfo(dtype).eps ** (1 / _ROOT[scheme]) * max(1.0, abs(size)))


def _elements(objective: ObjectiveFunction, params: Params, name: str) -> Iterator[tuple[Along, float]]:
    """For each element: the loss as a function of its shift, and its size."""
    flat = params[name].reshape(-1)
    for index in range(flat.numel()):

        def along(shift: float, index: int = index) -> Tensor:
            moved = flat.clone()
            moved[index] += shift
            return forward(objective, {**params, name: moved.reshape(params[name].shape)})[1]

        yield along, float(flat[index].abs())


def _forward(along: Along, loss: Tensor, delta: float) -> Tensor:
    return (along(delta) - loss) / delta


def _central(along: Along, loss: Tensor, delta: float) -> Tensor:
    return (along(delta) - along(-delta)) / (2 * delta)


def _richardson(along: Along, loss: Tensor, delta: float) -> Tensor:
    return (4 * _central(along, loss, delta / 2) - _central(along, loss, delta)) / 3


_DIFFERENCE: Mapping[str, Callable[[Along, Tensor, float], Tensor]] = {
    "forward": _forward,
    "central": _central,
    "richardson": _richardson,
}
