"""Products brought into one order: the number first, equal factors as one power, what divides under one line."""

from dataclasses import dataclass, field

from gradlab.algebra.simplify import ONE, simplified
from gradlab.expressions import Call, Expression, Number


@dataclass(frozen=True, slots=True)
class Product:
    """number · above / below: factors with their exponents, in order of first appearance.

    What stands above and below is not cancelled: at 0 the one has a value and the other has none.
    """

    number: float = 1.0
    above: dict[Expression, float] = field(default_factory=dict)
    below: dict[Expression, float] = field(default_factory=dict)

    def expression(self) -> Expression:
        """Written out again."""
        below, size = _row(ONE, self.below), abs(self.number)
        if 0 < size < 1 and below != ONE and float(1 / size).is_integer():
            size, below = 1.0, simplified(Call("mul", (Number(1 / size), below)))
        whole = simplified(Call("div", (_row(Number(size), self.above), below)))
        return simplified(Call("neg", (whole,))) if self.number < 0 else whole


def collected(expression: Expression) -> Expression:
    """The same value with every product in it collected.

    >>> from gradlab.algebra import spelled
    >>> from gradlab.expressions import parse
    >>> spelled(collected(parse("-(2*(a*x/s)*(-0.5)*x/s)", {})))
    'a·x²/s²'
    >>> spelled(collected(parse("abs(r)*sign(r)*m", {"abs": 1, "sign": 1})))
    'r·m'
    """
    if not isinstance(expression, Call):
        return expression
    inner = simplified(Call(expression.function, tuple(collected(argument) for argument in expression.arguments)))
    return factored(inner).expression()


def factored(expression: Expression) -> Product:
    """A number and factors, whose product `expression` is."""
    match expression:
        case Number(value):
            return Product(value)
        case Call("neg", (inner,)):
            product = factored(inner)
            return Product(-product.number, product.above, product.below)
        case Call("mul", (left, right)):
            return _times(factored(left), factored(right))
        case Call("div", (above, below)) if factored(below).number:
            return _times(factored(above), _over(factored(below)))
        case Call("square", (base,)):
            return _raised(base, 2)
        case Call("reciprocal", (base,)) if factored(base).number:
            return _over(factored(base))
        case Call("pow", (base, Number(exponent))) if exponent.is_integer() and exponent > 0:
            return _raised(base, int(exponent))
    return Product(1.0, {expression: 1.0})


def _raised(base: Expression, exponent: int) -> Product:
    product = factored(base)
    above, below = ({f: p * exponent for f, p in part.items()} for part in (product.above, product.below))
    return Product(product.number**exponent, above, below)


def _over(product: Product) -> Product:
    return Product(1 / product.number, product.below, product.above)


def _times(one: Product, other: Product) -> Product:
    above, below = dict(one.above), dict(one.below)
    for into, more in ((above, other.above), (below, other.below)):
        for factor, power in more.items():
            into[factor] = into.get(factor, 0.0) + power
    return Product(one.number * other.number, _without_signs(above), below)


def _without_signs(factors: dict[Expression, float]) -> dict[Expression, float]:
    """|r| · sign(r) is r."""
    for factor in factors:
        match factor:
            case Call("abs", (inner,)) if inner not in factors:
                sign = Call("sign", (inner,))
                if factors.get(sign) == factors[factor] == 1:
                    return {inner if f == factor else f: power for f, power in factors.items() if f != sign}
    return factors


def _row(number: Expression, factors: dict[Expression, float]) -> Expression:
    row = number
    for factor, power in factors.items():
        raised = factor if power == 1 else Call("pow", (factor, Number(power)))
        row = raised if row == ONE else Call("mul", (row, raised))
    return row
