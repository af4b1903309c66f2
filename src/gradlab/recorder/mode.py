"""Running ordinary PyTorch code and writing down what it does."""

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from gradlab.recorder.functions import NO_OPERATION, Spoken, plain_name, spoken
from gradlab.recorder.recording import Operation, Recording, Value
from gradlab.recorder.sites import site_of_caller
from gradlab.rules import COMPOSITES

_READS_OUT = frozenset(
    "item tolist numpy __bool__ __float__ __int__ __index__ __complex__ __array__ __contains__ "
    "is_nonzero equal allclose nonzero".split()
)
"""Functions by which a tensor's numbers become Python's, where no recording follows them."""


class Recorder(TorchFunctionMode):
    """A `with` block in which every operation on tensors is written to `recording`; the code runs unchanged.

    With `sites=True` each operation knows its place in the user's source (some microseconds an operation).

    >>> x = torch.tensor([1.0, 2.0])
    >>> with Recorder() as recorder:
    ...     y = (2 * x + 1).mean()
    >>> [operation.name for operation in recorder.recording.operations]
    ['mul', 'add', 'mean']
    """

    def __init__(self, *, sites: bool = False) -> None:
        super().__init__()
        self.recording = Recording()
        self._sites = sites
        self._inside: str | None = None

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = plain_name(func)
        if name in NO_OPERATION:
            return func(*args, **kwargs)
        if name in _READS_OUT:
            self.recording.read_out += [self.recording.value(a) for a in args if isinstance(a, torch.Tensor)]
        call = spoken(func, args, kwargs)
        operands = {key: self._value(operand) for key, operand in call.operands.items()}
        if call.in_place:
            self.recording.keep_before_overwriting(args[0], call.name)
        result = func(*args, **kwargs)
        if call.name in COMPOSITES and isinstance(result, torch.Tensor) and self._opened(call, result):
            return result
        self._emit(call, operands, result, overwritten=args[0] if name == "__setitem__" else None)
        return result

    def _value(self, operand: Any) -> Any:
        if isinstance(operand, torch.Tensor):
            return self.recording.value(operand)
        if isinstance(operand, list | tuple) and any(isinstance(member, torch.Tensor) for member in operand):
            return type(operand)([self._value(member) for member in operand])
        return operand

    def _emit(self, call: Spoken, operands: dict[str, Any], result: Any, overwritten: Any) -> None:
        """`x[0] = 1` returns nothing: what it made is the tensor that it wrote over."""
        results = [overwritten] if overwritten is not None else result if isinstance(result, list | tuple) else [result]
        site = site_of_caller() if self._sites else None
        for each in results:
            if isinstance(each, torch.Tensor):
                operation = Operation(call.name, operands, Value(each), site, self._inside)
                operation.result.source = operation
                self.recording.emit(operation)

    def _opened(self, call: Spoken, result: torch.Tensor) -> bool:
        """Record a composite as the operations that it stands for; False if those do not give PyTorch's own value."""
        before = len(self.recording.operations)
        outer, self._inside = self._inside, self._inside or call.name
        try:
            with self:
                inner = COMPOSITES[call.name](**call.operands)
            same = inner.shape == result.shape and torch.allclose(inner, result, rtol=1e-4, equal_nan=True)
        except (TypeError, NotImplementedError, RuntimeError):
            same = False
        finally:
            self._inside = outer
        if not same:
            del self.recording.operations[before:]
            return False
        self.recording.rebind(result, self.recording.value(inner))
        return True


def record(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, Recording]:
    """Run `function(*args, **kwargs)`; give back what it returned and the recording of what it did.

    >>> result, recording = record(lambda a: a * a, torch.tensor(3.0))
    >>> result, recording.operations[0].name
    (tensor(9.), 'mul')
    """
    with Recorder() as recorder:
        result = function(*args, **kwargs)
    return result, recorder.recording
