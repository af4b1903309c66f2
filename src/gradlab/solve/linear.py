"""Least squares for a model that is linear in its parameters: one solve instead of a descent.

min over p of Σᵢ (cᵢ + (J p)ᵢ − yᵢ)²
"""

import torch
from torch import Tensor

from gradlab._types import ModelFunction, Params
from gradlab.data import Points
from gradlab.linearity import design, is_linear, unpacked
from gradlab.solve.decimals import PRECISE
from gradlab.solve.refine import factors

PASSES = 4


def least_squares(model: ModelFunction, points: Points, params: Params, free: tuple[str, ...]) -> Params | None:
    """The parameters with the smallest sum of squared residuals; None where the model is not linear in the free ones.

    Parameters that are not `free` stay as they are in `params`. Where the points do not determine the answer, the one
    of smallest norm in scaled columns is given.

    >>> points = Points([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> start = {"m": torch.tensor(0.0, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}
    >>> answer = least_squares(lambda x, m, b: m * x + b, points, start, ("m", "b"))
    >>> [round(value.item(), 12) for value in answer.values()]
    [2.0, 1.0]
    """
    exact = {name: value.detach().to(torch.float64) for name, value in params.items()}
    fixed = {name: value for name, value in exact.items() if name not in free}
    x, y = points.x.to(torch.float64), points.y.to(torch.float64)

    def prediction(moving: Params) -> Tensor:
        return model(x, **{name: (fixed | moving)[name] for name in params})

    if not is_linear(prediction, {name: exact[name] for name in free}):
        return None
    matrix, offset = design(prediction, exact, free)
    solution = factors(matrix.numpy().astype(PRECISE)).solve((y - offset).numpy().astype(PRECISE), passes=PASSES)
    return unpacked(torch.from_numpy(solution.astype(float)), exact, free)
