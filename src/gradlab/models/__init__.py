"""Models: plain functions of x and named parameters, found by name, by formula, in a file, or handed over."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from torch.nn import Module

from gradlab.errors import ModelError
from gradlab.models.file import from_file
from gradlab.models.formula import from_formula
from gradlab.models.model import Model, from_function
from gradlab.models.module import from_module
from gradlab.models.registered import (
    CURVES,
    MAX_POWER,
    NAMES,
    curve,
    exponential,
    gaussian,
    line,
    line_d_b,
    line_d_m,
    logistic,
    michaelis_menten,
    plane,
    plane_of,
    polynomial,
    polynomial_of,
    sine,
)

__all__ = [
    "NAMES",
    "Model",
    "exponential",
    "from_formula",
    "from_function",
    "from_module",
    "gaussian",
    "line",
    "line_d_b",
    "line_d_m",
    "logistic",
    "michaelis_menten",
    "plane",
    "polynomial",
    "resolve",
    "sine",
]


def resolve(
    model: "str | Callable[..., Any] | Model", names: Sequence[str] = ("x",), columns: int | None = None
) -> Model:
    """The model that is meant by a registered name, a formula, `FILE.py:FUNCTION`, a function or a module.

    `names` are those of the columns of x, `columns` their number where they have no names.

    Raises ModelError, or FormulaError for a formula that cannot be read.

    >>> resolve("line").parameters, resolve("a*x**b").parameters
    (('m', 'b'), ('a', 'b'))
    """
    if not isinstance(model, str):
        return _handed_over(model)
    text, columns = model.strip(), columns or len(names)
    if re.search(r"\.py(:\w*)?$", text):
        return replace(_handed_over(from_file(text)), name=text)
    if text in CURVES or re.fullmatch("polynomial(:.*)?", text):
        if columns > 1:
            raise ModelError("models.one_column", name=text, columns=columns)
        return curve(text) if text in CURVES else _polynomial(text)
    if text == "plane":
        return plane_of(columns)
    if _is_a_word(text, names):
        raise ModelError.unknown("models.unknown", text, NAMES)
    return from_formula(text, names)


def _handed_over(model: Callable[..., Any] | Model) -> Model:
    if isinstance(model, Model):
        return model
    if isinstance(model, Module):
        return from_module(model)
    for name, (function, _) in CURVES.items():
        if model is function:
            return curve(name)
    return from_function(model)


def _polynomial(text: str) -> Model:
    power = text.removeprefix("polynomial").removeprefix(":")
    if not (re.fullmatch("[0-9]{1,3}", power) and int(power) <= MAX_POWER):
        raise ModelError("models.polynomial", name=text, limit=MAX_POWER)
    return polynomial_of(int(power))


def _is_a_word(text: str, names: Sequence[str]) -> bool:
    """A name and no formula: words joined by hyphens, or a word with an option. One letter is a constant model."""
    return bool(re.fullmatch(r"[^\W\d_]{2}\w*(-[^\W\d_]{2}\w*)*(:.*)?", text)) and text not in names
