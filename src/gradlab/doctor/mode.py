"""The watcher: a TorchFunctionMode under which the user's code runs unchanged, and every event is read.

Each of PyTorch's functions has its handler, found once by name. A handler calls the function exactly as the user did;
what it makes of the event is guarded, so that a mistake of ours ends the watching and never the user's run.
"""

import sys
import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from gradlab.doctor.events import Events
from gradlab.doctor.kinds import ESCAPES, FACTORIES, QUIET, Kind
from gradlab.doctor.places import here
from gradlab.recorder import plain_name, writes_over

Handler = Callable[[Kind, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
_OPTIMIZERS = torch.__path__[0] + "/optim/"
_STOP = (KeyboardInterrupt, SystemExit, GeneratorExit)


class Watcher(TorchFunctionMode):
    """Calls every function as it was called, and tells `events` what happened."""

    def __init__(self, events: Events) -> None:
        super().__init__()
        self.events = events
        self.failure: str | None = None
        self.stepping = False
        self._thread = threading.get_ident()
        self._after = events.operations.after
        self._read = events.gradient_read
        self._handlers: dict[Any, tuple[Handler | None, Kind]] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        found = self._handlers.get(func)
        if found is None:
            found = self._handlers[func] = self._choose(func)
        handler, kind = found
        if handler is None or self.failure is not None or _inside_a_transform() is not None:
            return func(*args) if kwargs is None else func(*args, **kwargs)
        return handler(kind, func, args, kwargs or {})

    def _choose(self, func: Callable[..., Any]) -> tuple[Handler | None, Kind]:
        name, owner = plain_name(func), getattr(getattr(func, "__self__", None), "__name__", "")
        if name in ("__set__", "__delete__"):
            handler = {"grad": self._gradient_written, "data": self._data_written, "requires_grad": self._requires}
            return handler.get(owner), Kind.named(name)
        special: dict[Any, Handler] = {
            vars(Tensor.__base__)["grad"].__get__: self._gradient_read,
            torch.Tensor.backward: self._backward,
            torch.autograd.backward: self._backward,
            torch.autograd.grad: self._autograd_grad,
            torch.Tensor.requires_grad_: self._requires,
        }
        return special.get(func, self._by_name(name)), Kind.named(name)

    def _by_name(self, name: str) -> Handler | None:
        if name in QUIET:
            return None
        if name in ESCAPES:
            return self._escape
        if name in FACTORIES:
            return self._factory
        if name.startswith(("_foreach_", "_fused_")) and name.endswith("_"):
            return self._in_place_many
        writes = writes_over(name, (_ANY,))
        return self._in_place if writes else self._operation

    def _operation(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        if self.stepping and _inside_optimizer():
            return result
        try:
            self._after(kind, args, kwargs, result)
        except Exception as failure:
            self.stop(failure)
        return result

    def _in_place(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.stepping and _inside_optimizer():
            return func(*args, **kwargs)
        told = args or tuple(kwargs.values())
        older = self.guarded(self.events.writing.generation_before, told) if told[0].requires_grad else 0
        try:
            result = func(*args, **kwargs)
        except Exception as failure:
            self.guarded(self.events.in_place_failed, told, failure, sys._getframe())
            raise
        self.guarded(self.events.writing.in_place, kind, told, kwargs if args else {}, older or 0)
        return result

    def _in_place_many(
        self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        result = func(*args, **kwargs)
        if not (self.stepping and _inside_optimizer()):
            self.guarded(self.events.writing.many, kind, args)
        return result

    def _gradient_read(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], _: dict[str, Any]) -> Any:
        result = func(*args)
        try:
            self._read(args[0], result)
        except Exception as failure:
            self.stop(failure)
        return result

    def _gradient_written(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], _: dict[str, Any]) -> Any:
        result = func(*args)
        self.guarded(self.events.gradient_written, args[0], args[1] if len(args) > 1 else None)
        return result

    def _data_written(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], _: dict[str, Any]) -> Any:
        result = func(*args)
        self.guarded(self.events.writing.data, kind, args)
        return result

    def _requires(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        self.guarded(self.events.requires, args[0])
        return result

    def _factory(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        if not (self.stepping and _inside_optimizer()):
            self.guarded(self.events.factory, kind, args, kwargs, result)
        return result

    def _escape(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.stepping and _inside_optimizer():
            return func(*args, **kwargs)
        try:
            result = func(*args, **kwargs)
        except Exception as failure:
            self.guarded(self.events.escape_failed, kind, args, failure, sys._getframe())
            raise
        self.guarded(self.events.escape, kind, args, result)
        return result

    def on_duty(self) -> bool:
        """Whether this very thread is being watched now."""
        return self.failure is None and threading.get_ident() == self._thread

    def zeroed(self, optimizer: Any) -> None:
        self.guarded(self.events.optimizers.zeroed, optimizer, here(1))

    def backward(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a backward pass and read it."""
        going = self.guarded(self.events.calls.before_backward, args, kwargs, here())
        try:
            result = func(*args, **kwargs)
        except Exception as failure:
            self.guarded(self.events.calls.failed, going, args, kwargs, failure, sys._getframe())
            raise
        self.guarded(self.events.calls.after_backward, going)
        return result

    def _backward(self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.backward(func, args, kwargs)

    def _autograd_grad(
        self, kind: Kind, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        going = self.guarded(self.events.calls.before_grad, args, kwargs, here())
        try:
            result = func(*args, **kwargs)
        except Exception as failure:
            self.guarded(self.events.calls.failed, going, args, kwargs, failure, sys._getframe())
            raise
        self.guarded(self.events.calls.after_grad, going, args, kwargs, result)
        return result

    def guarded(self, note: Callable[..., Any], *args: Any) -> Any:
        """Run our own reading of an event; whatever goes wrong in it ends the watching, not the user's code."""
        try:
            return note(*args)
        except Exception as failure:
            self.stop(failure)
            return None

    def stop(self, failure: Exception) -> None:
        """Watch no more. Only the words of the failure are kept: its traceback would keep the user's tensors alive."""
        self.failure = self.failure or f"{type(failure).__name__}: {failure}"


_ANY = torch.empty(0)
_inside_a_transform = torch._C._functorch.peek_interpreter_stack
"""Inside torch.func.grad or vmap tensors are wrapped and have no values of their own: nothing can be read there."""


def _inside_optimizer() -> bool:
    """Whether PyTorch's optimizers made this call themselves, inside a step that also calls the user's closure."""
    frame = sys._getframe(3)
    return frame is not None and frame.f_code.co_filename.startswith(_OPTIMIZERS)
