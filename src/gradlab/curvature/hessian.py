"""How the loss curves: Hessian-vector products, the largest eigenvalue, the largest lr that descent stands.

Near a point the gradient changes as H·step, so one step of plain descent multiplies the distance along an eigenvector
with eigenvalue λ by 1 − lr·λ: it shrinks as long as lr < 2/λ. The largest eigenvalue sets the limit for all.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gradlab._types import ObjectiveFunction, Params

TOLERANCE = 1e-6
"""Power iteration ends where ‖Hv − λv‖ falls to this share of |λ|: an eigenvalue lies no farther from λ than that."""

MAX_ITERATIONS = 1_000
"""It also ends here, with the best λ so far, when two eigenvalues are too close to tell apart (then either will do)."""

Product = Callable[[Tensor], Tensor]
"""v ↦ H·v, for v of shape (P,): all parameters in one row."""


def hessian_vector_product(objective: ObjectiveFunction, params: Params, v: Params) -> Params:
    """H·v with H the matrix of second derivatives at `params`, by two backward passes and without forming H.

    `v[p]` has the shape of `params[p]`, and so has the result. What has no second derivative (the kink of |u|) counts
    as flat, as in PyTorch. Pearlmutter, "Fast exact multiplication by the Hessian", 1994.

    >>> at = {"a": torch.tensor(2.0), "b": torch.tensor(1.0)}
    >>> along_a = {"a": torch.tensor(1.0), "b": torch.tensor(0.0)}
    >>> hessian_vector_product(lambda p: p["a"] ** 3 + p["a"] * p["b"], at, along_a)
    {'a': tensor(12.), 'b': tensor(1.)}
    """
    leaves = {name: p.detach().requires_grad_() for name, p in params.items()}
    inputs = tuple(leaves.values())
    with torch.enable_grad():
        loss = objective(leaves)
        if not loss.requires_grad:
            return _zeros(params)
        gradient = torch.autograd.grad(loss, inputs, create_graph=True, materialize_grads=True)
        along = torch.stack([(g * v[name]).sum() for name, g in zip(leaves, gradient, strict=True)]).sum()
    if not along.requires_grad:
        return _zeros(params)
    return dict(zip(leaves, torch.autograd.grad(along, inputs, materialize_grads=True), strict=True))


def largest_eigenvalue(objective: ObjectiveFunction, params: Params, *, seed: int = 0) -> float:
    """λmax, the largest (most positive) eigenvalue of the Hessian at `params`, by power iteration to 1e-6.

    Power iteration finds the eigenvalue farthest from 0. Where that one is negative, as beside a ridge, a second pass
    on H + |λ|·1, which has no negative one, finds the largest. The start is drawn with `seed`. Units: those of the loss
    over those of the parameters squared. NaN where a second derivative is not finite.

    >>> round(largest_eigenvalue(lambda p: (p["w"] ** 2 * torch.tensor([1.0, 3.0])).sum(), {"w": torch.ones(2)}), 4)
    6.0
    """
    product = _flat_product(objective, params)
    size = sum(p.numel() for p in params.values())
    like = next(iter(params.values()))
    draw = torch.randn(size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    start = draw.to(like.device, like.dtype)
    eigenvalue, radius = _power_iteration(product, start)
    if not math.isfinite(radius):
        return math.nan
    if eigenvalue >= radius * (1 - TOLERANCE):
        return eigenvalue
    shifted, _ = _power_iteration(lambda v: product(v) + radius * v, start)
    beyond = shifted - radius
    return beyond if abs(beyond) > TOLERANCE * radius else 0.0


def largest_stable_lr(objective: ObjectiveFunction, params: Params) -> float:
    """2/λmax: beyond this lr, plain gradient descent from near `params` moves away; infinite if nothing curves upwards.

    Exact for a quadratic loss, such as the MSE of a model linear in its parameters; elsewhere it holds near `params`.

    >>> largest_stable_lr(lambda p: 5 * p["a"] ** 2, {"a": torch.tensor(1.0)})
    0.2
    >>> largest_stable_lr(lambda p: p["a"].abs(), {"a": torch.tensor(1.0)})
    inf
    """
    eigenvalue = largest_eigenvalue(objective, params)
    return math.inf if eigenvalue <= 0 else 2 / eigenvalue


def _power_iteration(product: Product, start: Tensor) -> tuple[float, float]:
    """The Rayleigh quotient vᵀHv and the length ‖Hv‖ where v no longer turns; they agree but for the sign."""
    v = start / torch.linalg.vector_norm(start)
    eigenvalue = radius = 0.0
    for _ in range(MAX_ITERATIONS):
        image = product(v)
        eigenvalue, radius = float(v @ image), float(torch.linalg.vector_norm(image))
        if not math.isfinite(radius) or radius == 0:
            break
        if float(torch.linalg.vector_norm(image - eigenvalue * v)) <= TOLERANCE * abs(eigenvalue):
            break
        v = image / radius
    return eigenvalue, radius


def _flat_product(objective: ObjectiveFunction, params: Params) -> Product:
    """The product with all parameters in one row, as linear algebra wants them."""
    shapes = {name: p.shape for name, p in params.items()}

    def product(v: Tensor) -> Tensor:
        parts = torch.split(v, [shape.numel() for shape in shapes.values()])
        unflat = {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
        return torch.cat([p.reshape(-1) for p in hessian_vector_product(objective, params, unflat).values()])

    return product


def _zeros(params: Params) -> Params:
    return {name: torch.zeros_like(p) for name, p in params.items()}
