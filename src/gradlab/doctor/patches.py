"""Methods of PyTorch that the doctor replaces while it watches, because their events cost more than their work.

`Optimizer.zero_grad` would send two events for each parameter, `Tensor.backward` goes through PyTorch's dispatch twice,
and the profiler's marks around every step are slow to dispatch. All run unchanged inside, with the watcher at rest, and
are put back at the end.
"""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.profiler import record_function
from torch.optim import Optimizer

from gradlab.doctor.mode import Watcher

_PLAIN = (Tensor, torch.nn.Parameter)
_Method = Callable[..., Any]


class Patches:
    """The replacements, and what they replace."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self._replaced: list[tuple[type, str, _Method]] = []

    def apply(self) -> None:
        self._replace(Tensor, "backward", self._watched_backward)
        self._replace(Optimizer, "zero_grad", self._watched_zero_grad)
        self._replace(record_function, "__enter__", _unseen)
        self._replace(record_function, "__exit__", _unseen)

    def remove(self) -> None:
        while self._replaced:
            setattr(*self._replaced.pop())

    def _replace(self, owner: type, name: str, replacement: Callable[[_Method], _Method]) -> None:
        original = getattr(owner, name)
        self._replaced.append((owner, name, original))
        setattr(owner, name, functools.wraps(original)(replacement(original)))

    def _watched_backward(self, original: _Method) -> _Method:
        watcher = self.watcher

        def backward(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            if type(self) not in _PLAIN or not watcher.on_duty():
                return original(self, *args, **kwargs)
            with torch._C.DisableTorchFunction():
                return watcher.backward(original, (self, *args), kwargs)

        return backward

    def _watched_zero_grad(self, original: _Method) -> _Method:
        watcher = self.watcher

        def zero_grad(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
            if not watcher.on_duty():
                return original(self, *args, **kwargs)
            with torch._C.DisableTorchFunction():
                result = original(self, *args, **kwargs)
                watcher.zeroed(self)
                return result

        return zero_grad


def _unseen(original: _Method) -> _Method:
    def method(self: Any, *args: Any) -> Any:
        with torch._C.DisableTorchFunction():
            return original(self, *args)

    return method
