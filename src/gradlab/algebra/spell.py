"""Expressions as one line of text, and numbers in four digits."""

import math
from collections.abc import Mapping

from gradlab.expressions import Call, Expression, Name, Number

_SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_INFIX: Mapping[str, tuple[str, int]] = {
    "logical_or": (" or ", 1),
    "logical_and": (" and ", 2),
    **{
        name: (f" {sign} ", 3)
        for name, sign in {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}.items()
    },
    "add": (" + ", 4),
    "sub": (" − ", 4),
    "mul": ("·", 5),
    "div": ("/", 5),
    "matmul": (" @ ", 5),
}
"""How operators are written, and how strongly they bind."""
_NEGATION, _POWER, _ATOM = 5, 7, 8


def spelled(expression: Expression) -> str:
    """One line of text, with as few brackets as are needed.

    >>> from gradlab.expressions import parse
    >>> spelled(parse("2*x**2 - (a + b)/c", {})), spelled(parse("abs(x)**-0.5", {"abs": 1}))
    ('2·x² − (a + b)/c', '|x|^(−0.5)')
    """
    return _spelled(expression)[0]


def _spelled(expression: Expression) -> tuple[str, int]:
    match expression:
        case Number(value):
            return number_text(value), _ATOM if value >= 0 else _NEGATION
        case Name(name):
            return name, _ATOM
        case Call("neg", (inner,)):
            return f"−{_bracketed(inner, _NEGATION)}", _NEGATION
        case Call("abs", (inner,)):
            return f"|{spelled(inner)}|", _ATOM
        case Call("square", (inner,)):
            return f"{_bracketed(inner, _ATOM)}²", _POWER
        case Call("pow", (base, Number(exponent))) if exponent == int(exponent):
            return (
                f"{_bracketed(base, _ATOM)}{number_text(exponent).replace('−', '-').translate(_SUPERSCRIPTS)}",
                _POWER,
            )
        case Call("pow", (base, exponent)):
            return f"{_bracketed(base, _ATOM)}^{_bracketed(exponent, _ATOM)}", _POWER
        case Call(function, (left, right)) if function in _INFIX:
            sign, strength = _INFIX[function]
            stronger = strength + (function in ("sub", "div"))
            return f"{_bracketed(left, strength)}{sign}{_bracketed(right, stronger)}", strength
        case Call(function, arguments):
            return f"{function}({', '.join(spelled(argument) for argument in arguments)})", _ATOM


def _bracketed(expression: Expression, strength: int) -> str:
    words, own = _spelled(expression)
    return words if own >= strength else f"({words})"


def number_text(value: float) -> str:
    """Four significant digits, with a true minus.

    >>> number_text(25.583885), number_text(12.0), number_text(-0.0000123)
    ('25.58', '12', '−1.23e-05')
    """
    if not math.isfinite(value):
        return str(value)
    text = f"{value + 0.0:.4g}"
    if "e+" in text and abs(value) < 1e6:
        text = str(int(float(text)))
    return f"−{text[1:]}" if text.startswith("-") else text
