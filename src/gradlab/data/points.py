"""Points: the pairs (x, y) that a model is fitted to, checked once so that no room above needs to check again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import DataError, ShapeError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Points:
    """Measured points: `x` of shape (n,), or (n, k) with a column per input, and `y` of shape (n,).

    Tensors keep their floating dtype and device; lists, NumPy arrays and whole numbers become float64. `names` holds
    the name of each column of x; without it a single column is called x, and several are x1, x2, ...

    Raises ShapeError where x and y do not pair one to one, DataError where there is no point or a number is missing.

    >>> points = Points([0, 1, 2], [1.0, 3.0, 5.0])
    >>> len(points), points.x.dtype, points.names
    (3, torch.float64, ('x',))
    """

    x: Tensor
    y: Tensor
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        x, y = _floating(self.x, "x"), _floating(self.y, "y")
        dtype = torch.promote_types(x.dtype, y.dtype)
        _check_shapes(x, y)
        for name, values in (("x", x), ("y", y)):
            _check_finite(name, values)
        columns = 1 if x.dim() == 1 else x.shape[1]
        object.__setattr__(self, "x", x.to(dtype))
        object.__setattr__(self, "y", y.to(dtype))
        object.__setattr__(self, "names", _column_names(self.names, columns))

    def __len__(self) -> int:
        return self.y.shape[0]

    def __repr__(self) -> str:
        return f"Points({len(self)} points, x: {', '.join(self.names)}, {self.y.dtype})"

    def to(self, dtype: torch.dtype | None = None, device: torch.device | str | None = None) -> "Points":
        """The same points in another dtype, on another device, or both."""
        return Points(self.x.to(device, dtype), self.y.to(device, dtype), self.names)

    def rows(self, index: Any) -> "Points":
        """Some of the points: `index` is a slice, a tensor of positions or a mask.

        >>> Points([0.0, 1.0, 2.0], [1.0, 3.0, 5.0]).rows(slice(0, 2)).y.tolist()
        [1.0, 3.0]
        """
        x, y = self.x[index], self.y[index]
        _check_shapes(x, y)
        return known_finite(x, y, self.names)


def known_finite(x: Tensor, y: Tensor, names: tuple[str, ...]) -> Points:
    """Points known to be so: to look again for NaN at each mini-batch would cost more than to take its rows."""
    points = object.__new__(Points)
    for name, value in (("x", x), ("y", y), ("names", names)):
        object.__setattr__(points, name, value)
    return points


def _floating(values: Any, name: str) -> Tensor:
    """`values` as a tensor of floating numbers, outside every graph."""
    if isinstance(values, Tensor):
        values = values.detach()
        if values.is_complex():
            raise DataError("data.not_numbers", name=name)
        return values if values.is_floating_point() else values.to(torch.float64)
    try:
        return torch.tensor(values, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise DataError("data.not_numbers", name=name) from None


def _check_shapes(x: Tensor, y: Tensor) -> None:
    if y.dim() == 2 and y.shape[1] == 1:
        raise ShapeError("data.y_is_a_column", n=y.shape[0])
    if y.dim() != 1:
        raise ShapeError("data.shape_of_y", shape=tuple(y.shape))
    if x.dim() not in (1, 2) or (x.dim() == 2 and x.shape[1] == 0):
        raise ShapeError("data.shape_of_x", shape=tuple(x.shape))
    if x.shape[0] != y.shape[0]:
        raise ShapeError("data.different_lengths", x=x.shape[0], y=y.shape[0])
    if y.shape[0] == 0:
        raise DataError("data.no_points")


def _check_finite(name: str, values: Tensor) -> None:
    finite = torch.isfinite(values)
    if finite.all():
        return
    rows = finite if finite.dim() == 1 else finite.all(dim=1)
    raise DataError(
        "data.not_finite", name=name, count=int((~finite).sum()), first=int((~rows).to(torch.uint8).argmax()) + 1
    )


def _column_names(names: Sequence[str], columns: int) -> tuple[str, ...]:
    if not names:
        return ("x",) if columns == 1 else tuple(f"x{column}" for column in range(1, columns + 1))
    if len(names) != columns:
        raise ShapeError("data.names_of_columns", given=len(names), columns=columns)
    return tuple(names)


def noisy_line(
    m: float,
    b: float,
    n: int,
    sigma: float = 2.0,
    x_max: float = 50.0,
    *,
    seed: int = 0,
    generator: torch.Generator | None = None,
    dtype: torch.dtype = torch.float64,
) -> Points:
    """`n` points along the line y = m*x + b, displaced at random both sideways and up or down.

    x is uniform on [0, x_max]; y = m*x + b; then Gaussian noise of standard deviation `sigma` is added to x and to y.
    The draws come in the order x, noise on x, noise on y, all in `dtype`: with dtype float32 and the generator seeded
    as `torch.manual_seed` would, these are the numbers of the lesson's own function. `generator` goes before `seed`.

    Noise on x flattens the fitted slope (attenuation): least squares assumes that x is exact.

    Raises DataError for n < 1 or more points than memory holds, sigma < 0, x_max <= 0, a number that is not finite,
    a seed of more than 64 bits.

    >>> points = noisy_line(m=0.5, b=0.0, n=50, seed=7)
    >>> points.x.shape, bool((points.y == noisy_line(0.5, 0.0, 50, seed=7).y).all())
    (torch.Size([50]), True)
    """
    _check_line(m=m, b=b, n=n, sigma=sigma, x_max=x_max)
    generator = _seeded(seed) if generator is None else generator
    try:
        x = x_max * torch.rand(int(n), generator=generator, dtype=dtype, device=generator.device)
    except (RuntimeError, TypeError):  # more bytes than there are, more than can be counted
        raise DataError("data.argument_n_too_large", value=n) from None
    y = m * x + b
    deviation = torch.full_like(y, sigma)
    noise_x = torch.normal(torch.zeros_like(y), deviation, generator=generator)
    noise_y = torch.normal(torch.zeros_like(y), deviation, generator=generator)
    return Points(x + noise_x, y + noise_y)


def _seeded(seed: int) -> torch.Generator:
    try:
        return torch.Generator().manual_seed(seed)
    except (RuntimeError, ValueError, OverflowError):
        raise DataError("data.argument_seed", value=seed) from None


def _check_line(**numbers: float) -> None:
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise DataError("data.argument_not_finite", name=name, value=value)
    if numbers["n"] < 1 or numbers["n"] != int(numbers["n"]):
        raise DataError("data.argument_n", value=numbers["n"])
    if numbers["sigma"] < 0:
        raise DataError("data.argument_sigma", value=numbers["sigma"])
    if numbers["x_max"] <= 0:
        raise DataError("data.argument_x_max", value=numbers["x_max"])
