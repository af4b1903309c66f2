"""A prediction as arithmetic on NumPy arrays, read off a recording: quick for few points, and in any precision.

Only where each point is predicted from its own row. Then a single walk back, with an array of n numbers at each
operation, ends with a whole column of the Jacobian at each parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab._types import Params
from gradlab.expressions import Expression, Name, Number, compile_expression, renamed
from gradlab.recorder import Operation, Recorder, Recording, Value
from gradlab.rules import ARRAY_FUNCTIONS, RULES
from gradlab.solve.decimals import PRECISE, as_written

Array = NDArray[Any]
Slots = dict[str, Any]
Compute = Callable[[Mapping[str, Any]], Any]

UNCHANGED = frozenset({"expand", "expand_as", "broadcast_to", "clone", "contiguous", "double"})
"""Operations that leave every number as it is: NumPy broadcasts by itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: the slot of its result, how it is computed, and its partial derivative by each moving operand."""

    out: str
    compute: Compute
    partials: tuple[tuple[str, Expression, Compute], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """`inputs` holds data and constants by slot; `still` is computed once for all, `steps` at each place."""

    n: int
    parameters: tuple[str, ...]
    inputs: Mapping[str, Array]
    still: tuple[Step, ...]
    steps: tuple[Step, ...]
    result: str

    def rows(self, kind: type[Any] = float) -> "Rows":
        """The program with its data as `kind`: float, or PRECISE with decimals as they were written."""
        slots: Slots = {slot: as_written(a) if kind is PRECISE else a for slot, a in self.inputs.items()}
        with numpy.errstate(all="ignore"):
            for step in self.still:
                slots[step.out] = step.compute(slots)
        return Rows(self, kind, slots)


@dataclass(slots=True, eq=False)
class Rows:
    """A prediction at any parameters p of shape (k,), remembering what it computed at the last ones."""

    program: Program
    kind: type[Any]
    slots: Slots
    at: Array | None = field(default=None, init=False)

    def value(self, p: Array) -> Array:
        """The prediction, shape (n,)."""
        if self.at is None or not (self.at == p).all():
            self.slots.update(zip(self.program.parameters, p, strict=True))
            for step in self.program.steps:
                self.slots[step.out] = step.compute(self.slots)
            self.at = p.copy()
        return numpy.broadcast_to(self.slots[self.program.result], (self.program.n,))

    def jacobian(self, p: Array) -> Array:
        """∂prediction/∂p, shape (n, k)."""
        self.value(p)
        arrived: Slots = {self.program.result: self.kind(1)}
        for step in reversed(self.program.steps):
            if (g := arrived.get(step.out)) is not None:
                for operand, partial, compute in step.partials:
                    through = _through(g, partial, compute, self.slots)
                    arrived[operand] = arrived[operand] + through if operand in arrived else through
        columns = numpy.empty((self.program.n, len(p)), self.kind)
        for column, slot in enumerate(self.program.parameters):
            columns[:, column] = arrived.get(slot, 0)
        return columns


def _through(g: Any, partial: Expression, compute: Compute, slots: Slots) -> Any:
    if isinstance(partial, Number) and abs(partial.value) == 1:
        return g if partial.value > 0 else -g
    factor = compute(slots)
    if getattr(factor, "dtype", None) == bool:
        return numpy.where(factor, g, 0)
    return g * factor


def program(prediction: Callable[[Params], Tensor], params: Params, free: tuple[str, ...]) -> Program | None:
    """The program of `prediction(params)` in the `free` parameters; None where it cannot be had.

    It needs numbers as free parameters, operations that have a rule and mix no rows, and code that does not look at
    what depends on a parameter (`if m > 0`).
    """
    leaves = {name: value.detach().clone() for name, value in params.items()}
    recorder = Recorder()
    roots = [recorder.recording.value(leaves[name]) for name in free]
    with torch.no_grad(), recorder:
        result = prediction(leaves)
    recording = recorder.recording
    moving = recording.depending_on(roots)
    end = recording.value(result)
    blind = recording.through_a_view is not None or not moving.isdisjoint(recording.read_out)
    if blind or end not in moving or not all(_is_row(value.tensor, result.shape[0]) for value in moving):
        return None
    return _Reader(roots, moving).program(recording, end)


def _has_rule(operation: Operation) -> bool:
    if operation.name == "getitem":
        return not any(name.startswith("index") for name, _ in operation.values())
    return operation.name in UNCHANGED or (operation.name in RULES and operation.name != "erf")


def _is_row(tensor: Tensor, n: int) -> bool:
    return tensor.dim() == 0 or tensor.shape == (n,)


class _Reader:
    """One pass over one recording, giving each value its slot."""

    def __init__(self, roots: list[Value], moving: set[Value]) -> None:
        self.moving = moving
        self.slots: dict[Value, str] = {}
        self.inputs: dict[str, Array] = {}
        self.parameters = tuple(self.slot(root) for root in roots)

    def program(self, recording: Recording, end: Value) -> Program | None:
        still, steps = [], []
        for operation in recording.operations:
            if operation.result in self.moving:
                if not _has_rule(operation) or operation.name == "getitem":
                    return None
                steps.append(self.step(operation))
            elif _has_rule(operation):
                still.append(self.step(operation))
        n = end.tensor.shape[0]
        return Program(n, self.parameters, self.inputs, tuple(still), tuple(steps), self.slot(end))

    def slot(self, value: Value) -> str:
        """Where a value is kept; what has no rule and does not move is taken as the number that it was."""
        if value not in self.slots:
            self.slots[value] = f"t{len(self.slots)}"
            if value not in self.moving and (value.source is None or not _has_rule(value.source)):
                self.inputs[self.slots[value]] = value.tensor.detach().numpy()
        return self.slots[value]

    def step(self, operation: Operation) -> Step:
        if operation.name == "getitem":
            source, index = self.slot(operation.operands["a"]), operation.operands["index"]
            return Step(self.slot(operation.result), lambda slots: slots[source][index])
        if operation.name in UNCHANGED:
            source = self.slot(operation.operands["a"])
            partials = ((source, Number(1.0), lambda slots: 1.0),)
            return Step(self.slot(operation.result), lambda slots: slots[source], partials)
        rule = RULES[operation.name]
        named = {name: self.operand(operand) for name, operand in operation.operands.items()}
        named |= {"out": Name(self.slot(operation.result)), "kink": Number(0.0)}
        partials = tuple(
            (self.slot(value), partial, compile_expression(partial, ARRAY_FUNCTIONS))
            for name, value in operation.values()
            if value in self.moving and name in rule.partials
            for partial in [renamed(rule.partials[name], named)]
        )
        return Step(
            self.slot(operation.result), compile_expression(renamed(rule.value, named), ARRAY_FUNCTIONS), partials
        )

    def operand(self, operand: Any) -> Expression:
        return Name(self.slot(operand)) if isinstance(operand, Value) else Number(float(operand))
