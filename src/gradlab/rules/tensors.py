"""The expressions of the rules, read as arithmetic on tensors.

An operand may be a Python number (`2**y` has one); PyTorch's functions want tensors, so numbers are lifted to scalar
tensors of float64, which by PyTorch's rules do not widen a float32 tensor of one or more dimensions.
"""

import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch

from gradlab.expressions import compile_expression
from gradlab.rules.elementwise import ARITIES, RULES


def _lifted(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    def on_tensors_or_numbers(*operands: Any) -> torch.Tensor:
        return function(
            *(a if isinstance(a, torch.Tensor) else torch.as_tensor(a, dtype=torch.float64) for a in operands)
        )

    return on_tensors_or_numbers


def _where(condition: Any, a: Any, b: Any) -> Any:
    """`torch.where`, and Python's own choice when the condition is one truth value (a comparison of numbers)."""
    return (a if condition else b) if isinstance(condition, bool) else torch.where(condition, a, b)


def _not(condition: Any) -> Any:
    return not condition if isinstance(condition, bool) else torch.logical_not(condition)


TENSOR_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: _lifted(getattr(torch, name)) for name in ARITIES if name not in {"where", "softplus"}},
    **{name: getattr(operator, name) for name in "add sub mul pow neg gt ge lt le eq ne".split()},
    "div": operator.truediv,
    "logical_and": operator.and_,
    "logical_or": operator.or_,
    "logical_not": _not,
    "where": _where,
    "softplus": _lifted(torch.nn.functional.softplus),
}


@cache
def value_on_tensors(name: str) -> Callable[[Mapping[str, Any]], torch.Tensor]:
    """The value of operation `name` as a function of its operands by name."""
    return compile_expression(RULES[name].value, TENSOR_FUNCTIONS)


@cache
def partial_on_tensors(name: str, operand: str) -> Callable[[Mapping[str, Any]], torch.Tensor]:
    """∂out/∂operand of operation `name` as a function of its operands, `out` and `kink` by name.

    >>> partial_on_tensors("mul", "a")({"a": 2.0, "b": 3.0, "out": 6.0, "kink": 0.0})
    3.0
    """
    return compile_expression(RULES[name].partials[operand], TENSOR_FUNCTIONS)
