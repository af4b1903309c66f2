"""Ways to write a local derivative down wrongly: one thing left out of its expression, turned round, or not lowered."""

from collections.abc import Iterator

from gradlab.expressions import Call, Expression, Number

_OPPOSITE = {"add": "sub", "sub": "add"}
_MISTAKEN_FOR = {"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh"}

Variant = tuple[str, Expression]
"""A code of the public list, and what would be written."""


def variants(expression: Expression) -> Iterator[Variant]:
    """Every single mistake in an expression, wherever in it.

    >>> from gradlab.rules import RULES
    >>> [code for code, _ in variants(RULES["tanh"].partials["a"])]
    ['sign', 'missing-term', 'missing-term', 'wrong-power']
    """
    if not isinstance(expression, Call):
        return
    yield from _of_this(expression)
    for position, argument in enumerate(expression.arguments):
        if (expression.function == "where" and position < 2) or expression.function == "pow":
            continue
        for code, changed in variants(argument):
            arguments = (*expression.arguments[:position], changed, *expression.arguments[position + 1 :])
            yield code, Call(expression.function, arguments)


def _of_this(call: Call) -> Iterator[Variant]:
    match call:
        case Call("neg", (a,)):
            yield "sign", a
        case Call("add" | "sub" as function, (a, b)):
            yield "sign", Call(_OPPOSITE[function], (a, b))
            yield "missing-term", a
            yield "missing-term", b if function == "add" else Call("neg", (b,))
        case Call("mul", (a, b)) if a == b:
            yield "wrong-power", a
        case Call("mul", (a, b)):
            yield _code_of_leaving_out(b), a
            yield _code_of_leaving_out(a), b
        case Call("div", (a, b)):
            yield "wrong-power", a
            yield "wrong-power", Call("mul", (a, b))
            yield "wrong-power", Call("div", (call, b))
        case Call("pow", (a, b)):
            yield "wrong-power", a
            yield "wrong-power", Call("pow", (a, Call("add", (b, Number(1.0)))))
            yield "wrong-power", Call("pow", (a, Call("sub", (b, Number(1.0)))))
        case Call("sqrt", (a,)):
            yield "wrong-power", a
        case Call(function, (a,)) if function in _MISTAKEN_FOR:
            yield "other", Call(_MISTAKEN_FOR[function], (a,))


def _code_of_leaving_out(factor: Expression) -> str:
    return "wrong-power" if isinstance(factor, Call) and factor.function in ("pow", "sqrt") else "missing-factor"
