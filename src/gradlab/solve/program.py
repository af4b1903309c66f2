"""A prediction as arithmetic on NumPy arrays, read off a recording: quick for few points, and in any precision.

Only where each point is predicted from its own row. Then a single walk back, with an array of n numbers at each
operation, ends with a whole column of the Jacobian at each parameter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch
from numpy.typing import NDArray

from gradlab.algebra import simplified, substituted
from gradlab.expressions import Expression, Name, Number, compile_expression
from gradlab.linearity import Recorded
from gradlab.recorder import Operation, Value
from gradlab.rules import ARRAY_FUNCTIONS, RULES
from gradlab.solve.decimals import PRECISE, as_written

Array = NDArray[Any]
Slots = dict[str, Any]
Compute = Callable[[Mapping[str, Any]], Any]

_UNCHANGED = frozenset({"expand", "expand_as", "broadcast_to", "clone", "contiguous", "double"})
"""Operations that leave every number as it is: NumPy broadcasts by itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: the slot of its result, how it is computed, and its partial derivative by each moving operand."""

    out: str
    compute: Compute
    partials: tuple[tuple[str, Expression, Compute], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """`inputs` holds data and constants by slot; `still` is computed once for all, `steps` at each place.

    `moving` are the slots of what is given at each place: the free parameters, then the columns of x where they move.
    """

    n: int
    moving: tuple[str, ...]
    inputs: Mapping[str, Array]
    still: tuple[Step, ...]
    steps: tuple[Step, ...]
    result: str

    def rows(self, kind: type[Any] = float, n: int = 0) -> "Rows":
        """The program with its data as `kind`: float, or PRECISE with decimals as they were written.

        Where x moves, it may have `n` rows instead of those that were recorded.
        """
        slots: Slots = {slot: as_written(a) if kind is PRECISE else a for slot, a in self.inputs.items()}
        with numpy.errstate(all="ignore"):
            for step in self.still:
                slots[step.out] = step.compute(slots)
        return Rows(self, kind, n or self.n, slots)


@dataclass(slots=True, eq=False)
class Rows:
    """A prediction with its data, at any place; it remembers what it computed at the last one."""

    program: Program
    kind: type[Any]
    n: int
    slots: Slots
    last: Array | None = field(default=None, init=False)

    def value(self, p: Array) -> Array:
        """The prediction at parameters p of shape (k,): shape (n,)."""
        if self.last is None or not (self.last == p).all():
            self.run(p)
            self.last = p.copy()
        return numpy.broadcast_to(self.slots[self.program.result], (self.n,))

    def jacobian(self, p: Array) -> Array:
        """∂prediction/∂p, shape (n, k)."""
        self.value(p)
        return self.walk_back()

    def run(self, place: Sequence[Any] | Array) -> Array:
        """The prediction with whatever moves at `place`: numbers, or arrays of one number per point."""
        self.slots.update(zip(self.program.moving, place, strict=True))
        for step in self.program.steps:
            self.slots[step.out] = step.compute(self.slots)
        return numpy.broadcast_to(self.slots[self.program.result], (self.n,))

    def walk_back(self) -> Array:
        """The partial derivative of each point's prediction by what moves, at the place of the last `run`."""
        arrived: Slots = {self.program.result: self.kind(1)}
        for step in reversed(self.program.steps):
            if (g := arrived.get(step.out)) is not None:
                for operand, partial, compute in step.partials:
                    through = _through(g, partial, compute, self.slots)
                    arrived[operand] = arrived[operand] + through if operand in arrived else through
        columns = numpy.empty((self.n, len(self.program.moving)), self.kind)
        for column, slot in enumerate(self.program.moving):
            columns[:, column] = arrived.get(slot, 0)
        return columns


def _through(g: Any, partial: Expression, compute: Compute, slots: Slots) -> Any:
    """As in the chain rule by hand; a condition selects, it is never multiplied (inf * 0 is NaN)."""
    if isinstance(partial, Number) and abs(partial.value) == 1:
        return g if partial.value > 0 else -g
    factor = compute(slots)
    if getattr(factor, "dtype", None) is numpy.dtype(bool):
        return numpy.where(factor, g, 0)
    return g * factor


