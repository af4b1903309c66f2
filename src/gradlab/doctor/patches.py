"""Two methods of PyTorch that the doctor replaces while it watches, because their events cost more than their work.

`Optimizer.zero_grad` would send two events for each parameter, `Tensor.backward` goes through PyTorch's dispatch twice.
Both run unchanged inside, with the watcher at rest, and are put back at the end.
"""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from gradlab.doctor.mode import Watcher

_PLAIN = (Tensor, torch.nn.Parameter)


class Patches:
    """The replacements, and what they replace."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.backward: Any = Tensor.backward
        self.zero_grad: Any = Optimizer.zero_grad

    def apply(self) -> None:
        self.backward, self.zero_grad = Tensor.backward, Optimizer.zero_grad
        setattr(Tensor, "backward", self._watched_backward(self.backward))  # noqa: B010  # mypy guards methods
        setattr(Optimizer, "zero_grad", self._watched_zero_grad(self.zero_grad))  # noqa: B010

    def remove(self) -> None:
        setattr(Tensor, "backward", self.backward)  # noqa: B010
        setattr(Optimizer, "zero_grad", self.zero_grad)  # noqa: B010

    def _watched_backward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        watcher = self.watcher

        @functools.wraps(original)
        def backward(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            if type(self) not in _PLAIN or not watcher.on_duty():
                return original(self, *args, **kwargs)
            with torch._C.DisableTorchFunction():
                return watcher.backward(original, (self, *args), kwargs)

        return backward

    def _watched_zero_grad(self, original: Callable[..., Any]) -> Callable[..., Any]:
        watcher = self.watcher

        @functools.wraps(original)
        def zero_grad(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
            if not watcher.on_duty():
                return original(self, *args, **kwargs)
            with torch._C.DisableTorchFunction():
                result = original(self, *args, **kwargs)
                watcher.zeroed(self)
                return result

        return zero_grad
