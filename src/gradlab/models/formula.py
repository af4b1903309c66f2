"""A model out of a formula that a person typed."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import ModelError
from gradlab.expressions import CONSTANTS, Call, Expression, Name, Number, compile_expression, names, parse
from gradlab.models.model import Model
from gradlab.rules import FORMULA_FUNCTIONS, TENSOR_FUNCTIONS


def from_formula(formula: str, columns: Sequence[str] = ("x",)) -> Model:
    """The model that `formula` writes out: columns of x by name, every other name a parameter.

    A single column may be called x or by its own name; several only by their names. Parameters stand in order of
    appearance. They start at 0 where the formula is linear in them (every start leads to the same answer), else at 1,
    as in `scipy.optimize.curve_fit`: at 0 a product of parameters has no gradient.

    Raises FormulaError for what is no formula, ModelError for names that clash or leave nothing to fit.

    >>> from_formula("a*exp(-b*t) + c", columns=("t",)).parameters
    ('a', 'b', 'c')
    """
    expression = parse(formula, FORMULA_FUNCTIONS)
    columns = tuple(unicodedata.normalize("NFKC", column) for column in columns)  # as Python does with names in code
    used = names(expression)
    inputs = _inputs(formula, used, columns)
    parameters = tuple(name for name in used if name not in inputs)
    if "y" in parameters:
        raise ModelError("models.formula_of_y", formula=formula)
    start = 0.0 if _degree(expression, frozenset(parameters)) <= 1 else 1.0
    evaluate = compile_expression(expression, TENSOR_FUNCTIONS)

    def function(x: Tensor, /, **params: Any) -> Tensor:
        values = {name: x[:, index] if x.dim() == 2 else x for name, index in inputs.items()}
        return _one_per_point(evaluate({**params, **values}), x)

    return Model(formula, function, parameters, dict.fromkeys(parameters, start))


def _inputs(formula: str, used: Sequence[str], columns: Sequence[str]) -> Mapping[str, int]:
    """Which names of a formula mean which column."""
    inputs = {column: index for index, column in enumerate(columns) if column in used}
    if "x" in used and "x" not in columns:
        if len(columns) > 1:
            raise ModelError("models.formula_x_of_several", formula=formula, columns=", ".join(columns))
        if inputs:
            raise ModelError("models.formula_two_names", formula=formula, column=columns[0])
        inputs = {"x": 0}
    if not inputs:
        for column in columns:
            if column in CONSTANTS or column in FORMULA_FUNCTIONS:
                raise ModelError("models.formula_column_is_a_function", formula=formula, column=column)
    return inputs


def _one_per_point(prediction: Any, x: Tensor) -> Tensor:
    """A formula that does not mention x predicts one number; every point gets it."""
    if not isinstance(prediction, Tensor):
        prediction = torch.as_tensor(prediction, dtype=x.dtype)
    return prediction if prediction.dim() else prediction.expand(x.shape[0])


def _degree(expression: Expression, parameters: frozenset[str]) -> float:
    """The degree of `expression` as a polynomial in the parameters; infinite where it is none."""
    match expression:
        case Number():
            return 0
        case Name(name):
            return int(name in parameters)
        case Call(function, arguments):
            degrees = [_degree(argument, parameters) for argument in arguments]
            match function:
                case "add" | "sub" | "neg":
                    return max(degrees)
                case "mul":
                    return sum(degrees)
                case "div" if degrees[1] == 0:
                    return degrees[0]
            return float("inf") if any(degrees) else 0
