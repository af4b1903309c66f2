"""Expressions as values: the one notation for rules and for formulas that a person types.

`parse` turns text into a tree of `Number`, `Name` and `Call` by way of Python's own `ast` and a whitelist; nothing is
ever evaluated as Python. Operators become calls with the names of operations (`a*b` is `Call("mul", …)`), so that a
reader needs one table: `compile_expression` takes functions of numbers or tensors, others write MathML or machine code.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradlab.errors import FormulaError

MAX_LENGTH = 4_000
MAX_DEPTH = 150
MAX_EXPONENT = 100


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A column, a parameter or an operand."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on expressions; `a + b` is `Call("add", (a, b))`."""

    function: str
    arguments: "tuple[Expression, ...]"


Expression = Number | Name | Call

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.USub: "neg",
}
CONDITIONS: Mapping[type[ast.AST], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.BitAnd: "logical_and",
    ast.BitOr: "logical_or",
    ast.Invert: "logical_not",
}
CONSTANTS: Mapping[str, float] = {"pi": math.pi}
ALIASES: Mapping[str, str] = {"arctan": "atan", "arcsin": "asin", "arccos": "acos", "ln": "log"}

_MATH = "exp log sqrt sin cos tan tanh atan asin acos sinh cosh log1p expm1 log2 log10 erf".split()

_NUMBERS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": math.pow,
    "neg": operator.neg,
    "abs": abs,
    "square": lambda a: a * a,
    "reciprocal": lambda a: 1 / a,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "relu": lambda a: max(a, 0.0),
    "maximum": max,
    "minimum": min,
    **{name: getattr(math, name) for name in _MATH},
}
"""Constants are computed at once, with Python's own arithmetic: PyTorch's functions refuse bare numbers."""


def parse(text: str, functions: Mapping[str, int], *, conditions: bool = False) -> Expression:
    """Read `text` as an expression.

    `functions` maps each function's name to its number of arguments; `conditions` admits comparisons, `&`, `|` and `~`
    as well, which rules need and people's formulas do not get. What is constant is computed at once, as a float.

    Raises FormulaError, whose `values["position"]` counts characters from 0.

    >>> parse("2*x + exp(b)", {"exp": 1})
    Call(function='add', arguments=(Call(function='mul', arguments=(Number(value=2.0), Name(name='x'))), \
Call(function='exp', arguments=(Name(name='b'),))))
    >>> with pytest.raises(FormulaError) as refusal:
    ...     parse("x.real", {})
    >>> refusal.value.values["position"]
    0
    """
    return _Reader(text, functions, conditions).read()


