"""The fitted curve at any x, with a band for where the curve is and one for where a new measurement would be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.errors import ShapeError
from gradlab.solve.prediction import Traced
from gradlab.solve.statistics import student

if TYPE_CHECKING:
    from gradlab.solve.solution import Solution

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """`value` (n,) at `x`, `standard_error` of the curve there; each pair is lowest and highest, at `level`.

    `curve` holds the curve itself with that probability, point by point, `measurement` the next y measured there.
    """

    x: Tensor
    value: Tensor
    standard_error: Tensor
    curve: tuple[Tensor, Tensor]
    measurement: tuple[Tensor, Tensor]
    level: float


def band(solution: "Solution", x: Any, level: float) -> Band:
    """value ± t·√(j C jᵀ) for the curve, ± t·√(s² + j C jᵀ) for a new measurement; j = ∂prediction/∂p, linearised.

    `x` is (n,) or (n, columns), as the points were; s is `residual_sd` (a weight of 1, or σ = 1, for the measurement).

    >>> solution = gradlab.solve("line", gradlab.Points([0.0, 1.0, 2.0, 3.0], [1.0, 3.1, 4.9, 7.0]))
    >>> round(float(solution.prediction([10.0]).value), 3)
    20.83
    """
    problem = solution.problem
    at = torch.as_tensor(x, dtype=torch.float64).detach().cpu()
    at = at.reshape(1) if at.dim() == 0 else at
    if at.shape[1:] != problem.points.x.shape[1:] or at.dim() != problem.points.x.dim():
        raise ShapeError("solve.band_shape", given=tuple(at.shape), wanted=tuple(problem.points.x.shape))
    traced = Traced(problem.model, at, solution.params, problem.free)
    p = problem.row(solution.params)
    value, columns = torch.from_numpy(numpy.array(traced.value(p))), torch.from_numpy(traced.jacobian(p))
    variance = ((columns @ solution.covariance) * columns).sum(dim=1).clamp(min=0)
    reach = student(level, solution.dof)
    near, far = reach * variance.sqrt(), reach * (variance + solution.residual_sd**2).sqrt()
    return Band(at, value, variance.sqrt(), (value - near, value + near), (value - far, value + far), level)
