"""Standard errors where it is not the sum of squares that is least.

    (Σ w ψ′ j jᵀ)⁻¹ (Σ w² ψ² j jᵀ) (Σ w ψ′ j jᵀ)⁻¹ · n/(n − k),    j = ∂prediction/∂p

For losses with a kink ψ′ stands for the density of the residuals at 0 times the jump of the slope there, estimated from
the quantiles around it, and ψ² for its mean, the product of the two slopes.
Sources: P. J. Huber, "The behavior of maximum likelihood estimates under nonstandard conditions" (1967); for the width
of that window P. Hall and S. J. Sheather, "On the distribution of a studentized quantile", J. R. Stat. Soc. B (1988).
"""

import math
from statistics import NormalDist
from typing import Any

import numpy
from numpy.typing import NDArray

from gradlab.solve.optimum import kink, penalty_of, scaled_prediction
from gradlab.solve.prepared import Prepared
from gradlab.solve.refine import Factors
from gradlab.solve.statistics import undetermined

Array = NDArray[Any]


def sandwich(ready: Prepared, p: Array, plain: Factors) -> Array:
    """The covariance (k, k) of the parameters at the optimum p; NaN where there are no more points than parameters."""
    prediction, penalty = scaled_prediction(ready), penalty_of(ready.problem)
    columns, n, k = prediction.jacobian(p), len(ready.problem.points), len(p)
    if n == k:
        return numpy.full((k, k), math.nan)
    slopes = kink(ready.problem.loss)
    if slopes:
        rest = penalty.y.numpy() - prediction.value(p)
        above, below = slopes
        q = above / (above + below)
        bend = penalty.weights * (above + below) / sparsity(rest, q, k)
        push = penalty.weights**2 * above * below
    else:
        first, second, _ = penalty.derivatives(prediction.value(p))
        bend, push = numpy.maximum(second, 0), first**2 * n / (n - k)
    scale = numpy.asarray(plain.scale, float)
    scaled = columns / scale
    inverse = numpy.linalg.pinv((scaled.T * bend) @ scaled, rcond=1e-14, hermitian=True)
    found = inverse @ ((scaled.T * push) @ scaled) @ inverse / numpy.outer(scale, scale)
    loose = undetermined(plain)
    found[loose, :] = found[:, loose] = math.nan
    found[loose, loose] = math.inf
    return found


def sparsity(residuals: Array, q: float, zeros: int) -> float:
    """1/density of the residuals at their q-quantile, by the slope of the quantiles around it.

    As many residuals as there are parameters are 0 because the optimum passes through those points; they are left out.
    """
    n, normal = len(residuals), NormalDist()
    at = normal.inv_cdf(q)
    width = n ** (-1 / 3) * normal.inv_cdf(0.975) ** (2 / 3) * (1.5 * normal.pdf(at) ** 2 / (2 * at**2 + 1)) ** (1 / 3)
    width = min(width, 0.9 * q, 0.9 * (1 - q))
    kept = numpy.sort(residuals[numpy.argsort(abs(residuals))[min(zeros, n - 2) :]])
    low, high = numpy.quantile(kept, [q - width, q + width])
    return max(float(high - low) / (2 * width), numpy.finfo(float).tiny)
