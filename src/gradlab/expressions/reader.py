"""Text into expressions: by way of Python's own `ast` and a whitelist, so that nothing is ever evaluated as Python."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from gradlab.errors import FormulaError, shortened
from gradlab.expressions.tokens import first_wrong
from gradlab.expressions.tree import Call, Expression, Name, Number

MAX_LENGTH = 4_000
MAX_DEPTH = 150
MAX_EXPONENT = 100


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
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "π": math.pi}
ALIASES: Mapping[str, str] = {"arctan": "atan", "arcsin": "asin", "arccos": "acos", "ln": "log", "sen": "sin"}

_MATH = "exp log sqrt sin cos tan tanh atan asin acos sinh cosh log1p expm1 log2 log10 erf".split()


def _sigmoid(a: float) -> float:
    """1/(1 + exp(-a)) with the exponential that does not overflow."""
    small = math.exp(-abs(a))
    return (1 if a >= 0 else small) / (1 + small)


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
    "sigmoid": _sigmoid,
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
    1
    """
    return _Reader(text, functions, conditions).read()


class _Reader:
    """One pass over one text; a class only because every refusal has to quote the text and a place in it."""

    def __init__(self, text: str, functions: Mapping[str, int], conditions: bool) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError("formula.too_long", position=MAX_LENGTH, length=len(text), limit=MAX_LENGTH)
        self.text = re.sub(r"\s", " ", text)  # one for one: places stay
        self.leading = len(self.text) - len(self.text.lstrip())
        self.functions = functions
        self.conditions = conditions
        self.operators = {**OPERATORS, **CONDITIONS} if conditions else OPERATORS
        self.depth = 0

    def read(self) -> Expression:
        if not self.text.strip():
            raise FormulaError("formula.empty", position=0)
        if wrong := first_wrong(self.text, conditions=self.conditions, depth=MAX_DEPTH):
            raise self.refusal(*wrong, limit=MAX_DEPTH)
        try:
            return self.expression(ast.parse(self.text[self.leading :], mode="eval").body)
        except SyntaxError as failure:
            column = failure.offset if failure.lineno == 1 else None
            position = self.leading + column - 1 if column else len(self.text)  # no column: the text broke off
            raise self.refusal("formula.syntax", min(position, len(self.text) - 1)) from None
        except (MemoryError, RecursionError):
            raise self.refusal("formula.too_deep", self.leading, limit=MAX_DEPTH) from None

    def refusal(self, key: str, position: int, **values: object) -> FormulaError:
        return FormulaError(key, **self.place(position), **values)

    def refuse(self, key: str, node: ast.AST, **values: object) -> FormulaError:
        return self.refusal(key, self.position(node), **values)

    def position(self, node: ast.AST) -> int:
        """`ast` counts UTF-8 bytes; people count characters."""
        before = self.text[self.leading :].encode()[: node.col_offset]  # type: ignore[attr-defined]  # every expr has it
        return self.leading + len(before.decode(errors="ignore"))

    def place(self, position: int) -> dict[str, object]:
        """A place and what stands around it, without what would move a terminal's cursor."""
        start = max(0, position - 30)
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in self.text[start : position + 30])
        return {
            "position": position,
            "column": position + 1,
            "shown": shown,
            "caret": " " * (position - start) + "^",
        }

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
            raise self.refuse("formula.function_without_argument", node, name=shortened(name))
        if name.startswith("_"):
            raise self.refuse("formula.underscore", node, name=shortened(name))
        return Name(name)

    def function(self, name: str, arguments: list[ast.expr], node: ast.AST) -> Expression:
        if name not in self.functions:
            place = self.place(self.position(node))
            raise FormulaError.unknown("formula.unknown_function", name, sorted(self.functions), **place)
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
