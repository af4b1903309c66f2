"""Operations become arithmetic: the expressions of the rules, written out and made shorter where that is exact."""

import math
import operator
from collections.abc import Callable, Mapping

from gradlab.expressions import Call, Expression, Name, Number
from gradlab.kernel.nodes import Leaf, Node, Nodes
from gradlab.rules import RULES

CONDITIONS = frozenset("gt ge lt le eq ne logical_and logical_or logical_not".split())
_TRUE_OR_FALSE = frozenset("gt ge lt le eq ne".split())
_KNOWN: Mapping[str, Callable[..., float | bool]] = {
    **{name: getattr(operator, name) for name in "add sub mul neg gt ge lt le eq ne".split()},
    "div": operator.truediv,
    "pow": math.pow,
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_not": lambda a: not a,
}
MOST_FACTORS = 16
"""A whole power up to this one is a product; it errs by no more than a few units in the last place."""


class Arithmetic(Nodes):
    """Nodes whose operations are the functions of the rules' expressions.

    >>> arithmetic = Arithmetic()
    >>> x = arithmetic.leaf(("x", 0), varying=True)
    >>> arithmetic.call("mul", arithmetic.number(1.0), x) is x
    True
    """

    def call(self, op: str, *operands: Node) -> Node:
        """The operation, or what it comes to: numbers are computed, 1·a is a, a² is a·a."""
        if op == "where":
            return self._where(*operands)
        if op not in ("logical_and", "logical_or", "logical_not"):
            operands = tuple(self._as_number(operand) for operand in operands)
        numbers = [operand.number for operand in operands if operand.number is not None]
        if op in _KNOWN and len(numbers) == len(operands):
            try:
                return self.number(_KNOWN[op](*numbers))
            except (ArithmeticError, ValueError):  # 1/0 and the like: left to the machine, which says inf or nan
                return super().call(op, *operands)
        shorter = _SHORTER.get(op)
        return (shorter(self, *operands) if shorter else None) or super().call(op, *operands)

    def _where(self, condition: Node, a: Node, b: Node) -> Node:
        if condition.number is not None:
            return a if condition.number else b
        a, b = self._as_number(a), self._as_number(b)
        return a if a is b else super().call("where", condition, a, b)

    def _as_number(self, node: Node) -> Node:
        """A condition among numbers counts 1 or 0."""
        return self.call("where", node, self.number(1), self.number(0)) if node.op in CONDITIONS else node

    def product(self, base: Node, power: int) -> Node:
        """base·base·…, by squaring."""
        if power == 1:
            return base
        half = self.product(base, power // 2)
        square = self.call("mul", half, half)
        return self.call("mul", square, base) if power % 2 else square

    def expression(self, expression: Expression, names: Mapping[str, Node]) -> Node:
        """An expression of the rules with nodes for its names."""
        match expression:
            case Number(value):
                return self.number(value)
            case Name(name):
                return names[name]
            case Call(function, arguments):
                return self.call(function, *(self.expression(argument, names) for argument in arguments))


def _add(table: Arithmetic, a: Node, b: Node) -> Node | None:
    if a.number == 0 or b.number == 0:
        return b if a.number == 0 else a
    return None


def _sub(table: Arithmetic, a: Node, b: Node) -> Node | None:
    return a if b.number == 0 else None


def _mul(table: Arithmetic, a: Node, b: Node) -> Node | None:
    for number, other in ((a.number, b), (b.number, a)):
        if number == 1:
            return other
        if number == -1:
            return table.call("neg", other)
    return None


def _div(table: Arithmetic, a: Node, b: Node) -> Node | None:
    return a if b.number == 1 else None


def _neg(table: Arithmetic, a: Node) -> Node | None:
    return a.operands[0] if a.op == "neg" else None


def _pow(table: Arithmetic, a: Node, b: Node) -> Node | None:
    """The exponents that PyTorch, too, computes without a logarithm, and small whole ones."""
    exponent = b.number
    if exponent is None:
        return None
    if exponent == 0:
        return table.number(1)
    if abs(exponent) == 0.5:
        root = table.call("sqrt", a)
        return root if exponent > 0 else table.call("div", table.number(1), root)
    if exponent == int(exponent) and abs(exponent) <= MOST_FACTORS:
        power = table.product(a, int(abs(exponent)))
        return power if exponent > 0 else table.call("div", table.number(1), power)
    return None


def _and(table: Arithmetic, a: Node, b: Node) -> Node | None:
    for number, other in ((a.number, b), (b.number, a)):
        if number is not None:
            return other if number else table.number(0)
    return None


def _or(table: Arithmetic, a: Node, b: Node) -> Node | None:
    for number, other in ((a.number, b), (b.number, a)):
        if number is not None:
            return table.number(1) if number else other
    return None


def _square(table: Arithmetic, a: Node) -> Node | None:
    return table.call("mul", a, a)


def _reciprocal(table: Arithmetic, a: Node) -> Node | None:
    return table.call("div", table.number(1), a)


_SHORTER: Mapping[str, Callable[..., Node | None]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "pow": _pow,
    "logical_and": _and,
    "logical_or": _or,
    "square": _square,
    "reciprocal": _reciprocal,
}


class Lowering:
    """Operations (nodes named as the recorder names them) as arithmetic, each once; `given` stands in for leaves,
    `constants` for numbers that are to be known only when the loop runs."""

    def __init__(
        self,
        arithmetic: Arithmetic,
        given: Mapping[Leaf, Node] | None = None,
        constants: Mapping[float, Node] | None = None,
    ) -> None:
        self.arithmetic = arithmetic
        self._given = given or {}
        self._constants = constants or {}
        self._known: dict[Node, Node] = {}

    def value(self, operation: Node) -> Node:
        """The operation's value; what it stands on first, so that no depth of nesting is a depth of calls."""
        waiting = [operation]
        while waiting:
            node = waiting[-1]
            missing = [operand for operand in node.operands if operand not in self._known]
            if node in self._known or not missing:
                waiting.pop()
                if node not in self._known:
                    self._known[node] = self._lowered(node)
            else:
                waiting += missing
        return self._known[operation]

    def _lowered(self, node: Node) -> Node:
        match node.op:
            case "number":
                assert node.number is not None
                return self._constants.get(node.number) or self.arithmetic.number(node.number)
            case "leaf" if node.leaf in self._given:
                return self._given[node.leaf]
            case "leaf":
                return self.arithmetic.leaf(node.leaf, varying=node.varying)
            case "detach":
                return self._known[node.operands[0]]
        rule = RULES[node.op]
        return self.arithmetic.expression(rule.value, self.operands(node))

    def operands(self, operation: Node) -> dict[str, Node]:
        """The values of an operation's operands, by the names that its rule gives them."""
        names = RULES[operation.op].operands
        return {name: self.value(operand) for name, operand in zip(names, operation.operands, strict=True)}
