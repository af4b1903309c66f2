"""Losses that are smooth but not squares: the minimum of their mean by damped Newton steps.

    minimise Σᵢ wᵢ ρ(rᵢ(p)),    gradient Jᵀ ψ,    Hessian ≈ Jᵀ diag(ψ′) J + λ Jᵀ diag(ψ/r) J,    ψ = ρ′

With λ = 0 these are Newton steps, exact for a model linear in its parameters; the second part, that of iteratively
reweighted least squares, never overshoots there, and helps where ψ′ is 0 at too many points (Huber far outside).
"""

from dataclasses import dataclass
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab._types import LossFunction
from gradlab.losses import Loss
from gradlab.solve.refine import relative_size, settled
from gradlab.solve.residuals import Curve

Array = NDArray[Any]

STEPS = 200
NEAR = 1e-7
"""Steps smaller than this beside the parameters go undamped."""
SAME = 1e-9
"""Beside large predictions with small residuals a sum of losses is not known more exactly."""
MOST_DAMPING = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Penalty:
    """A loss as a function of the prediction, with its first two derivatives, elementwise; `weights` multiply it."""

    loss: LossFunction
    y: Tensor
    weights: Array

    def total(self, prediction: Array) -> float:
        """Σ w·loss, infinite where it is not finite."""
        with torch.no_grad():
            total = float(self.weights @ self.loss(torch.tensor(prediction), self.y).numpy())
        return total if numpy.isfinite(total) else numpy.inf

    def derivatives(self, prediction: Array) -> tuple[Array, Array, Array]:
        """w·ψ, w·ψ′ and w·ψ/r."""
        at = torch.tensor(prediction, requires_grad=True)
        with torch.enable_grad():
            if isinstance(self.loss, Loss):
                slope = self.loss.derivative(at, self.y)
            else:
                slope = torch.autograd.grad(self.loss(at, self.y).sum(), at, create_graph=True)[0]
            bend = torch.autograd.grad(slope.sum(), at)[0] if slope.requires_grad else torch.zeros_like(at)
        first, second = self.weights * slope.detach().numpy(), self.weights * bend.numpy()
        rest = prediction - self.y.numpy()
        near = abs(rest) < 1e-12 * (1 + abs(prediction))
        return first, second, numpy.where(near, abs(second), first / numpy.where(near, 1, rest))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Parameters with their prediction and the total of the loss there."""

    p: Array
    value: Array
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """The loss of a prediction within bounds, walked down by damped Newton steps."""

    prediction: Curve
    penalty: Penalty
    bounds: Array

    def at(self, p: Array) -> Place:
        """The place with parameters p, moved into the bounds."""
        inside = numpy.clip(p, *self.bounds.T)
        value = self.prediction.value(inside)
        return Place(inside, value, self.penalty.total(value))

    def run(self, start: Array) -> tuple[Array, int, bool]:
        """The minimum reached from `start`, the steps taken, and whether the last one was too small to matter."""
        here, damping, count = self.at(start), 1e-3, 0
        while count < STEPS:
            count += 1
            columns = self.prediction.jacobian(here.p)
            there, damping = self.lower(here, columns, damping)
            if there is None:
                break
            moved = relative_size(there.p - here.p, here.p, columns)
            here = there
            if moved <= NEAR:
                break
        last = settled(self.undamped, here.p)
        end = self.at(last.p)
        if end.total <= here.total * (1 + SAME):
            return end.p, count + last.steps, last.size <= NEAR
        return here.p, count, False

    def undamped(self, p: Array) -> tuple[Array, Array]:
        """The Newton step at p, and the Jacobian there."""
        columns = self.prediction.jacobian(p)
        first, second, _ = self.penalty.derivatives(self.prediction.value(p))
        gradient = columns.T @ first
        return _step(columns, numpy.maximum(second, 0), gradient, ~self.held(p, gradient)), columns

    def held(self, p: Array, gradient: Array) -> Array:
        """Which parameters lie at a bound that the loss pushes them against."""
        return ((p <= self.bounds[:, 0]) & (gradient > 0)) | ((p >= self.bounds[:, 1]) & (gradient < 0))

    def lower(self, here: Place, columns: Array, damping: float) -> tuple[Place | None, float]:
        """A place that is no higher, by the step with the least damping that leads to one; None where there is none."""
        first, second, chord = self.penalty.derivatives(here.value)
        gradient = columns.T @ first
        moving = ~self.held(here.p, gradient)
        while damping < MOST_DAMPING:
            weights = numpy.maximum(second, 0) + damping * numpy.maximum(chord, 0)
            there = self.at(here.p + _step(columns, weights, gradient, moving))
            if there.total < here.total:
                return there, damping / 10
            damping = max(10 * damping, 1e-6)
        return None, damping


def _step(columns: Array, weights: Array, gradient: Array, moving: Array) -> Array:
    """−H⁻¹ g over the parameters that move, H = Jᵀ W J with its diagonal scaled to 1."""
    step = numpy.zeros_like(gradient)
    hessian = (columns[:, moving].T * weights) @ columns[:, moving]
    scale = numpy.sqrt(numpy.diag(hessian))
    scale = numpy.where(scale > 0, scale, 1)
    scaled = numpy.linalg.lstsq(hessian / numpy.outer(scale, scale), -gradient[moving] / scale, rcond=1e-15)[0]
    step[moving] = scaled / scale
    return step
