"""A laboratory for learning by gradient: fit by gradient descent on PyTorch and see every step.

This is the front door. Its names are fetched from their rooms when they are first asked for (PEP 562), so that
`import gradlab` costs nothing, and `gradlab --help` does not wait for PyTorch. Nothing inside the package imports it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab._types import Evaluation as Evaluation
    from gradlab.errors import GradlabError as GradlabError
    from gradlab.history import History as History
    from gradlab.history import Outcome as Outcome
    from gradlab.history import Step as Step
    from gradlab.messages import set_language as set_language
    from gradlab.optimizers import sgd as sgd

_NAMES = {
    "_types": "Evaluation",
    "errors": "GradlabError",
    "history": "History Outcome Step",
    "messages": "set_language",
    "optimizers": "sgd",
}
_ROOMS = {name: room for room, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_ROOMS)

if not TYPE_CHECKING:  # to a type checker a module's __getattr__ would mean that every name exists

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)

    def __dir__() -> list[str]:
        return __all__
