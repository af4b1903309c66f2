"""A verdict without a step size: how fast the Taylor remainder falls.

    R(h) = |f(p + h d) − f(p) − h ⟨g, d⟩|

With the right g the remainder falls like h², with a wrong one like h. So the slope of log R against log h is 2 or 1,
whatever h; a gradient that is 0.1 % wrong bends from 2 to 1 as h falls. Needs float64.
"""

import itertools
import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

_EXPONENTS = range(4, 22)


def taylor_slope(
    function: Callable[[Mapping[str, Tensor]], Tensor],
    params: Mapping[str, Tensor],
    gradient: Mapping[str, Tensor],
    seed: int = 0,
) -> float:
    """The slope of the Taylor remainder at the smallest steps that rounding leaves usable; NaN where there are none.

    `gradient[p]` has the shape of `params[p]`; the direction d is random, the same for the same `seed`. A function
    that is linear along d has no remainder to measure if the gradient is right: then the slope is 2 by convention.

    >>> at = {"p": torch.tensor(2.0, dtype=torch.float64)}
    >>> cube = lambda params: params["p"] ** 3
    >>> [round(taylor_slope(cube, at, {"p": torch.tensor(g)})) for g in (12.0, 12.1)]
    [2, 1]
    """
    generator = torch.Generator().manual_seed(seed)
    params = {name: p.detach().to(torch.float64) for name, p in params.items()}
    direction = {n: torch.randn(p.shape, generator=generator, dtype=torch.float64) for n, p in params.items()}
    along = sum(float((gradient[name].to(torch.float64) * d).sum()) for name, d in direction.items())
    with torch.no_grad():
        start = float(function(params))
        remainders = []
        for exponent in _EXPONENTS:
            h = 2.0**-exponent
            value = float(function({name: p + h * direction[name] for name, p in params.items()}))
            remainders.append((h, abs(value - start - h * along)))
    return _slope(remainders, floor=1e-13 * (1 + abs(start)), size=abs(along))


def _slope(remainders: list[tuple[float, float]], floor: float, size: float) -> float:
    """Between neighbouring steps that both stand clear of rounding; the last such pair tells most."""
    if all(remainder <= floor * 10 + 1e-12 * size * h for h, remainder in remainders):
        return 2.0
    clear = [(h, r) for h, r in remainders if math.isfinite(r) and r > 100 * floor]
    slopes = [math.log(a / b) / math.log(h / k) for (h, a), (k, b) in itertools.pairwise(clear)]
    return slopes[-1] if slopes else math.nan
