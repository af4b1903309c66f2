"""The lesson's own route: derivatives that a person wrote, multiplied point by point, then averaged.

    ∂L/∂p = 1/N Σᵢ ∂loss/∂prediction(predictionᵢ, yᵢ) · ∂model/∂p(xᵢ)

The derivative of a mean is the mean of the derivatives, so the order of averaging and multiplying does not matter:
multiply first, average last.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gradlab._types import Evaluation, Gradient, ObjectiveFunction, Params
from gradlab.gradients.evaluation import evaluation
from gradlab.objective import Objective

Derivative = Callable[[Tensor, Tensor], Tensor]
"""∂loss/∂prediction(prediction, y), one number per point."""


def explicit(loss_d_prediction: Derivative, partials: Mapping[str, Callable[..., Tensor | float]]) -> Gradient:
    """The gradient from written derivatives: of the loss, elementwise, and of the model by each parameter.

    `partials["m"](x, m, b)` has the model's own arguments and may return one number for all points.

    >>> from gradlab.data import Points
    >>> points = Points([1.0, 2.0], [2.0, 4.0])
    >>> squares = Objective(lambda x, m: m * x, lambda prediction, y: (prediction - y) ** 2, points)
    >>> by_parts = explicit(lambda prediction, y: 2 * (prediction - y), {"m": lambda x, m: x})
    >>> by_parts(squares, {"m": torch.tensor(1.0)}).gradient["m"]
    tensor(-5.)
    """

    def by_parts(objective: ObjectiveFunction, params: Params, /) -> Evaluation:
        if not isinstance(objective, Objective):
            raise TypeError("explicit derivatives need an Objective: model, loss and points")
        with torch.no_grad():
            prediction, loss = objective.forward(params)
            at_prediction = loss_d_prediction(prediction, objective.points.y)
            x = objective.points.x
            slopes = {name: (at_prediction * partial(x, **params)).mean() for name, partial in partials.items()}
            gradient = {name: slope.to(params[name].dtype) for name, slope in slopes.items()}
            return evaluation(objective, prediction, loss, gradient)

    return by_parts
