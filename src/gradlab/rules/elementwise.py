"""One line per operation: its value and its local partial derivatives, written as expressions.

The operands are `a`, `b`, `c`; in a partial, `out` is the operation's own result and `kink` the derivative chosen for
|a| at 0. A partial that is a condition selects where the gradient passes; it is never multiplied (inf * 0 is NaN).
An operand without a partial (a condition, a whole number) passes nothing back. Ties as PyTorch: maximum ½ each, clamp
inclusive, relu 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gradlab.expressions import Call as _Call
from gradlab.expressions import Expression, parse, walk


@dataclass(frozen=True, slots=True)
class Rule:
    """An elementwise operation: `value` in its operands, `partials[a]` = ∂out/∂a in operands, `out` and `kink`.

    >>> RULES["mul"].operands, sorted(RULES["mul"].partials)
    (('a', 'b'), ['a', 'b'])
    """

    name: str
    operands: tuple[str, ...]
    value: Expression
    partials: Mapping[str, Expression]


ARITIES: Mapping[str, int] = {
    **dict.fromkeys(
        "abs exp log sqrt sin cos tan tanh sigmoid square reciprocal relu sign atan asin acos sinh cosh expm1 log1p "
        "log2 log10 erf rsqrt exp2 softplus floor ceil round trunc".split(),
        1,
    ),
    **dict.fromkeys("maximum minimum atan2".split(), 2),
    **dict.fromkeys("where clamp".split(), 3),
}
"""The functions that an expression of this file may call, with their number of arguments."""

RULES: dict[str, Rule] = {}


def rule(name: str, value: str, operands: str = "a", /, **partials: str) -> None:
    """Enter one operation: `rule("mul", "a * b", "a b", a="b", b="a")`."""
    RULES[name] = Rule(
        name,
        tuple(operands.split()),
        parse(value, ARITIES, conditions=True),
        {operand: parse(partial, ARITIES, conditions=True) for operand, partial in partials.items()},
    )


# Arithmetic
rule("add", "a + b", "a b", a="1", b="1")
rule("sub", "a - b", "a b", a="1", b="-1")
rule("mul", "a * b", "a b", a="b", b="a")
rule("div", "a / b", "a b", a="1 / b", b="-out / b")
rule("pow", "a ** b", "a b", a="where(b == 0, 0, b * a ** (b - 1))", b="where((a == 0) & (b >= 0), 0, out * log(a))")
rule("neg", "-a", a="-1")
rule("add_scaled", "a + c * b", "a b c", a="1", b="c")
rule("sub_scaled", "a - c * b", "a b c", a="1", b="-c")
rule("addcmul", "a + d * b * c", "a b c d", a="1", b="d * c", c="d * b")
rule("addcdiv", "a + d * b / c", "a b c d", a="1", b="d / c", c="-d * b / (c * c)")
rule("lerp", "a + c * (b - a)", "a b c", a="1 - c", b="c", c="b - a")
rule("square", "a * a", a="2 * a")
rule("reciprocal", "1 / a", a="-out * out")
rule("remainder", "a - b * floor(a / b)", "a b", a="1", b="-floor(a / b)")

# Powers, exponentials, logarithms
rule("sqrt", "sqrt(a)", a="1 / (2 * out)")
rule("rsqrt", "1 / sqrt(a)", a="-out * out * out / 2")
rule("exp", "exp(a)", a="out")
rule("exp2", "exp2(a)", a="out * 0.6931471805599453")
rule("expm1", "expm1(a)", a="out + 1")
rule("log", "log(a)", a="1 / a")
rule("log2", "log2(a)", a="1 / (a * 0.6931471805599453)")
rule("log10", "log10(a)", a="1 / (a * 2.302585092994046)")
rule("log1p", "log1p(a)", a="1 / (1 + a)")

# Angles
rule("sin", "sin(a)", a="cos(a)")
rule("cos", "cos(a)", a="-sin(a)")
rule("tan", "tan(a)", a="1 + out * out")
rule("asin", "asin(a)", a="1 / sqrt(1 - a * a)")
rule("acos", "acos(a)", a="-1 / sqrt(1 - a * a)")
rule("atan", "atan(a)", a="1 / (1 + a * a)")
rule("atan2", "atan2(a, b)", "a b", a="b / (a * a + b * b)", b="-a / (a * a + b * b)")
rule("sinh", "sinh(a)", a="cosh(a)")
rule("cosh", "cosh(a)", a="sinh(a)")
rule("tanh", "tanh(a)", a="1 - out * out")
rule("erf", "erf(a)", a="1.1283791670955126 * exp(-a * a)")

# Bent lines and switches
rule("abs", "abs(a)", a="where(a == 0, kink, sign(a))")
rule("sign", "sign(a)", a="0")
rule("floor", "floor(a)", a="0")
rule("ceil", "ceil(a)", a="0")
rule("round", "round(a)", a="0")
rule("trunc", "trunc(a)", a="0")
rule("relu", "relu(a)", a="a > 0")
rule("sigmoid", "sigmoid(a)", a="out * (1 - out)")
rule("softplus", "softplus(a)", a="sigmoid(a)")
rule(
    "maximum",
    "maximum(a, b)",
    "a b",
    a="where(a == b, 0.5, where(a > b, 1, 0))",
    b="where(a == b, 0.5, where(b > a, 1, 0))",
)
rule(
    "minimum",
    "minimum(a, b)",
    "a b",
    a="where(a == b, 0.5, where(a < b, 1, 0))",
    b="where(a == b, 0.5, where(b < a, 1, 0))",
)
rule("clamp", "clamp(a, b, c)", "a b c", a="(a >= b) & (a <= c)")
rule("clamp_min", "maximum(a, b)", "a b", a="a >= b")
rule("clamp_max", "minimum(a, b)", "a b", a="a <= b")
rule("where", "where(c, a, b)", "c a b", a="c", b="~c")

# What passes nothing back, but may decide what is passed
for _name, _sign in {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}.items():
    rule(_name, f"a {_sign} b", "a b")
rule("logical_and", "a & b", "a b")
rule("logical_or", "a | b", "a b")
rule("logical_not", "~a")

FORMULA_FUNCTIONS: Mapping[str, int] = {
    name: ARITIES[name]
    for name in (
        "abs exp log sqrt sin cos tan tanh sigmoid square reciprocal relu sign atan asin acos sinh cosh expm1 log1p "
        "log2 log10 erf softplus maximum minimum clamp"
    ).split()
}
"""The functions that a formula typed by a person may call."""


def is_condition(expression: Expression) -> bool:
    """True for a comparison or a combination of comparisons; such a partial selects instead of multiplying."""
    selecting = {"gt", "ge", "lt", "le", "eq", "ne", "logical_and", "logical_or", "logical_not"}
    return isinstance(expression, _Call) and expression.function in selecting


def mentions(expression: Expression, name: str) -> bool:
    """Whether `name` occurs in `expression`.

    >>> mentions(RULES["mul"].partials["a"], "b")
    True
    """
    return any(getattr(node, "name", None) == name for node in walk(expression))
