"""The models that gradlab knows by name, each a plain function, and a start that a descent can leave.

0 is the start wherever a model is linear in the parameter. Elsewhere 0 is often a place where nothing moves (the height
of a bell of width 0) or where nothing is defined, so that these start at 1, as `scipy.optimize.curve_fit` does.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradlab.models.model import Model


def line(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    """A line of slope m and intercept b: m*x + b. Starts at m = b = 0.

    >>> line(2.0, m=3.0, b=1.0)
    7.0
    """
    return m * x + b


def line_d_m(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    """∂line/∂m = x."""
    return x


def line_d_b(x: Tensor, m: Tensor, b: Tensor) -> float:
    """∂line/∂b = 1."""
    return 1.0


def exponential(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Growth (b > 0) or decay (b < 0): a*exp(b*x). Starts at a = 1, b = 0, the constant 1.

    >>> exponential(torch.tensor(0.0), a=3.0, b=-1.0)
    tensor(3.)
    """
    return a * torch.exp(b * x)


def gaussian(x: Tensor, a: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """A bell of height a, centre mu and standard deviation sigma: a*exp(-((x - mu)/sigma)²/2). Starts at 1, 0, 1.

    `a` is the height, not the area (which is a*sigma*sqrt(2*pi)).

    >>> gaussian(torch.tensor(5.0), a=2.0, mu=5.0, sigma=1.0)
    tensor(2.)
    """
    return a * torch.exp(-(((x - mu) / sigma) ** 2) / 2)


def logistic(x: Tensor, a: Tensor, k: Tensor, x0: Tensor) -> Tensor:
    """An S from 0 up to a, steepest at x0: a/(1 + exp(-k*(x - x0))). Starts at a = 1, k = 1, x0 = 0.

    >>> logistic(torch.tensor(5.0), a=2.0, k=1.0, x0=5.0)
    tensor(1.)
    """
    return a * torch.sigmoid(k * (x - x0))


def sine(x: Tensor, a: Tensor, omega: Tensor, phi: Tensor, c: Tensor) -> Tensor:
    """A wave about the level c: a*sin(omega*x + phi) + c; omega in radians per unit of x. Starts at 1, 1, 0, 0.

    >>> sine(torch.tensor(0.0), a=2.0, omega=1.0, phi=0.0, c=3.0)
    tensor(3.)
    """
    return a * torch.sin(omega * x + phi) + c


def michaelis_menten(x: Tensor, vmax: Tensor, km: Tensor) -> Tensor:
    """Saturation: vmax*x/(km + x), half of vmax at x = km. Starts at vmax = km = 1.

    Source: L. Michaelis and M. L. Menten, "Die Kinetik der Invertinwirkung", Biochemische Zeitschrift 49 (1913).

    >>> michaelis_menten(5.0, vmax=2.0, km=5.0)
    1.0
    """
    return vmax * x / (km + x)


def plane(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """A plane over k inputs: x @ w + b, with x of shape (n, k), w of shape (k,), b a number. Starts at w = 0, b = 0.

    >>> plane(torch.tensor([[1.0, 2.0]]), w=torch.tensor([3.0, 4.0]), b=torch.tensor(1.0))
    tensor([12.])
    """
    return torch.matmul(x.unsqueeze(1) if x.dim() == 1 else x, w) + b


def polynomial(x: Tensor, **c: Tensor) -> Tensor:
    """c0 + c1*x + ... + cK*x**K by Horner's scheme: K products, no powers. Starts at 0.

    >>> polynomial(2.0, c0=1.0, c1=0.0, c2=3.0)
    13.0
    """
    coefficients = [c[f"c{power}"] for power in range(len(c))]
    result = coefficients.pop() + torch.zeros_like(x) if len(c) == 1 else coefficients.pop()
    for coefficient in reversed(coefficients):
        result = result * x + coefficient
    return result


STARTS: dict[Callable[..., Any], dict[str, float]] = {
    line: {"m": 0.0, "b": 0.0},
    exponential: {"a": 1.0, "b": 0.0},
    gaussian: {"a": 1.0, "mu": 0.0, "sigma": 1.0},
    logistic: {"a": 1.0, "k": 1.0, "x0": 0.0},
    sine: {"a": 1.0, "omega": 1.0, "phi": 0.0, "c": 0.0},
    michaelis_menten: {"vmax": 1.0, "km": 1.0},
}
CURVES = {function.__name__.replace("_", "-"): (function, start) for function, start in STARTS.items()}
"""The models of one column, by name."""
NAMES = (*CURVES, "plane", "polynomial:K")
MAX_POWER = 50


def curve(name: str) -> Model:
    function, start = CURVES[name]
    return Model(name, function, tuple(start), start)


def plane_of(columns: int) -> Model:
    return Model("plane", plane, ("w", "b"), {"w": torch.zeros(columns, dtype=torch.float64), "b": 0.0})


def polynomial_of(power: int) -> Model:
    names = tuple(f"c{index}" for index in range(power + 1))
    return Model(f"polynomial:{power}", polynomial, names, dict.fromkeys(names, 0.0))
