"""Expressions written down in a notation: with as few brackets as are needed, in names or in numbers."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from gradlab.algebra import number_text
from gradlab.expressions import Call, Expression, Name, Number, names, walk
from gradlab.formula.functions import COUNT, PREDICTION, TARGET
from gradlab.formula.notation import GREEK, Notation

_INFIX = {"logical_or": ("∨", 1), "logical_and": ("∧", 2), "add": ("+", 4), "sub": ("−", 4), "mul": ("·", 5)}
_INFIX |= {name: (sign, 3) for name, sign in zip("eq ne gt ge lt le".split(), "=≠>≥<≤", strict=True)}
_SUM, _PRODUCT, _POWER, _ATOM = 4, 5, 7, 8
_SPOKEN = {"atan": "arctan", "asin": "arcsin", "acos": "arccos", "maximum": "max", "minimum": "min", "sigmoid": "σ"}
_TERMS_SHOWN, _MOST_LISTED = 2, 4

Written = tuple[str, int]
"""Text, and how strongly its outermost sign binds."""


@dataclass(frozen=True, slots=True)
class Writer:
    """`index` is the point that is spoken of: a letter, a number, or None for all at once; `in_numbers` fills names."""

    notation: Notation
    values: Mapping[str, Any]
    of_points: Set[str]
    points: int
    in_numbers: bool = False
    index: str | int | None = None

    def text(self, expression: Expression) -> str:
        return self.written(expression)[0]

    def written(self, expression: Expression) -> Written:
        match expression:
            case Number(value):
                return self._number(value)
            case Name(name):
                return self._filled(name) if self.in_numbers else (self._name(name), _ATOM)
            case Call("mean" | "sum" as reduction, (body,)):
                return self._reduced(reduction, body)
            case Call("mul", (factor, Call("mean", (body,)))) if _is_plain(factor):
                return self._reduced("mean", body, self.text(factor))
            case Call("special", (_, _, elsewhere)):
                return self.written(elsewhere)
            case Call(function, (left, right)) if function in _INFIX:
                return self._infix(function, left, right)
            case Call(function, arguments):
                return self._call(function, arguments)

    def _infix(self, function: str, left: Expression, right: Expression) -> Written:
        sign, strength = _INFIX[function]
        one = self._bracketed(left, strength)
        other = self._bracketed(right, strength + (function == "sub"))
        bare = function == "mul" and not (self.in_numbers or isinstance(right, Number) or _is_word(left, right))
        return self.notation.row(one, other) if bare else self.notation.row(
            one, self.notation.sign(sign), other
        ), strength

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> Written:
        write, first = self.notation, arguments[0]
        match function:
            case "neg":
                return write.row(write.sign("−"), self._bracketed(first, _PRODUCT)), _SUM
            case "div":
                return write.fraction(self.text(first), self.text(arguments[1])), _POWER
            case "pow":
                return write.power(self._bracketed(first, _ATOM), self.text(arguments[1])), _POWER
            case "square":
                return write.power(self._bracketed(first, _ATOM), write.number("2")), _POWER
            case "exp":
                return write.power(write.symbol("e", False), self.text(first)), _POWER
            case "abs":
                return write.between_bars(self.text(first)), _ATOM
            case "sqrt":
                return write.root(self.text(first)), _ATOM
            case "reciprocal":
                return write.fraction(write.number("1"), self.text(first)), _POWER
            case "logical_not":
                return write.row(write.sign("¬"), self._bracketed(first, _ATOM)), _PRODUCT
            case "matmul":
                return write.row(
                    self._bracketed(first, _PRODUCT), self._bracketed(arguments[1], _PRODUCT + 1)
                ), _PRODUCT
            case "transpose":
                return write.power(self._bracketed(first, _ATOM), write.symbol("T", False)), _POWER
            case "sum0" | "mean0":
                return self._reduced(function[:-1], first)
            case "where":
                return self._where(arguments)
            case "derivative":
                return write.fraction(*(write.row(write.sign("∂"), self.text(part)) for part in arguments)), _POWER
        inside = write.sign(",").join(self.text(argument) for argument in arguments)
        return write.row(write.function(_SPOKEN.get(function, function)), write.bracketed(inside)), _ATOM

    def _where(self, arguments: tuple[Expression, ...]) -> Written:
        condition, there, elsewhere = (self.text(argument) for argument in arguments)
        return self.notation.cases([(there, condition)], elsewhere), _SUM

    def _bracketed(self, expression: Expression, strength: int) -> str:
        text, own = self.written(expression)
        return text if own >= strength else self.notation.bracketed(text)

    def _number(self, value: float) -> Written:
        return self.notation.number(number_text(value)), _ATOM if value >= 0 else _SUM

    def _reduced(self, reduction: str, body: Expression, times: str | None = None) -> Written:
        """times/N Σᵢ body; in numbers the first terms and the last."""
        write = self.notation
        count = write.number(str(self.points)) if self.in_numbers else self._name(COUNT.name)
        share = [write.fraction(times or write.number("1"), count)] if reduction == "mean" else []
        if self.in_numbers:
            return write.row(*share, write.bracketed(self._terms(body))), _PRODUCT
        letter = write.symbol("i", False)
        total = write.total(write.row(letter, write.sign("="), write.number("1")), self._name(COUNT.name))
        inside = replace(self, index="i")._bracketed(body, _PRODUCT)
        return write.row(*share, total, inside), _PRODUCT

    def _terms(self, body: Expression) -> str:
        shown = [*range(min(_TERMS_SHOWN, self.points - 1)), self.points - 1]
        terms = [replace(self, index=place)._bracketed(body, _PRODUCT) for place in shown]
        if len(shown) < self.points:
            terms.insert(-1, self.notation.sign("⋯"))
        plus = self.notation.sign("+")
        return self.notation.row(*[piece for term in terms for piece in (plus, term)][1:])

    def _filled(self, name: str) -> Written:
        value = self.values[name]
        if isinstance(value, Tensor) and value.numel() > 1:
            if name not in self.of_points or not isinstance(self.index, int):
                return self._name(name), _ATOM
            value = value[self.index]
        return self._number(float(value))

    def listed(self, values: Tensor) -> str:
        """Several numbers in brackets; of many the first and the last."""
        numbers = [self._number(float(value))[0] for value in values.flatten()]
        if len(numbers) > _MOST_LISTED:
            numbers = [*numbers[:_TERMS_SHOWN], self.notation.sign("⋯"), numbers[-1]]
        return self.notation.bracketed(f"{self.notation.sign(',')} ".join(numbers))

    def _name(self, name: str) -> str:
        """`w[0]` and `c0` with their number below; what belongs to a point with the point's."""
        write = self.notation
        letters, number = _parts(name)
        below = [write.number(number)] if number else []
        if self.index is not None and name in self.of_points:
            below.append(write.symbol("i", False) if self.index == "i" else write.number(str(int(self.index) + 1)))
        base = write.symbol(letters, hat=name == PREDICTION.name)
        return write.below(base, write.sign(",").join(below)) if below else base


def _is_word(*factors: Expression) -> bool:
    """Whether names of several letters would run into each other: `vmax·x`."""
    letters = (_parts(name)[0] for factor in factors for name in names(factor))
    return any(len(word) > 1 and word not in GREEK for word in letters)


def _parts(name: str) -> tuple[str, str]:
    """Letters, and the number that goes below them: of `w[0]`, `c0`, `alpha_1`."""
    if name in (PREDICTION.name, TARGET.name):
        return "y", ""
    plain = name.partition("~")[0].lstrip("#")
    letters, number = re.fullmatch(r"(.*?)_?\[?(\d*)\]?", plain).groups()  # type: ignore[union-attr]  # it fits all text
    return (letters, number) if letters else (plain, "")


def _is_plain(factor: Expression) -> bool:
    """Whether a factor of a mean may stand above its N."""
    return not (isinstance(factor, Call) and factor.function in ("div", "neg", "where"))


def speaks_of_all(expression: Expression) -> bool:
    """Whether a formula is about all points at once: a product with a matrix."""
    return any(isinstance(part, Call) and part.function == "matmul" for part in walk(expression))
