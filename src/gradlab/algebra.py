"""Expressions put into each other, simplified as a person would at sight, and written as one line of text."""

import math
from collections.abc import Callable, Mapping

from gradlab.expressions import Call, Expression, Name, Number

_SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
ZERO, ONE = Number(0.0), Number(1.0)


def substituted(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """`expression` with names replaced.

    >>> spelled(substituted(Call("mul", (Name("a"), Name("b"))), {"b": Number(3.0)}))
    'a·3'
    """
    match expression:
        case Name(name):
            return values.get(name, expression)
        case Call(function, arguments):
            return Call(function, tuple(substituted(argument, values) for argument in arguments))
    return expression


def simplified(expression: Expression) -> Expression:
    """The same value, written shorter: constants computed, 1·x, 0 + x, −(−x), x¹ and their like resolved.

    >>> x = Name("x")
    >>> spelled(simplified(Call("mul", (Call("neg", (x,)), Call("pow", (x, Call("sub", (Number(3.0), ONE))))))))
    '−x·x²'
    """
    if not isinstance(expression, Call):
        return expression
    arguments = tuple(simplified(argument) for argument in expression.arguments)
    return _RESOLVED.get(expression.function, Call)(expression.function, arguments)


def _neg(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments[0]:
        case Number(value):
            return Number(-value)
        case Call("neg", (inner,)):
            return inner
        case Call("sub", (left, right)):
            return _sub("sub", (right, left))
        case Call("mul", (Number(value), right)):
            return _mul("mul", (Number(-value), right))
        case inner:
            return Call("neg", (inner,))


def _add(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments:
        case (Number(a), Number(b)):
            return Number(a + b)
        case (Number(0.0), other) | (other, Number(0.0)):
            return other
        case (left, Call("neg", (right,))):
            return _sub("sub", (left, right))
        case (Call("neg", (left,)), right):
            return _sub("sub", (right, left))
        case _:
            return Call("add", arguments)


def _sub(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments:
        case (Number(a), Number(b)):
            return Number(a - b)
        case (left, Number(0.0)):
            return left
        case (Number(0.0), right):
            return _neg("neg", (right,))
        case (left, Call("neg", (right,))):
            return _add("add", (left, right))
        case _:
            return Call("sub", arguments)


def _mul(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments:
        case (Number(a), Number(b)):
            return Number(a * b)
        case (Number(0.0), _) | (_, Number(0.0)):
            return ZERO
        case (Number(1.0), other) | (other, Number(1.0)):
            return other
        case (Number(-1.0), other) | (other, Number(-1.0)):
            return _neg("neg", (other,))
        case (Call("neg", (left,)), Call("neg", (right,))):
            return _mul("mul", (left, right))
        case (Call("neg", (left,)), right) | (left, Call("neg", (right,))):
            return _neg("neg", (_mul("mul", (left, right)),))
        case (Number() as a, Call("mul", (Number() as b, rest))):
            return _mul("mul", (_mul("mul", (a, b)), rest))
        case (left, Number() as number):
            return _mul("mul", (number, left))
        case (left, Call("mul", (Number() as number, rest))):
            return _mul("mul", (number, _mul("mul", (left, rest))))
        case (Call("div", (Number(1.0), below)), other) | (other, Call("div", (Number(1.0), below))):
            return _div("div", (other, below))
        case _:
            return Call("mul", arguments)


def _div(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments:
        case (Number(a), Number(b)) if b:
            return Number(a / b)
        case (left, Number(1.0)):
            return left
        case (Number(0.0), _):
            return ZERO
        case (Call("neg", (left,)), right) | (left, Call("neg", (right,))):
            return _neg("neg", (_div("div", (left, right)),))
        case _:
            return Call("div", arguments)


def _pow(_: str, arguments: tuple[Expression, ...]) -> Expression:
    match arguments:
        case (Number(a), Number(b)) if a > 0 or b == int(b) >= 0:
            return Number(a**b)
        case (_, Number(0.0)):
            return ONE
        case (base, Number(1.0)):
            return base
        case _:
            return Call("pow", arguments)


def _where(_: str, arguments: tuple[Expression, ...]) -> Expression:
    """A condition on numbers is decided; what is the same on both sides needs none."""
    condition, chosen, other = arguments
    decided = _truth(condition)
    if decided is not None:
        return chosen if decided else other
    return chosen if chosen == other else Call("where", arguments)


_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


def _truth(condition: Expression) -> bool | None:
    match condition:
        case Call(function, (Number(a), Number(b))) if function in _COMPARED:
            return _COMPARED[function](a, b)
        case Call("logical_and", (left, right)) if False in (_truth(left), _truth(right)):
            return False
    return None


_RESOLVED: Mapping[str, Callable[[str, tuple[Expression, ...]], Expression]] = {
    "neg": _neg,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "where": _where,
}

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
