"""The microscope: a `with` block that sees every operation, its value, and the gradients of every backward.

The code inside runs unchanged, on PyTorch alone. What is shown is PyTorch's own: values as they are made, gradients as
they arrive at the nodes of autograd's graph (node hooks), local derivatives by calling those nodes with ones.
"""

from contextlib import ExitStack
from typing import Any

from torch import Tensor

from gradlab.errors import BadInputError
from gradlab.graph.backward import run_backward
from gradlab.graph.build import build
from gradlab.graph.eager import compiled_code_runs_eagerly
from gradlab.graph.functions import own_functions_heard
from gradlab.graph.graph import Graph
from gradlab.graph.listener import Listener
from gradlab.graph.modules import Modules
from gradlab.graph.records import Records
from gradlab.graph.tape import Record
from gradlab.recorder import users_frames


class Trace:
    """What `trace()` gives; `graph` is asked within the block or after it."""

    def __init__(self) -> None:
        self._modules = Modules()
        self._records = Records(self._modules)
        self._listener = Listener(self._records, self._modules)
        self._entered = ExitStack()

    def __enter__(self) -> "Trace":
        with ExitStack() as entering:
            entering.enter_context(compiled_code_runs_eagerly())
            entering.enter_context(self._modules.watched())
            entering.enter_context(own_functions_heard(self._listener.run_function))
            entering.enter_context(self._listener)
            self._entered = entering.pop_all()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._entered.__exit__(*failure)

    def graph(self, root: Tensor | str | None = None) -> Graph:
        """The computation under `root`: a tensor, a name, or None for the root of the last backward."""
        return build(self._root(root))

    def _root(self, root: Tensor | str | None) -> Record:
        if root is None:
            if self._listener.last is None:
                raise BadInputError("graph.no_backward")
            return self._listener.last
        if isinstance(root, str):
            if root not in self._records.named:
                raise BadInputError.unknown("graph.unknown_name", root, sorted(self._records.named))
            return self._records.named[root]
        return self._with_gradients(root)

    def _with_gradients(self, root: Tensor) -> Record:
        """Where no backward passed `root`, one is run that leaves `.grad` alone."""
        record = self._records.record(root, users_frames())
        if record.passed is None and record.tracked and root.numel() == 1:
            self._listener.quiet = True
            try:
                run_backward(root, self._records.record)
            finally:
                self._listener.quiet = False
        return record


def trace() -> Trace:
    """See a computation as it runs: `with trace() as t: ...`, then `t.graph(loss)`.

    >>> with trace() as t:
    ...     a = torch.tensor(2.0, requires_grad=True)
    ...     b = a**3
    ...     b.backward()
    >>> t.graph(b)["a"].gradient.numbers
    12.0
    """
    return Trace()
