"""A recording: the operations that ran, in order, with the values that went in and came out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from gradlab.recorder.sites import Site


@dataclass(slots=True, eq=False)
class Value:
    """A tensor as it was at one moment; written over in place, it becomes a new Value and the old one keeps a copy.

    `source` is the operation that made it, None for what came from outside: a parameter, data, a constant.
    """

    tensor: Tensor
    source: "Operation | None" = None

    @property
    def tracked(self) -> bool:
        """Whether autograd follows it; where it does not, the chain rule passes nothing back either."""
        return self.tensor.requires_grad


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation: its name in gradlab's words, its operands by name, its result, and where it stands in the code.

    An operand is a Value, a sequence of Values, or whatever else was passed (a number, a dimension, an index).
    `inside` names the composite function that this operation is a part of.
    """

    name: str
    operands: dict[str, Any]
    result: Value
    site: Site | None = None
    inside: str | None = None

    def values(self) -> Iterator[tuple[str, Value]]:
        """The operands that are tensors, each with its name; members of a sequence as `a[0]`, `a[1]`, …"""
        for name, operand in self.operands.items():
            if isinstance(operand, Value):
                yield name, operand
            elif isinstance(operand, list | tuple):
                yield from ((f"{name}[{i}]", member) for i, member in enumerate(operand) if isinstance(member, Value))

    def tensors(self) -> dict[str, Any]:
        """The operands as they were passed: tensors instead of Values."""
        return {name: _tensor_of(operand) for name, operand in self.operands.items()}


def _tensor_of(operand: Any) -> Any:
    if isinstance(operand, Value):
        return operand.tensor
    if isinstance(operand, list | tuple) and any(isinstance(member, Value) for member in operand):
        return type(operand)(_tensor_of(member) for member in operand)
    return operand


@dataclass(slots=True)
class Recording:
    """All operations of one run, the first first; `value(tensor)` finds the Value of a tensor that took part.

    `through_a_view` is the first place where a tensor was written over whose memory another recorded tensor shares:
    from there on values change without an operation of their own, and no reader can follow. `read_out` holds the values
    that left the tensors (`item()`, `if m > 0`): what the code did with them no recording shows.
    """

    operations: list[Operation] = field(default_factory=list)
    through_a_view: str | None = None
    read_out: list[Value] = field(default_factory=list)
    _live: dict[int, Value] = field(default_factory=dict)

    def value(self, tensor: Tensor) -> Value:
        """The Value that `tensor` is now; a tensor never seen before is one from outside."""
        found = self._live.get(id(tensor))
        if found is None:
            found = self._live[id(tensor)] = Value(tensor)
        return found

    def depending_on(self, roots: Iterable[Value]) -> set[Value]:
        """The values that change when one of `roots` does, they themselves included."""
        found = set(roots)
        for operation in self.operations:
            if any(value in found for _, value in operation.values()):
                found.add(operation.result)
        return found

    def emit(self, operation: Operation) -> None:
        """Append an operation, whose result is from now on what its tensor is."""
        self.operations.append(operation)
        self._live[id(operation.result.tensor)] = operation.result

    def keep_before_overwriting(self, tensor: Tensor, name: str) -> None:
        """`tensor` is about to be changed in place by `name`: its Value so far keeps a copy of what it was."""
        before = self._live.pop(id(tensor), None)
        if any(_share_memory(tensor, other.tensor) for other in self._live.values()):
            self.through_a_view = self.through_a_view or name
        if before is not None:
            before.tensor = tensor.detach().clone().requires_grad_(tensor.requires_grad)

    def rebind(self, tensor: Tensor, value: Value) -> None:
        """`tensor` stands for `value`: a composite's own result for the last operation inside it."""
        value.tensor = tensor
        self._live[id(tensor)] = value


def _share_memory(one: Tensor, other: Tensor) -> bool:
    return one is not other and one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr() != 0
