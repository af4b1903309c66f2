"""The expressions of the rules, read as arithmetic on NumPy arrays of any floating type.

The same function serves float64 and `numpy.longdouble`, which no tensor has: the type of the operands decides.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy


def _sigmoid(a: Any) -> Any:
    """1/(1 + exp(-a)) with the exponential that does not overflow."""
    small = numpy.exp(-abs(a))
    return numpy.where(a >= 0, 1, small) / (1 + small)


def _softplus(a: Any) -> Any:
    return numpy.maximum(a, 0) + numpy.log1p(numpy.exp(-abs(a)))


ARRAY_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(numpy, name) for name in "abs exp log sqrt sin cos tan tanh square reciprocal sign".split()},
    **{name: getattr(numpy, name) for name in "sinh cosh expm1 log1p log2 log10 exp2 floor ceil trunc".split()},
    **{name: getattr(numpy, name) for name in "maximum minimum logical_and logical_or logical_not where".split()},
    **{name: getattr(operator, name) for name in "add sub mul pow neg gt ge lt le eq ne".split()},
    "atan": numpy.arctan,
    "asin": numpy.arcsin,
    "acos": numpy.arccos,
    "atan2": numpy.arctan2,
    "div": operator.truediv,
    "round": numpy.rint,
    "clamp": numpy.clip,
    "relu": lambda a: numpy.maximum(a, 0),
    "rsqrt": lambda a: 1 / numpy.sqrt(a),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
}
"""NumPy's functions under the names of the rules; `erf` is not among them, for NumPy has none."""
