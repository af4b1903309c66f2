"""What all three ways share: parameters as leaves, and the Evaluation put together."""

import torch
from torch import Tensor

from gradlab._types import Evaluation, ObjectiveFunction, Params
from gradlab.objective import Objective


def leaves_of(params: Params) -> Params:
    """The same numbers as fresh leaves, so that no graph of an earlier step hangs on them."""
    return {name: value.detach().requires_grad_() for name, value in params.items()}


def evaluation(objective: ObjectiveFunction, prediction: Tensor | None, loss: Tensor, gradient: Params) -> Evaluation:
    """Put together what was computed; means are NaN where the objective has no prediction."""
    if prediction is None or not isinstance(objective, Objective):
        missing = torch.full_like(loss.detach(), torch.nan)
        return Evaluation(loss.detach(), gradient, missing, missing)
    return Evaluation(loss.detach(), gradient, objective.mean_y, prediction.detach().mean())
