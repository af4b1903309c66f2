"""Hearing each operation as it runs, and writing it down as Records."""

from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from gradlab.graph.backward import captured
from gradlab.graph.engine import place_of
from gradlab.graph.modules import Modules
from gradlab.graph.naming import given_names, is_shared, sites_of
from gradlab.graph.records import Records
from gradlab.graph.tape import Call, Given, Record, anchor_of
from gradlab.recorder import NO_OPERATION, name_of, plain_name, spoken, users_frames, writes_over
from gradlab.rules import COMPOSITES

_BACKWARDS = (Tensor.backward, torch.autograd.backward, torch.autograd.grad)


class Listener(TorchFunctionMode):
    """A mode in which every operation on tensors is passed on unchanged, and written to `records`."""

    def __init__(self, records: Records, modules: Modules) -> None:
        super().__init__()
        self.records, self.modules = records, modules
        self.last: Record | None = None
        self.quiet = False
        self._inside: Call | None = None
        self._made: list[Record] = []
        self._latest: tuple[FrameType, list[Record]] | None = None

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs, name = kwargs or {}, plain_name(func)
        if self.quiet:
            return func(*args, **kwargs)
        if func in _BACKWARDS:
            return self._backward(func, args, kwargs)
        if name in NO_OPERATION:
            return func(*args, **kwargs)
        if writes_over(name, args) and not is_opaque(args[0]):
            return self._overwrite(func, args, kwargs)
        result = func(*args, **kwargs)
        results = list(tensors_in(result))
        if results and not any(is_opaque(each) for each in results):
            self._write(func, args, kwargs, results)
        return result

    def _overwrite(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An operation in place. Through a view it is the tensor below that it changes, and then the view of it."""
        target: Tensor = args[0]
        below = target._base if target._base is not None else target
        call, frames = spoken(func, args, kwargs), users_frames()
        arguments = {label: below if operand is target else operand for label, operand in call.operands.items()}
        before = self._operands(arguments, frames)
        result = func(*args, **kwargs)
        if any(self._is_of_interest(tensor) for tensor in (below, *tensors_in(arguments))):
            self._emit(call.name, arguments, [below], frames, before, in_place=True)
            if target is not below and target.requires_grad:
                self.records.record(target, frames)
        return result

    def _backward(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The user's backward; those that run within it, as checkpoints do, are not heard here."""
        roots = self._operands({"root": (*args, *kwargs.values())[:1]}, users_frames())
        result = func(*args, **kwargs)
        self.last = roots[0].record if roots else self.last
        if func is torch.autograd.grad:
            self._write_gradients(args, kwargs, result)
        return result

    def _write_gradients(self, args: tuple[Any, ...], kwargs: dict[str, Any], gradients: tuple[Any, ...]) -> None:
        """`torch.autograd.grad` hands over gradients without passing the nodes of what it was asked for."""
        named = dict(zip(("outputs", "inputs"), args, strict=False)) | kwargs
        pairs = zip(tensors_in(named["inputs"]), gradients, strict=True)
        root = self.records.record(next(tensors_in(named["outputs"])))
        captured(root, [(self.records.record(each), g) for each, g in pairs if g is not None])
        results = [g for g in gradients if isinstance(g, Tensor)]
        if any(g.requires_grad for g in results):
            operands = {"outputs": named["outputs"], "inputs": named["inputs"]}
            frames = users_frames()
            self._emit("grad", operands, results, frames, self._operands(operands, frames))

    def _write(self, func: Callable[..., Any], args: Any, kwargs: Any, results: list[Tensor]) -> None:
        call = spoken(func, args, kwargs)
        passed = list(tensors_in(call.operands))
        if any(result is tensor for result in results for tensor in passed):
            return
        frames = users_frames()
        if not any(self._is_of_interest(tensor) for tensor in (*results, *passed)):
            self._note_constants(call.name, results, frames)
            return
        self._emit(call.name, call.operands, results, frames, self._operands(call.operands, frames))

    def _note_constants(self, operation: str, results: list[Tensor], frames: list[FrameType]) -> None:
        """Whose they are by the source is known only where the operation is all that the user's call does."""
        sites = sites_of(frames) if self._inside is None else ()
        sites = () if not sites or is_shared(sites[0], operation) else sites
        made = Call(operation, sites=sites, group=self.modules.current)
        for result, name in zip(results, given_names(sites, len(results)), strict=True):
            self.records.note_constant(result, name, made)

    def _is_of_interest(self, tensor: Tensor) -> bool:
        """Whether it is tracked, or was made from what is: the rest are constants, named when they are used."""
        if tensor.requires_grad:
            return True
        record = self.records.current(tensor)
        return record is not None and record.kind == "operation"

    def _operands(self, operands: dict[str, Any], frames: list[FrameType]) -> list[Given]:
        used = [(label, tensor) for label, operand in operands.items() for tensor in tensors_in(operand)]
        places = [place_of(tensor) for _, tensor in used]  # held: a leaf's node lives only while something holds it
        records = [self.records.record(tensor, frames) for _, tensor in used]
        aliases = [name_of(tensor, frames[:1]) for _, tensor in used]
        each = zip(used, records, places, aliases, strict=True)
        return [Given(label, record, place, alias) for (label, _), record, place, alias in each]

    def _emit(
        self,
        operation: str,
        arguments: dict[str, Any],
        results: list[Tensor],
        frames: list[FrameType],
        operands: list[Given],
        in_place: bool = False,
    ) -> None:
        used = iter(given.record for given in operands)
        written = {label: with_records(operand, used) for label, operand in arguments.items()}
        call = Call(operation, written, sites_of(frames), self.modules.current, self._inside)
        expansion = self._expansion(call, arguments, results)
        records = self.records.write(call, results, operands)
        if self._inside is not None:
            self._made += records
        else:
            self._find_shared(call, frames, records)
            names = (operands[0].record.name,) if in_place else given_names(call.sites, len(results))
            for record, name in zip(records, names, strict=True):
                self.records.call_it(record, name)
        if expansion is not None and (place := place_of(results[0])) is not None:
            anchor_of(place[0]).expansion = expansion

    def _find_shared(self, call: Call, frames: list[FrameType], records: list[Record]) -> None:
        """If several operations run within one call of the user's, its target belongs to the last of them."""
        latest, self._latest = self._latest, None
        if not frames or not is_shared(call.sites[0], call.operation):
            return
        self._latest = frames[0], records
        before = latest[1][0].call if latest is not None and latest[0] is frames[0] else None
        if latest is not None and before is not None and before.sites == call.sites:
            before.shared = call.shared = True
            for record in latest[1]:
                record.name = None

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

    def run_function(self, function: type, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """A Function of the user's: one operation, whatever its forward does."""
        if self.quiet:
            return run()
        frames = users_frames()
        operands = {str(position): argument for position, argument in enumerate(args)}
        before = self._operands(operands, frames)
        self.quiet = True
        try:
            result = run()
            results = [each for each in tensors_in(result) if not is_opaque(each)]
            if any(self._is_of_interest(tensor) for tensor in (*results, *tensors_in(args))):
                self._emit(function.__name__, operands, results, frames, before)
        finally:
            self.quiet = False
        return result


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
