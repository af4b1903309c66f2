"""The tree that an expression is, and what can be done with it: walk it, list its names, compute it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


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


def names(expression: Expression) -> list[str]:
    """The names in `expression`, each once, in order of first appearance.

    >>> names(Call("mul", (Name("a"), Call("add", (Name("x"), Name("a"))))))
    ['a', 'x']
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

    >>> double = compile_expression(Call("mul", (Number(2.0), Name("x"))), {"mul": lambda a, b: a * b})
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
