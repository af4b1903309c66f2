"""A whole descent without walking it: the MSE of a model linear in its parameters.

    loss(p) = loss* + 1/2 (p − p*)ᵀ H (p − p*),    H = 2/N JᵀJ = Q Λ Qᵀ
    p_k = p* + Q (1 − lr Λ)^k Qᵀ (p_0 − p*)

Along each direction, a column of Q, the distance shrinks by its own factor a step, 1 − lr·λ, and no direction knows of
the others: a steep one bounces from wall to wall where its factor is negative, while a flat one hardly moves.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.data import Points
from gradlab.errors import ModelError, OptionError
from gradlab.linearity import design, is_linear, unpacked
from gradlab.models import Model
from gradlab.models import resolve as resolve_model
from gradlab.models.start import Start, free_names, starting_params


@dataclass(frozen=True, slots=True, eq=False)
class QuadraticDescent:
    """Plain descent on a quadratic loss, k numbers moving (`free`, tensor parameters element by element).

    `curvatures` λ (k,), ascending, and `directions` Q (k, k), one a column, are those of the Hessian; `along` (k,) is
    how far the start lies from the minimum along each. `minimum` is where the descent ends if it ends: along a
    direction without curvature that is where it started.
    """

    lr: float
    free: tuple[str, ...]
    start: Params
    minimum: Params
    lowest: float
    curvatures: Tensor
    directions: Tensor
    along: Tensor

    @property
    def rates(self) -> Tensor:
        """1 − lr·λ: what one step makes of the distance along each direction; it grows where this is beyond ±1."""
        return 1 - self.lr * self.curvatures

    @property
    def condition(self) -> float:
        """λmax/λmin: about how many times as many steps the flattest direction needs as the steepest; inf if flat."""
        flattest = float(self.curvatures[0])
        return float(self.curvatures[-1]) / flattest if flattest > 0 else math.inf

    @property
    def largest_stable_lr(self) -> float:
        """2/λmax, from which on the steepest direction no longer shrinks."""
        steepest = float(self.curvatures[-1])
        return 2 / steepest if steepest > 0 else math.inf

    def steps_to(self, tolerance: float) -> Tensor:
        """Steps after which the distance along each direction is `tolerance` of what it was, (k,); inf where never.

        log(tolerance)/log|1 − lr·λ|, rounded up. Raises OptionError unless 0 < tolerance < 1.
        """
        if not 0 < tolerance < 1:
            raise OptionError("curvature.tolerance", value=tolerance)
        rates = self.rates.abs()
        steps = (math.log(tolerance) / rates.log()).ceil().clamp(min=1)
        return torch.where(rates < 1, steps, math.inf)

    def columns(self, steps: int) -> dict[str, Tensor]:
        """Rows 0..steps as `fit` would keep them: `step`, `loss`, each free parameter and its `grad_`."""
        step = torch.arange(steps + 1)
        distances = self.along * self.rates ** step[:, None]
        losses = self.lowest + (distances**2 @ self.curvatures) / 2
        places = torch.cat([self.minimum[name].reshape(-1) for name in self.free])
        walked = self._by_name(places + distances @ self.directions.T, "")
        slopes = self._by_name((distances * self.curvatures) @ self.directions.T, "grad_")
        return {"step": step, "loss": losses, **walked, **slopes}

    def _by_name(self, rows: Tensor, prefix: str) -> dict[str, Tensor]:
        sizes = [self.start[name].numel() for name in self.free]
        parts = zip(self.free, rows.split(sizes, dim=1), strict=True)
        return {prefix + name: part.reshape(-1, *self.start[name].shape) for name, part in parts}


def quadratic_descent(
    model: str | Callable[..., Any] | Model,
    points: Points,
    *,
    start: Start | None = None,
    freeze: Collection[str] = (),
    lr: float = 1e-3,
) -> QuadraticDescent:
    """The descent that `fit(model, points, loss="mse", …)` walks, in closed form and in float64.

    Raises ModelError where the recording does not show the model to be linear in the parameters that move, and
    OptionError for names or an lr that cannot be meant. Source: G. Goh, "Why Momentum Really Works", Distill, 2017.

    >>> found = quadratic_descent("m*x", Points([1.0, 2.0], [3.0, 6.0]), lr=0.1)
    >>> [round(number, 9) for number in (found.minimum["m"].item(), found.rates.item(), found.largest_stable_lr)]
    [3.0, 0.5, 0.4]
    >>> [round(m, 9) for m in found.columns(3)["m"].tolist()], found.steps_to(0.1).tolist()
    ([0.0, 1.5, 2.25, 2.625], [4.0])
    """
    if not (lr > 0 and math.isfinite(lr)):
        raise OptionError("optimizers.lr", lr=lr)
    points, model = points.to(torch.float64), resolve_model(model, points.names)
    params = starting_params(model, start or {}, points.y)
    free = free_names(params, freeze)
    held = {name: value for name, value in params.items() if name not in free}
    moving = {name: params[name] for name in free}

    def prediction(moved: Params) -> Tensor:
        return model(points.x, **{**held, **moved})

    if not is_linear(prediction, moving):
        raise ModelError("curvature.not_linear", name=model.name, names=", ".join(free))
    matrix, offset = design(prediction, moving, free)
    at_start = torch.cat([value.reshape(-1) for value in moving.values()])
    curvatures, directions = _axes(matrix)
    along, lowest = _apart(matrix @ directions, offset + matrix @ at_start - points.y, curvatures)
    minimum = unpacked(at_start - directions @ along, params, free)
    return QuadraticDescent(lr, free, params, minimum, lowest, curvatures, directions, along)


def _axes(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues and eigenvectors of 2/N JᵀJ, by singular values of J: small ones keep twice the digits that way."""
    n, size = matrix.shape
    triangle = torch.linalg.qr(matrix, mode="r").R
    _, singular, transposed = torch.linalg.svd(triangle, full_matrices=True)
    roots = singular.new_zeros(size)
    roots[: len(singular)] = torch.where(
        singular > singular.max() * size * torch.finfo(singular.dtype).eps, singular, 0
    )
    return (2 / n * roots**2).flip(0), transposed.T.flip(1)


def _apart(turned: Tensor, residual: Tensor, curvatures: Tensor) -> tuple[Tensor, float]:
    """How far the start lies from the minimum along each direction, and the loss there.

    `turned` has orthogonal columns, so that each direction is solved by itself; then what remains is solved for again.
    """
    lengths = torch.where(curvatures > 0, (turned**2).sum(0), math.inf)
    along = torch.zeros_like(curvatures)
    for _ in range(3):
        along = along + turned.T @ (residual - turned @ along) / lengths
    return along, float((residual - turned @ along).square().mean())
