"""What stands in a formula besides the operations of `rules`: sums over points, products with a matrix."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.expressions import Expression, Name, compile_expression
from gradlab.rules import TENSOR_FUNCTIONS

PREDICTION, TARGET, COUNT = Name("#prediction"), Name("#y"), Name("#N")
"""Names that no parameter can have: the prediction, y, and the number of points."""


def _first_axis(reduce: Callable[..., Tensor]) -> Callable[[Any], Tensor]:
    return lambda values: reduce(values, 0)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **TENSOR_FUNCTIONS,
    "sum": torch.sum,
    "mean": torch.mean,
    "sum0": _first_axis(torch.sum),
    "mean0": _first_axis(torch.mean),
    "matmul": torch.matmul,
    "transpose": lambda matrix: matrix.transpose(0, 1),
    "special": TENSOR_FUNCTIONS["where"],
}
"""`sum0` and `mean0` go over the points and leave columns; `special(condition, there, elsewhere)` is `where` for a
condition that holds at single points only, and is written as what holds elsewhere."""


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Tensor:
    """The number or numbers that a formula comes to.

    >>> from gradlab.expressions import Call, Name
    >>> evaluate(Call("mean", (Name("x"),)), {"x": torch.tensor([1.0, 3.0])})
    tensor(2.)
    """
    return torch.as_tensor(compile_expression(expression, FUNCTIONS)(values))