def program(prediction: Recorded, free: tuple[str, ...], x: Value | None = None) -> Program | None:
    """The program of a recorded prediction in the `free` parameters; None where it cannot be had.

    It needs numbers as free parameters, operations that have a rule and mix no rows, and code that did not look at
    what depends on a parameter (`if m > 0`). With `x`, its columns move as well.
    """
    recording, end = prediction.recording, prediction.result
    roots = [prediction.roots[name] for name in free]
    moving = recording.depending_on([*roots, x] if x else roots)
    blind = recording.through_a_view is not None or not moving.isdisjoint(recording.read_out)
    if blind or end not in moving or end.tensor.dim() != 1:
        return None
    reader = _Reader(moving, len(end.tensor), roots, x)
    for operation in recording.operations:
        if not reader.read(operation):
            return None
    slots = (reader.slots[root] for root in roots)
    still, steps = tuple(reader.still), tuple(reader.steps)
    return Program(reader.n, (*slots, *reader.columns), reader.inputs, still, steps, reader.slots[end])


class _Reader:
    """One pass over one recording, giving each value its slot."""

    def __init__(self, moving: set[Value], n: int, roots: list[Value], x: Value | None) -> None:
        self.moving, self.n, self.x = moving, n, x
        self.inputs: dict[str, Array] = {}
        self.still: list[Step] = []
        self.steps: list[Step] = []
        self.slots: dict[Value, str] = {root: f"p{index}" for index, root in enumerate(roots)}
        many = x.tensor.shape[1] if x and x.tensor.dim() == 2 else 0
        self.columns = tuple(f"x{index}" for index in range(many)) if many or not x else ("x",)
        if x and not many:
            self.slots[x] = "x"
        self.roots = set(roots)

    def read(self, operation: Operation) -> bool:
        """Take one operation in; False where the program cannot have it."""
        if operation.result not in self.moving:
            if _has_rule(operation) or _is_plain_choice(operation):
                self.still.append(self.step(operation))
            return True
        if operation.name == "getitem" and operation.operands["a"] is self.x:
            return self.is_column(operation)
        if not (_has_rule(operation) and _is_row(operation.result, self.n)):
            return False
        if any(value.tensor.dim() for _, value in operation.values() if value in self.roots):
            return False
        self.steps.append(self.step(operation))
        return True

    def is_column(self, operation: Operation) -> bool:
        """`x[:, 1]` of an x that moves is one of its columns."""
        match operation.operands["index"]:
            case (slice(start=None, stop=None, step=None), int(index)) if 0 <= index < len(self.columns):
                self.slots[operation.result] = self.columns[index]
                return True
        return False

    def slot(self, value: Value) -> str:
        """Where a value is kept; what was not computed here is an input."""
        if value not in self.slots:
            self.slots[value] = f"t{len(self.slots)}"
            self.inputs[self.slots[value]] = value.tensor.detach().numpy()
        return self.slots[value]

    def step(self, operation: Operation) -> Step:
        if operation.name == "getitem" or operation.name in _UNCHANGED:
            source, index = self.slot(operation.operands["a"]), operation.operands.get("index")
            chosen = (lambda slots: slots[source][index]) if index is not None else (lambda slots: slots[source])
            return Step(self.new(operation), chosen, ((source, Number(1.0), chosen),))
        rule = RULES[operation.name]
        named = {name: self.operand(operand) for name, operand in operation.operands.items()}
        out = self.new(operation)
        named |= {"out": Name(out), "kink": Number(0.0)}
        partials = []
        for name, value in operation.values():
            if value in self.moving and name in rule.partials:
                partial = simplified(substituted(rule.partials[name], named))
                partials.append((self.slots[value], partial, compile_expression(partial, ARRAY_FUNCTIONS)))
        compute = compile_expression(simplified(substituted(rule.value, named)), ARRAY_FUNCTIONS)
        return Step(out, compute, tuple(partials))

    def new(self, operation: Operation) -> str:
        """A slot for what an operation makes."""
        return self.slots.setdefault(operation.result, f"t{len(self.slots)}")

    def operand(self, operand: Any) -> Expression:
        return Name(self.slot(operand)) if isinstance(operand, Value) else Number(float(operand))


def _has_rule(operation: Operation) -> bool:
    """Whether NumPy can compute it as the rule says."""
    return operation.name in _UNCHANGED or (operation.name in RULES and operation.name != "erf")


def _is_plain_choice(operation: Operation) -> bool:
    """`x[:, 1]`: by numbers and slices, not by another tensor."""
    return operation.name == "getitem" and all(name == "a" for name, _ in operation.values())


def _is_row(value: Value, n: int) -> bool:
    return value.tensor.dtype in (torch.float64, torch.bool) and value.tensor.shape in ((), (n,))
