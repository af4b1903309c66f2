"""Which modules are being called at this moment, and the names of their parameters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils.weak import WeakTensorKeyDictionary

from gradlab.graph.tape import Group
from gradlab.recorder import site_at, users_frames


class Modules:
    """The stack of module calls, kept by PyTorch's global hooks; `parameter_names` are those of the outermost module.

    A module that the user calls as `model(x)` gives its parameters the names `model.0.weight`.
    """

    def __init__(self) -> None:
        self.stack: list[tuple[Group, dict[nn.Module, str]]] = []
        self.parameter_names = WeakTensorKeyDictionary()

    @property
    def current(self) -> Group | None:
        return self.stack[-1][0] if self.stack else None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within the block every call of a module is heard."""
        handles = (
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
            self.stack.clear()

    def _enter(self, module: nn.Module, _: Any) -> None:
        around, names = self.stack[-1] if self.stack else (None, {})
        if module not in names:
            names = self._name(module)
        self.stack.append((Group(names[module], type(module).__name__, around), names))

    def _leave(self, module: nn.Module, _: Any, __: Any) -> None:
        if self.stack:
            self.stack.pop()

    def _name(self, module: nn.Module) -> dict[nn.Module, str]:
        called = called_by_the_user()

        def join(name: str) -> str:
            return f"{called}.{name}" if called and name else called or name

        for name, parameter in (*module.named_parameters(), *module.named_buffers()):
            if not isinstance(self.parameter_names.get(parameter), str):
                self.parameter_names[parameter] = join(name)
        return {inner: join(name) or type(inner).__name__ for name, inner in module.named_modules()}

    def name_of(self, tensor: Tensor) -> str | None:
        return self.parameter_names.get(tensor)


def called_by_the_user() -> str:
    """`model` where the user's line says `model(x)`; empty where it is no plain name."""
    frames = users_frames()
    called = site_at(frames[0].f_code, frames[0].f_lasti).called if frames else None
    return called if called and called.replace(".", "").replace("_", "").isalnum() else ""
