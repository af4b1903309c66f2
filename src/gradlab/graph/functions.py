"""Hearing of the user's own `torch.autograd.Function`s, which PyTorch's function mode does not see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch.autograd import Function

Heard = Callable[[type, Callable[[], Any], tuple[Any, ...]], Any]
"""`heard(function, run, args)`: `run()` does what `function.apply(*args)` would have done."""


@contextmanager
def own_functions_heard(heard: Heard) -> Iterator[None]:
    """Within the block `SomeFunction.apply(*args)` goes through `heard`."""
    before = Function.__dict__["apply"]

    def apply(function: type, *args: Any, **kwargs: Any) -> Any:
        return heard(function, lambda: before.__func__(function, *args, **kwargs), args)

    setattr(Function, "apply", classmethod(apply))  # noqa: B010  # to a type checker a method is no variable
    try:
        yield
    finally:
        setattr(Function, "apply", before)  # noqa: B010
