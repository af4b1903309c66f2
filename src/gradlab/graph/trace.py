"""The microscope: a `with` block that sees every operation, its value, and the gradients of every backward.

The code inside runs unchanged, on PyTorch alone. What is shown is PyTorch's own: values as they are made, gradients as
they arrive at the nodes of autograd's graph (node hooks), local derivatives by calling those nodes with ones.
"""

from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from gradlab.errors import RecordingError
from gradlab.graph.backward import Backwards
from gradlab.graph.build import build
from gradlab.graph.engine import Place, place_of
from gradlab.graph.functions import own_functions_heard
from gradlab.graph.graph import Graph
from gradlab.graph.modules import Modules
from gradlab.graph.naming import given_names, is_shared, sites_of
from gradlab.graph.records import Records
from gradlab.graph.tape import Call, Record, anchor_of
from gradlab.recorder import plain_name, spoken, users_frames, writes_over
from gradlab.rules import COMPOSITES

_NO_OPERATION = frozenset("grad _grad grad_fn requires_grad_ retain_grad backward register_hook __reduce_ex__".split())


class Trace(TorchFunctionMode):
    """What `trace()` gives; `graph` is asked within the block or after it."""

    def __init__(self) -> None:
        super().__init__()
        self.backwards, self.modules = Backwards(), Modules()
        self.records = Records(self.modules, self.backwards)
        self._inside: Call | None = None
        self._made: list[Record] = []
        self._quiet = False
        self._latest: tuple[Call, FrameType] | None = None

    def __enter__(self) -> "Trace":
        self.modules.watch()
        self._functions = own_functions_heard(self._ran_function)
        self._functions.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        super().__exit__(*failure)
        self._functions.__exit__(*failure)
        self.modules.unwatch()
        self._latest = None

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs, name = kwargs or {}, plain_name(func)
        if self._quiet:
            return func(*args, **kwargs)
        if name in _NO_OPERATION:
            return self._backward(func, args, kwargs) if name in ("grad", "backward") else func(*args, **kwargs)
        overwritten = args[0] if writes_over(name, args) else None
        before = self._operands(spoken(func, args, kwargs).operands) if overwritten is not None else None
        result = func(*args, **kwargs)
        results = list(tensors_in(overwritten if name == "__setitem__" else result))
        if results and not any(is_opaque(each) for each in results):
            self._write(func, args, kwargs, results, before)
        return result

    def _backward(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.backwards.running += 1
        try:
            result = func(*args, **kwargs)
        finally:
            self.backwards.running -= 1
        if func is torch.autograd.grad:
            self._write_gradients(args, kwargs, result)
        return result

    def _write_gradients(self, args: tuple[Any, ...], kwargs: dict[str, Any], gradients: tuple[Any, ...]) -> None:
        """`torch.autograd.grad` hands over gradients without passing the nodes of what it was asked for."""
        named = dict(zip(("outputs", "inputs"), args, strict=False)) | kwargs
        inputs = list(tensors_in(named["inputs"]))
        self.backwards.captured(
            [(self.records.record(tensor), g) for tensor, g in zip(inputs, gradients, strict=True) if g is not None]
        )
        results = [g for g in gradients if isinstance(g, Tensor)]
        if any(g.requires_grad for g in results):
            operands = {"outputs": named["outputs"], "inputs": named["inputs"]}
            frames = users_frames()
            self._emit("grad", operands, results, frames, self._operands(operands, frames))

    def _write(self, func: Callable[..., Any], args: Any, kwargs: Any, results: list[Tensor], before: Any) -> None:
        call = spoken(func, args, kwargs)
        passed = [tensor for operand in call.operands.values() for tensor in tensors_in(operand)]
        if not call.in_place and any(result is tensor for result in results for tensor in passed):
            return
        frames = users_frames()
        if not any(self._is_of_interest(tensor) for tensor in (*results, *passed)):
            for result, name in zip(results, given_names(sites_of(frames), len(results)), strict=True):
                self.records.note_target(result, name)
            return
        operands = self._operands(call.operands, frames) if before is None else before
        self._emit(call.name, call.operands, results, frames, operands)

    def _is_of_interest(self, tensor: Tensor) -> bool:
        """Whether it is tracked, or was made from what is: the rest are constants, named when they are used."""
        if tensor.requires_grad:
            return True
        record = self.records.current(tensor)
        return record is not None and record.kind == "operation"

    def _operands(
        self, operands: dict[str, Any], frames: list[FrameType] | None = None
    ) -> list[tuple[str, Record, Place | None]]:
        frames = users_frames() if frames is None else frames
        return [
            (label, self.records.record(tensor, frames), place_of(tensor))
            for label, operand in operands.items()
            for tensor in tensors_in(operand)
        ]

    def _emit(
        self,
        operation: str,
        arguments: dict[str, Any],
        results: list[Tensor],
        frames: list[FrameType],
        operands: list[tuple[str, Record, Place | None]],
    ) -> None:
        used = iter(record for _, record, _ in operands)
        written = {label: with_records(operand, used) for label, operand in arguments.items()}
        call = Call(operation, written, sites_of(frames), self.modules.current, self._inside)
        names = self._names(call, frames, len(results))
        expansion = self._expansion(call, arguments, results)
        records = self.records.write(call, results, operands)
        if self._inside is not None:
            self._made += records
        for record, name in zip(records, names, strict=True):
            self.records.call_it(record, name)
        if expansion is not None and (place := place_of(results[0])) is not None:
            anchor_of(place[0]).expansion = expansion

    def _names(self, call: Call, frames: list[FrameType], results: int) -> tuple[str | None, ...]:
        """If several operations run within one call of the user's, its target belongs to the last of them."""
        if not frames or self._inside is not None:
            return (None,) * results
        if is_shared(call.sites[0], call.operation):
            if self._latest is not None and self._latest[1] is frames[0] and self._latest[0].sites == call.sites:
                self._latest[0].shared = call.shared = True
            self._latest = call, frames[0]
        else:
            self._latest = None
        return given_names(call.sites, results)

    def _expansion(self, call: Call, arguments: dict[str, Any], results: list[Tensor]) -> Tensor | None:
        """A ready-made function, done again in the operations that it stands for, so that it can be opened."""
        if self._inside is not None or call.operation not in COMPOSITES or len(results) != 1:
            return None
        self._inside, self._made = call, []
        try:
            with self:
                inner = COMPOSITES[call.operation](**arguments)
            same = inner.shape == results[0].shape and torch.allclose(inner, results[0], rtol=1e-4, equal_nan=True)
        except (TypeError, NotImplementedError, RuntimeError):
            same = False
        finally:
            self._inside = None
        call.parts = tuple(self._made) if same and len(self._made) > 1 else ()
        return inner if call.parts else None

    def _ran_function(self, function: type, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """A Function of the user's: one operation, whatever its forward does."""
        if self._quiet:
            return run()
        frames = users_frames()
        operands = {str(position): argument for position, argument in enumerate(args)}
        before = self._operands(operands, frames)
        self._quiet = True
        try:
            result = run()
        finally:
            self._quiet = False
        results = [each for each in tensors_in(result) if not is_opaque(each)]
        if any(self._is_of_interest(tensor) for tensor in (*results, *tensors_in(args))):
            self._emit(function.__name__, operands, results, frames, before)
        return result

    def graph(self, root: Tensor | str | None = None) -> Graph:
        """The computation under `root`: a tensor, a name, or None for the root of the last backward."""
        return build(self._root(root))

    def _root(self, root: Tensor | str | None) -> Record:
        if root is None:
            if self.backwards.last is None:
                raise RecordingError("graph.no_backward")
            return self.backwards.last.root
        if isinstance(root, str):
            if root not in self.records.named:
                raise RecordingError.unknown("graph.unknown_name", root, sorted(self.records.named))
            return self.records.named[root]
        return self._with_gradients(root)

    def _with_gradients(self, root: Tensor) -> Record:
        """Where no backward passed `root`, one is run that leaves `.grad` alone."""
        record = self.records.record(root)
        if record.passed is None and root.requires_grad and root.numel() == 1:
            self._quiet = True
            try:
                self.backwards.run(root, self.records.record)
            finally:
                self._quiet = False
        return record


def trace() -> Trace:
    """See a computation as it runs."""
    return Trace()


def tensors_in(nested: Any) -> Iterator[Tensor]:
    """All tensors of a structure of lists, tuples and dictionaries, in order."""
    if isinstance(nested, Tensor):
        yield nested
    elif isinstance(nested, list | tuple):
        for member in nested:
            yield from tensors_in(member)
    elif isinstance(nested, dict):
        yield from tensors_in(list(nested.values()))


def with_records(nested: Any, records: Iterable[Record]) -> Any:
    """The same structure with the next of `records` in the place of each tensor."""
    if isinstance(nested, Tensor):
        return next(iter(records))
    if isinstance(nested, list | tuple):
        return [with_records(member, records) for member in nested]
    if isinstance(nested, dict):
        return {key: with_records(member, records) for key, member in nested.items()}
    return nested


def is_opaque(tensor: Tensor) -> bool:
    """A tensor of `torch.func`, which stands for many and has no value of its own."""
    return torch._C._functorch.is_functorch_wrapped_tensor(tensor)
