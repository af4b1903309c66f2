"""Sums of expressions over the points, with what does not change from point to point taken out of them."""

from collections.abc import Mapping
from typing import Any

import torch

from gradlab.algebra import ONE, Product, collected, factored, simplified
from gradlab.errors import RecordingError
from gradlab.expressions import Call, Expression, Number
from gradlab.formula.functions import COUNT, evaluate


class Sums:
    """Shapes are found by evaluating; `values` are those of all names."""

    def __init__(self, values: Mapping[str, Any], points: int) -> None:
        self.values, self.points = values, points

    def shape(self, expression: Expression) -> torch.Size:
        return evaluate(expression, self.values).shape

    def over(self, expression: Expression, count: int) -> Expression:
        """Divided by how many there are, which is N where these are the points."""
        return Call("div", (expression, COUNT if count == self.points else Number(float(count))))

    def times(self, adjoint: Expression, partial: Expression) -> Expression:
        """The product, with 1/N and what selects kept outside."""
        match adjoint:
            case Call("where", (condition, there, Number(0.0))):
                return Call("where", (condition, self.times(there, partial), Number(0.0)))
            case Call("div", (body, count)) if _is_count(count):
                return Call("div", (self.times(body, partial), count))
        return collected(Call("mul", (adjoint, partial)))

    def plus(self, one: Expression, other: Expression) -> Expression:
        match one, other:
            case Call("div", (body, count)), Call("div", (more, same)) if count == same and _is_count(count):
                return Call("div", (self.plus(body, more), count))
            case Call("where", (condition, there, Number(0.0))), Call("where", (opposite, elsewhere, Number(0.0))):
                if opposite == Call("logical_not", (condition,)):
                    return Call("where", (condition, there, elsewhere))
                if condition == Call("logical_not", (opposite,)):
                    return Call("where", (opposite, elsewhere, there))
        return simplified(Call("add", (one, other)))

    def selected(self, condition: Expression, adjoint: Expression) -> Expression:
        """What passes only where the condition holds."""
        match adjoint:
            case Call("div", (body, count)) if _is_count(count):
                return Call("div", (self.selected(condition, body), count))
        return simplified(Call("where", (condition, adjoint, Number(0.0))))

    def to(self, expression: Expression, whole: torch.Size, shape: torch.Size) -> Expression:
        """Summed from the shape that it has been broadcast to, to the shape of what it belongs to."""
        if whole == shape:
            return expression
        axes = _axes(whole, shape)
        match expression:
            case Call("div", (body, count)) if (
                _is_count(count) and self._number(count) == whole.numel() // shape.numel()
            ):
                return simplified(self._reduced(f"mean{axes}", body, whole))
            case Call("div", (body, count)) if _is_count(count):
                return simplified(Call("div", (self._reduced(f"sum{axes}", body, whole), count)))
        return simplified(self._reduced(f"sum{axes}", expression, whole))

    def _number(self, count: Expression) -> int:
        return int(count.value) if isinstance(count, Number) else self.points

    def _reduced(self, reduction: str, body: Expression, whole: torch.Size) -> Expression:
        """Σ c·e = c·Σ e; what is the same everywhere is summed by counting."""
        once, varying = self._taken_apart(body)
        if varying != ONE or reduction.endswith("0"):
            return Call("mul", (once, Call(reduction, (varying,))))
        return once if reduction == "mean" else Call("mul", (self._count_of(whole), once))

    def through_matrix(self, matrix: Expression, adjoint: Expression) -> Expression:
        """Xᵀ · adjoint, with 1/N and what is the same for all points before it."""
        match adjoint:
            case Call("div", (body, count)) if _is_count(count):
                return Call("div", (self.through_matrix(matrix, body), count))
        once, varying = self._taken_apart(adjoint)
        if varying == ONE:
            return collected(Call("mul", (once, Call("sum0", (matrix,)))))
        return collected(Call("mul", (once, Call("matmul", (Call("transpose", (matrix,)), varying)))))

    def _taken_apart(self, expression: Expression) -> tuple[Expression, Expression]:
        """Two factors: what is one number for all points, and the rest."""
        product = factored(expression)
        outside, inside = self._apart(product.above)
        under, within = self._apart(product.below)
        return Product(product.number, outside, under).expression(), Product(1.0, inside, within).expression()

    def _apart(self, factors: dict[Expression, float]) -> tuple[dict[Expression, float], dict[Expression, float]]:
        """Factors that are one number for all points, and the others."""
        single = {factor: power for factor, power in factors.items() if self._is_single(factor)}
        return single, {factor: power for factor, power in factors.items() if factor not in single}

    def _is_single(self, expression: Expression) -> bool:
        return not self.shape(expression)

    def _count_of(self, whole: torch.Size) -> Expression:
        return COUNT if whole.numel() == self.points else Number(float(whole.numel()))


def _is_count(expression: Expression) -> bool:
    return expression == COUNT or isinstance(expression, Number)


def _axes(whole: torch.Size, shape: torch.Size) -> str:
    """Over all axes, or over the first: other sums have no formula here."""
    if not shape:
        return ""
    if whole[1:] == shape:
        return "0"
    raise RecordingError("formula_view.no_sum", whole=tuple(whole), shape=tuple(shape))
