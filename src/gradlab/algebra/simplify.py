"""Expressions put into each other, and simplified as a person would at sight."""

from collections.abc import Callable, Mapping

from gradlab.expressions import Call, Expression, Name, Number

ZERO, ONE = Number(0.0), Number(1.0)


def substituted(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """`expression` with names replaced.

    >>> from gradlab.algebra import spelled
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

    >>> from gradlab.algebra import spelled
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
        case (Number(a), other) | (other, Number(a)) if a < 0:
            return _neg("neg", (_mul("mul", (Number(-a), other)),))
        case (Number(1.0), other) | (other, Number(1.0)):
            return other
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
