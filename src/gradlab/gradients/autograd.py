"""The gradient by PyTorch's own automatic differentiation."""

import torch

from gradlab._types import Evaluation, Gradient, ObjectiveFunction, Params
from gradlab.gradients.evaluation import evaluation, leaves_of
from gradlab.objective import forward


def autograd() -> Gradient:
    """Forward once, backward once, whatever the number of parameters.

    A parameter that takes no part in the loss has gradient 0. At a kink PyTorch's convention holds: |u|' = 0 at 0.

    >>> at_two = {"a": torch.tensor(2.0)}
    >>> autograd()(lambda params: params["a"] ** 3, at_two).gradient["a"]
    tensor(12.)
    """
    return _autograd


def _autograd(objective: ObjectiveFunction, params: Params, /) -> Evaluation:
    leaves = leaves_of(params)
    with torch.enable_grad():
        prediction, loss = forward(objective, leaves)
    if not loss.requires_grad:
        return evaluation(objective, prediction, loss, {name: torch.zeros_like(p) for name, p in params.items()})
    slopes = torch.autograd.grad(loss, tuple(leaves.values()), materialize_grads=True)
    return evaluation(objective, prediction, loss, dict(zip(leaves, slopes, strict=True)))
