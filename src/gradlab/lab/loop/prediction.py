"""The model as source: its formula, found in the function that computes it, in the formula typed, or built."""

import ast
import builtins
import inspect
import keyword
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradlab.errors import OptionError
from gradlab.expressions import Call, Expression, Name, names, parse
from gradlab.lab.loop.spelling import bracketed, python_text
from gradlab.models import Model
from gradlab.models.registered import CURVES
from gradlab.rules import FORMULA_FUNCTIONS

_OURS = frozenset(
    "torch blake2b x y all_x all_y lr steps step loss y_pred rows distance residual slope delta loss_at batch_of "
    "taken reach root optimizer history order epoch position".split()
)
_PREFIXES = ("grad_", "velocity_", "mean_", "square_", "delta_")


@dataclass(frozen=True, slots=True)
class WrittenModel:
    """`text` computes the prediction from x and `variables`, the name in the code of each parameter.

    `expression` is the same as a tree, None where the model is a function of the user's; `preamble` is that function.
    """

    text: str
    variables: Mapping[str, str]
    expression: Expression | None
    preamble: str = ""


def written_model(model: Model) -> WrittenModel:
    """Raises OptionError for a function of the user's whose source cannot be found.

    >>> from gradlab.models import resolve
    >>> written_model(resolve("exponential")).text, written_model(resolve("lr*x")).text
    ('a * torch.exp(b * x)', 'lr_ * x')
    """
    variables = _variables(model.parameters)
    expression = _expression_of(model)
    if expression is None:
        arguments = ", ".join(f"{name}={variable}" for name, variable in variables.items())
        return WrittenModel(f"{model.function.__name__}(x, {arguments})", variables, None, _source_of(model))
    text = python_text(expression, variables)
    if "x" not in names(expression):
        text = f"{bracketed(text)}.expand(len(x))"
    return WrittenModel(text, variables, expression)


def _variables(parameters: Sequence[str]) -> dict[str, str]:
    """A parameter keeps its name unless the loop itself, or Python, has use for it."""
    taken = _OURS | set(dir(builtins)) | set(keyword.kwlist)
    variables: dict[str, str] = {}
    for name in parameters:
        variable = name
        while variable in taken or variable.startswith(_PREFIXES) or (variable != name and variable in parameters):
            variable = f"p_{variable}" if variable.startswith(_PREFIXES) else f"{variable}_"
        variables[name] = variable
    return variables


def _expression_of(model: Model) -> Expression | None:
    if model.name in CURVES and model.function is CURVES[model.name][0]:
        return _returned_by(model)
    if model.name.startswith("polynomial:"):
        return _horner(model.parameters)
    if model.function.__module__ == "gradlab.models.formula":
        return parse(model.name, FORMULA_FUNCTIONS)
    return None


def _returned_by(model: Model) -> Expression:
    """What a model of one line returns is its formula."""
    function = ast.parse(textwrap.dedent(inspect.getsource(model.function))).body[0]
    assert isinstance(function, ast.FunctionDef)
    returned = function.body[-1]
    assert isinstance(returned, ast.Return)
    assert returned.value is not None
    return parse(ast.unparse(returned.value).replace("torch.", ""), FORMULA_FUNCTIONS)


def _horner(coefficients: Sequence[str]) -> Expression:
    *lower, result = (Name(name) for name in coefficients)
    total: Expression = result
    for coefficient in reversed(lower):
        total = Call("add", (Call("mul", (total, Name("x"))), coefficient))
    return total


def _source_of(model: Model) -> str:
    try:
        return textwrap.dedent(inspect.getsource(model.function)).rstrip()
    except (OSError, TypeError):
        raise OptionError("lab.no_source", name=model.name) from None