class _Reader:
    """One pass over one text; a class only because every refusal has to quote the text and a place in it."""

    def __init__(self, text: str, functions: Mapping[str, int], conditions: bool) -> None:
        self.text = " ".join(text.split("\n"))
        self.functions = functions
        self.operators = {**OPERATORS, **CONDITIONS} if conditions else OPERATORS
        self.depth = 0

    def read(self) -> Expression:
        if not self.text.strip():
            raise FormulaError("formula.empty", position=0)
        if len(self.text) > MAX_LENGTH:
            raise FormulaError("formula.too_long", position=MAX_LENGTH, length=len(self.text), limit=MAX_LENGTH)
        leading = len(self.text) - len(self.text.lstrip())
        try:
            tree = ast.parse(self.text[leading:], mode="eval").body
        except (SyntaxError, ValueError) as failure:
            offset = getattr(failure, "offset", None) or 1
            raise self.refusal("formula.syntax", min(leading + offset - 1, len(self.text) - 1)) from None
        except (MemoryError, RecursionError):
            raise self.refusal("formula.too_deep", 0, limit=MAX_DEPTH) from None
        self.leading = leading
        return self.expression(tree)

    def refusal(self, key: str, position: int, **values: object) -> FormulaError:
        start = max(0, position - 30)
        shown = self.text[start : position + 30]
        return FormulaError(
            key, position=position, column=position + 1, shown=shown, caret=" " * (position - start) + "^", **values
        )

    def refuse(self, key: str, node: ast.AST, **values: object) -> FormulaError:
        """`ast` counts UTF-8 bytes; people count characters."""
        before = self.text[self.leading :].encode()[: node.col_offset]  # type: ignore[attr-defined]  # every expr has it
        return self.refusal(key, self.leading + len(before.decode(errors="ignore")), **values)

    def expression(self, node: ast.AST) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.refuse("formula.too_deep", node, limit=MAX_DEPTH)
        try:
            match node:
                case ast.Constant(value=bool() | complex() | str() | bytes() | None):
                    raise self.refuse("formula.not_allowed", node)
                case ast.Constant(value=int() | float() as value):
                    return self.number(lambda: float(value), node)
                case ast.Name(id=name):
                    return self.name(name, node)
                case ast.BinOp(left=left, op=op, right=right) if type(op) in self.operators:
                    return self.call(self.operators[type(op)], [left, right], node)
                case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                    return self.expression(operand)
                case ast.UnaryOp(op=op, operand=operand) if type(op) in self.operators:
                    return self.call(self.operators[type(op)], [operand], node)
                case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in self.operators:
                    return self.call(self.operators[type(op)], [left, right], node)
                case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                    return self.function(ALIASES.get(name, name), arguments, node)
                case _:
                    raise self.refuse("formula.not_allowed", node)
        finally:
            self.depth -= 1

    def name(self, name: str, node: ast.AST) -> Expression:
        if name in CONSTANTS:
            return Number(CONSTANTS[name])
        if ALIASES.get(name, name) in self.functions:
            raise self.refuse("formula.function_without_argument", node, name=name)
        if name.startswith("_"):
            raise self.refuse("formula.underscore", node, name=name)
        return Name(name)

    def function(self, name: str, arguments: list[ast.expr], node: ast.AST) -> Expression:
        if name not in self.functions:
            known = ", ".join(sorted(self.functions))
            raise self.refuse("formula.unknown_function", node, name=name, known=known)
        if len(arguments) != self.functions[name]:
            raise self.refuse("formula.arity", node, name=name, wanted=self.functions[name], given=len(arguments))
        return self.call(name, arguments, node)

    def call(self, function: str, nodes: list[ast.expr], node: ast.AST) -> Expression:
        arguments = tuple(self.expression(argument) for argument in nodes)
        if function == "pow" and isinstance(arguments[1], Number) and abs(arguments[1].value) > MAX_EXPONENT:
            raise self.refuse("formula.exponent", nodes[1], limit=MAX_EXPONENT)
        if function in _NUMBERS and all(isinstance(argument, Number) for argument in arguments):
            values = [argument.value for argument in arguments if isinstance(argument, Number)]
            return self.number(lambda: _NUMBERS[function](*values), node)
        return Call(function, arguments)

    def number(self, compute: Callable[[], float], node: ast.AST) -> Number:
        try:
            value = compute()
        except (OverflowError, ValueError, ZeroDivisionError):
            value = math.nan
        if not math.isfinite(value):
            raise self.refuse("formula.not_finite", node)
        return Number(value)


def names(expression: Expression) -> list[str]:
    """The names in `expression`, each once, in order of first appearance.

    >>> names(parse("a*exp(-b*x) + a", {"exp": 1}))
    ['a', 'b', 'x']
    """
    return list(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Name)))


def walk(expression: Expression) -> Iterator[Expression]:
    """All nodes, the whole before its parts, left before right."""
    yield expression
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from walk(argument)


def compile_expression(
    expression: Expression, functions: Mapping[str, Callable[..., Any]]
) -> Callable[[Mapping[str, Any]], Any]:
    """A function of a mapping from names to values; closures, not generated Python, so nothing can be injected.

    >>> double = compile_expression(parse("2*x", {}), {"mul": operator.mul})
    >>> double({"x": 21.0})
    42.0
    """
    match expression:
        case Number(value):
            return lambda values: value
        case Name(name):
            return lambda values: values[name]
        case Call(function, (first,)):
            apply, one = functions[function], compile_expression(first, functions)
            return lambda values: apply(one(values))
        case Call(function, (first, second)):
            apply, one, two = (
                functions[function],
                compile_expression(first, functions),
                compile_expression(second, functions),
            )
            return lambda values: apply(one(values), two(values))
        case Call(function, arguments):
            apply, parts = functions[function], [compile_expression(argument, functions) for argument in arguments]
            return lambda values: apply(*(part(values) for part in parts))
