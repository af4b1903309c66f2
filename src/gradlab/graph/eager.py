"""Within a trace compiled code runs as it is written: of what a compiler made of it there is nothing to see."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch


@contextmanager
def compiled_code_runs_eagerly() -> Iterator[None]:
    """Within the block `torch.compile` has no effect; PyTorch's compiler is not imported for that."""
    original = torch.compile
    with ExitStack() as stances:

        def run_eagerly() -> None:
            stances.enter_context(torch.compiler.set_stance("force_eager"))

        def compile(*args: Any, **kwargs: Any) -> Any:
            compiled = original(*args, **kwargs)
            run_eagerly()
            return compiled

        if "torch._dynamo" in sys.modules:
            run_eagerly()
        torch.compile = compile
        try:
            yield
        finally:
            torch.compile = original
