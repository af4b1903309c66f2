"""From a recording to formulas: forward, each value as an expression; back, the chain rule on expressions.

    ∂L/∂operand = Σ over its uses of ∂L/∂result · ∂result/∂operand

with the local derivatives of `rules`. The prediction has a name of its own, so that the derivative of the loss is
written in ŷ and y, as people write it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.algebra import collected, simplified, substituted
from gradlab.errors import RecordingError
from gradlab.expressions import Call, Expression, Name, Number
from gradlab.formula.functions import COUNT, PREDICTION, TARGET
from gradlab.formula.sums import Sums
from gradlab.objective import Objective
from gradlab.recorder import Operation, Recorder, Value
from gradlab.rules import RULES
from gradlab.rules.elementwise import is_condition

_HANDED_ON = frozenset("expand expand_as broadcast_to clone contiguous to as_tensor".split())
"""Operations that change how a tensor lies, not what it says."""


class Derivation:
    """One run of an objective, read as formulas; `values` holds the numbers of all names.

    `of_points` are the names that mean one number at each point.
    """

    def __init__(self, objective: Objective, params: Params, kink: float) -> None:
        self.objective, self.kink = objective, kink
        leaves = {name: value.detach().clone().requires_grad_() for name, value in params.items()}
        recorder = Recorder()
        with torch.enable_grad(), recorder:
            prediction, loss = objective.forward(leaves)
        self.recording = recorder.recording
        if self.recording.through_a_view is not None:
            raise RecordingError("recorder.through_a_view", operation=self.recording.through_a_view)
        self.prediction, self.end = self.recording.value(prediction), self.recording.value(loss)
        self.values: dict[str, Any] = {PREDICTION.name: prediction.detach(), TARGET.name: objective.points.y}
        self.values[COUNT.name] = len(objective.points)
        self.leaves: dict[Value, Name] = {}
        self.of_points = {PREDICTION.name, TARGET.name}
        for name, leaf in leaves.items():
            self._is_called(self.recording.value(leaf), name)
        self.sums = Sums(self.values, len(objective.points))
        self.expressions: dict[Value, Expression] = dict(self.leaves)
        self.model: Expression = self._of(self.prediction) if self.prediction.source is None else PREDICTION
        self._read_forward()

    def _is_called(self, value: Value, name: str) -> Name:
        self.values[name] = value.tensor.detach()
        self.leaves[value] = Name(name)
        return self.leaves[value]

    # Forward
    def _read_forward(self) -> None:
        for operation in self.recording.operations:
            expression = collected(self._read(operation))
            if operation.result is self.prediction:
                self.model, expression = expression, PREDICTION
            self.expressions[operation.result] = expression

    def _read(self, operation: Operation) -> Expression:
        if not operation.result.tracked:
            data = self._data(operation.result.tensor)
            if data is not None:
                return data
        if operation.name in RULES:
            return substituted(RULES[operation.name].value, self._operands(operation))
        if operation.name in ("sum", "mean") and set(operation.operands) == {"a"}:
            return Call(operation.name, (self._of(operation.operands["a"]),))
        if operation.name == "matmul":
            return Call("matmul", (self._of(operation.operands["a"]), self._of(operation.operands["b"])))
        if operation.name in _HANDED_ON:
            return self._of(operation.operands["a"])
        if self._is_element(operation):
            name = f"{self.leaves[operation.operands['a']].name}[{operation.operands['index']}]"
            return self._is_called(operation.result, name)
        if not operation.result.tracked:
            return self._constant(operation.result)
        raise RecordingError("formula_view.no_formula", operation=operation.name)

    def _is_element(self, operation: Operation) -> bool:
        """`w[0]`: one element of a parameter is a parameter by itself."""
        operands = operation.operands
        return operation.name == "getitem" and operands.get("a") in self.leaves and isinstance(operands["index"], int)

    def _operands(self, operation: Operation) -> Mapping[str, Expression]:
        return {name: self._of(operand) for name, operand in operation.operands.items()}

    def _of(self, operand: Any) -> Expression:
        if not isinstance(operand, Value):
            return Number(float(operand))
        if operand not in self.expressions:
            data = self._data(operand.tensor)
            self.expressions[operand] = data if data is not None else self._constant(operand)
        return self.expressions[operand]

    def _data(self, tensor: Tensor) -> Expression | None:
        """The name of a column, of y, of x as a whole: recognised by its numbers."""
        points = self.objective.points
        columns = [points.x] if points.x.dim() == 1 else list(points.x.unbind(1))
        known = dict(zip(points.names, columns, strict=True)) | {TARGET.name: points.y, "x~": points.x}
        known |= {"x~1": points.x.unsqueeze(-1)} if points.x.dim() == 1 else {}
        for name, values in known.items():
            if values.shape == tensor.shape and torch.equal(values, tensor):
                self.values[name] = values
                self.of_points |= {name} if values.dim() == 1 else set()
                return Name(name)
        return None

    def _constant(self, value: Value) -> Expression:
        if value.tensor.numel() == 1:
            return Number(float(value.tensor))
        name = self._is_called(value, f"c~{len(self.leaves)}")
        self.of_points |= {name.name} if value.tensor.shape == self.objective.points.y.shape else set()
        return name

    # Back
    def adjoints(self, start: Value, seed: Expression, *, summed: bool) -> dict[Value, Expression]:
        """∂start/∂value for all values below `start`; unsummed, a parameter's is left as it is at each point."""
        arrived = {start: seed}
        for operation in reversed(self.recording.operations):
            if operation.result in arrived:
                for value, passed in self._passed(operation, arrived[operation.result]):
                    whole = operation.result.tensor.shape if operation.name in RULES else value.tensor.shape
                    if operation.name in _HANDED_ON:
                        whole = operation.result.tensor.shape
                    reduced = self.sums.to(passed, whole, value.tensor.shape) if summed else passed
                    arrived[value] = self.sums.plus(arrived[value], reduced) if value in arrived else reduced
        return arrived

    def _passed(self, operation: Operation, adjoint: Expression) -> Iterator[tuple[Value, Expression]]:
        for name, value in operation.values():
            if value.tracked and operation.result not in self.leaves:
                yield from self._through(operation, name, value, adjoint)

    def _through(
        self, operation: Operation, name: str, value: Value, adjoint: Expression
    ) -> Iterator[tuple[Value, Expression]]:
        if operation.name in RULES:
            if name in RULES[operation.name].partials:
                yield value, self._times_partial(operation, name, adjoint)
        elif operation.name == "mean":
            yield value, self.sums.over(adjoint, value.tensor.numel())
        elif operation.name == "matmul":
            yield value, self._through_matmul(operation, name, adjoint)
        else:
            yield value, adjoint

    def _times_partial(self, operation: Operation, name: str, adjoint: Expression) -> Expression:
        rule = RULES[operation.name]
        known = dict(self._operands(operation))
        known |= {"out": self.expressions[operation.result], "kink": Number(self.kink)}
        partial = substituted(rule.partials[name], known)
        if is_condition(partial):
            return self.sums.selected(partial, adjoint)
        return self.sums.times(adjoint, collected(_at_single_points(partial)))

    def _through_matmul(self, operation: Operation, name: str, adjoint: Expression) -> Expression:
        matrix = operation.operands["a"].tensor
        if name != "b" or matrix.dim() != 2 or operation.operands["b"].tensor.dim() != 1:
            raise RecordingError("formula_view.no_formula", operation="matmul")
        return self.sums.through_matrix(self._of(operation.operands["a"]), adjoint)


def _at_single_points(partial: Expression) -> Expression:
    """Mark a case of a rule that concerns single points, |a| at 0, so that it is evaluated and need not be written."""
    match partial:
        case Call("where", (Call("eq", _) | Call("logical_and", (Call("eq", _), _)), there, elsewhere)):
            plain = simplified(partial)
            decided = not (isinstance(plain, Call) and plain.function == "where")
            return plain if decided else Call("special", (partial.arguments[0], there, elsewhere))
    return partial
