"""The derivative of a formula as a formula: the chain rule on expressions, one rule for each operation."""

from gradlab.algebra import ONE, ZERO, simplified, substituted
from gradlab.expressions import Call, Expression, Name, Number
from gradlab.rules import RULES
from gradlab.rules.elementwise import is_condition


def derivative(expression: Expression, name: str, kink: float = 0.0) -> Expression:
    """∂expression/∂name, simplified as a person would; `kink` is the slope taken for |u| at u = 0.

    >>> from gradlab.algebra import spelled
    >>> from gradlab.expressions import parse
    >>> spelled(derivative(parse("a*exp(b*x)", {"exp": 1}), "b"))
    'a·exp(b·x)·x'
    """
    return simplified(_derivative(expression, name, kink))


def _derivative(expression: Expression, name: str, kink: float) -> Expression:
    match expression:
        case Call(function, arguments):
            total: Expression = ZERO
            for position, argument in enumerate(arguments):
                inner = simplified(_derivative(argument, name, kink))
                if inner != ZERO:
                    local = _partial(expression, function, arguments, position, kink)
                    total = Call("add", (total, Call("mul", (local, inner))))
            return simplified(total)
        case Name(other) if other == name:
            return ONE
    return ZERO


def _partial(
    whole: Expression, function: str, arguments: tuple[Expression, ...], position: int, kink: float
) -> Expression:
    rule = RULES[function]
    partial = rule.partials.get(rule.operands[position], ZERO)
    if is_condition(partial):
        partial = Call("where", (partial, ONE, ZERO))
    values = dict(zip(rule.operands, arguments, strict=True)) | {"out": whole, "kink": Number(kink)}
    return substituted(partial, values)
