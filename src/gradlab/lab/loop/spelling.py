"""Expressions as Python source, in the words of PyTorch."""

import ast
from collections.abc import Mapping

from gradlab.expressions import Call, Expression, Name, Number

_INFIX: Mapping[str, tuple[str, int]] = {
    "logical_or": (" | ", 4),
    "logical_and": (" & ", 5),
    **{
        name: (f" {sign} ", 3)
        for name, sign in {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}.items()
    },
    "add": (" + ", 6),
    "sub": (" - ", 6),
    "mul": (" * ", 7),
    "div": (" / ", 7),
    "pow": ("**", 9),
}
"""How operators are written, and how strongly they bind in Python: `&` more than `==`."""
_COMPARISON, _UNARY, _ATOM = 3, 8, 10


def python_text(expression: Expression, variables: Mapping[str, str]) -> str:
    """Source that computes `expression` on tensors, in the very operations of a formula; `variables` renames.

    >>> from gradlab.expressions import parse
    >>> python_text(parse("a*exp(-b*x)**2 + maximum(x, 1)", {"exp": 1, "maximum": 2}), {"a": "a_"})
    'a_ * torch.exp(-b * x)**2 + torch.maximum(x, torch.tensor(1.0, dtype=torch.float64))'
    """
    return _spelled(expression, variables)[0]


def number(value: float) -> str:
    """A number without a needless `.0`.

    >>> number(2.0), number(0.5), number(1e300)
    ('2', '0.5', '1e+300')
    """
    return repr(int(value)) if value == int(value) and abs(value) < 1e9 else repr(value)


def bracketed(text: str) -> str:
    """Source that can be multiplied, or have a method called: in brackets, unless it is one piece.

    >>> bracketed("torch.abs(y)"), bracketed("a + b")
    ('torch.abs(y)', '(a + b)')
    """
    one_piece = isinstance(ast.parse(text, mode="eval").body, ast.Call | ast.Name | ast.Attribute | ast.Constant)
    return text if one_piece else f"({text})"


def _spelled(expression: Expression, variables: Mapping[str, str]) -> tuple[str, int]:
    match expression:
        case Number(value):
            return number(value), _ATOM if value >= 0 else _UNARY
        case Name(name):
            return variables.get(name, name), _ATOM
        case Call("neg", (inner,)):
            return f"-{_bracketed(inner, _UNARY, variables)}", _UNARY
        case Call("logical_not", (inner,)):
            return f"~{_bracketed(inner, _UNARY, variables)}", _UNARY
        case Call("pow", (base, exponent)):
            return f"{_bracketed(base, _ATOM, variables)}**{_bracketed(exponent, _UNARY, variables)}", _INFIX["pow"][1]
        case Call(function, (left, right)) if function in _INFIX:
            sign, strength = _INFIX[function]
            stronger = strength + (function not in ("add", "mul"))
            shown = _bracketed(left, strength + (strength == _COMPARISON), variables)
            return f"{shown}{sign}{_bracketed(right, max(stronger, strength + 1), variables)}", strength
        case Call(function, arguments):
            spelled = [_argument(function, argument, variables) for argument in arguments]
            return f"{_FUNCTIONS.get(function, f'torch.{function}')}({', '.join(spelled)})", _ATOM


_FUNCTIONS = {"softplus": "torch.nn.functional.softplus"}


def _argument(function: str, argument: Expression, variables: Mapping[str, str]) -> str:
    """PyTorch's functions refuse bare numbers where they want tensors; the choices of `where` may be numbers."""
    if isinstance(argument, Number) and function != "where":
        return f"torch.tensor({argument.value!r}, dtype=torch.float64)"
    return python_text(argument, variables)


def _bracketed(expression: Expression, strength: int, variables: Mapping[str, str]) -> str:
    words, own = _spelled(expression, variables)
    return words if own >= strength else f"({words})"
