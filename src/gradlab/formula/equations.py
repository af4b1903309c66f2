"""The formulas of an objective: the model, the loss, and what the chain rule makes of them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gradlab._types import Params
from gradlab.algebra import collected
from gradlab.expressions import Call, Expression, Name, Number
from gradlab.formula.derive import Derivation
from gradlab.formula.functions import PREDICTION, evaluate
from gradlab.formula.notation import Latex, MathML, Notation
from gradlab.formula.writing import Writer, speaks_of_all
from gradlab.objective import Objective

LOSS, LOSS_OF_A_POINT = Name("L"), Name("ℓ")


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """left = right, the right side an expression; `values` are the numbers of its names at one step,
    `of_points` the names that mean one number at each point.

    With `numbers=True` both notations show those numbers in the place of names, of a sum the first terms and the last,
    and the value that comes out; what is said of each point is said of the first.
    """

    left: Expression
    right: Expression
    values: Mapping[str, Any]
    of_points: Set[str]
    points: int
    of_a_point: bool = False

    def value(self) -> Tensor:
        """What the right side comes to: a number, or one for each point or element."""
        return evaluate(self.right, self.values).to(self.values[PREDICTION.name].dtype)

    def latex(self, numbers: bool = False) -> str:
        """As LaTeX, for a display."""
        return self._written(Latex(), numbers)

    def mathml(self, numbers: bool = False) -> str:
        """As a `<math>` element."""
        return self._written(MathML(), numbers)

    def _written(self, notation: Notation, numbers: bool) -> str:
        index: str | int | None = "i" if self.of_a_point and not speaks_of_all(self.right) else None
        if numbers and index is not None:
            index = 0
        left = Writer(notation, self.values, self.of_points, self.points, index=index).text(self.left)
        pieces = [left]
        value = self.value()
        shown = value[0] if index == 0 and value.dim() else value
        if not numbers:
            pieces.append(Writer(notation, self.values, self.of_points, self.points, index=index).text(self.right))
        elif shown.numel() == 1:
            filled = Writer(notation, self.values, self.of_points, self.points, True, index)
            right, end = filled.text(self.right), filled.text(Number(float(shown)))
            pieces += [right] if right == end else [right, end]
        else:
            writer = Writer(notation, self.values, self.of_points, self.points)
            pieces += [writer.text(self.right), writer.listed(shown)]
        equals = f" {notation.sign('=')} "
        return notation.whole(notation.row(equals.join(pieces)))


@dataclass(frozen=True, slots=True, eq=False)
class Formulas:
    """What `formulas` gives. With ŷ for the prediction and ℓ for the loss of one point:

    `model` ŷᵢ = …; `loss` L = 1/N Σ ℓᵢ; `loss_derivative` ∂ℓᵢ/∂ŷᵢ = …; `partials[p]` ∂ŷᵢ/∂p = … (for parameters that
    are one number); `gradient[p]` ∂L/∂p = …, which is 1/N Σ of the product of the two.
    """

    model: Equation
    loss: Equation
    loss_derivative: Equation
    partials: dict[str, Equation]
    gradient: dict[str, Equation]


def formulas(objective: Objective, params: Params, kink: float = 0.0) -> Formulas:
    """The formulas of `objective`, with the numbers of the step at `params`.

    `kink` is the derivative taken for |u| at u = 0; the formula says sign(u), its value follows the choice.

    Raises RecordingError, naming it, for an operation that has no formula here.

    >>> from gradlab.data import Points
    >>> objective = Objective(lambda x, m: m * x, lambda prediction, y: (prediction - y) ** 2, Points([1.0], [3.0]))
    >>> found = formulas(objective, {"m": torch.tensor(2.0, dtype=torch.float64)})
    >>> print(found.model.latex(), found.gradient["m"].latex(), sep="\\n")
    \\hat{y}_{i} = m x_{i}
    \\frac{\\partial L}{\\partial m} = \\frac{2}{N} \\sum_{i = 1}^{N} \\left(\\hat{y}_{i} - y_{i}\\right) x_{i}
    """
    derived = Derivation(objective, params, kink)
    end, prediction = derived.end, derived.prediction
    whole = derived.adjoints(end, Number(1.0), summed=True)
    below = derived.adjoints(prediction, Number(1.0), summed=False)

    def equation(left: Expression, right: Expression, of_a_point: bool = False) -> Equation:
        return Equation(left, right, derived.values, derived.of_points, len(objective.points), of_a_point)

    def rate(above: Name, under: Name) -> Expression:
        return Call("derivative", (above, under))

    of_leaf = {name: value for value, name in derived.leaves.items() if value.tracked and value in whole}
    single = {name: value for name, value in of_leaf.items() if value.tensor.dim() == 0 and value in below}
    return Formulas(
        model=equation(PREDICTION, derived.model, of_a_point=True),
        loss=equation(LOSS, derived.expressions[end]),
        loss_derivative=equation(rate(LOSS_OF_A_POINT, PREDICTION), _of_one(whole[prediction]), of_a_point=True),
        partials={
            name.name: equation(rate(PREDICTION, name), collected(below[value]), of_a_point=True)
            for name, value in single.items()
        },
        gradient={name.name: equation(rate(LOSS, name), whole[value]) for name, value in of_leaf.items()},
    )


def _of_one(adjoint: Expression) -> Expression:
    """∂ℓ/∂ŷ of one point is N · ∂L/∂ŷ, where L is a mean."""
    match adjoint:
        case Call("div", (body, Name("#N"))):
            return collected(body)
    return collected(adjoint)
