"""A laboratory for learning by gradient: fit by gradient descent on PyTorch and see every step.

This is the front door. Its names are fetched from their rooms when they are first asked for (PEP 562), so that
`import gradlab` costs nothing, and `gradlab --help` does not wait for PyTorch. Nothing inside the package imports it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab._types import Evaluation as Evaluation
    from gradlab.batch import LrSweep as LrSweep
    from gradlab.batch import Runs as Runs
    from gradlab.batch import fit_many as fit_many
    from gradlab.batch import sweep_lr as sweep_lr
    from gradlab.curvature import QuadraticDescent as QuadraticDescent
    from gradlab.curvature import largest_stable_lr as largest_stable_lr
    from gradlab.curvature import quadratic_descent as quadratic_descent
    from gradlab.data import Dataset as Dataset
    from gradlab.data import Points as Points
    from gradlab.data import dataset as dataset
    from gradlab.data import datasets as datasets
    from gradlab.data import noisy_line as noisy_line
    from gradlab.data import read as read
    from gradlab.data import write as write
    from gradlab.descent import descend as descend
    from gradlab.descent import fit as fit
    from gradlab.doctor import Finding as Finding
    from gradlab.doctor import watch as watch
    from gradlab.errors import GradlabError as GradlabError
    from gradlab.formula import formulas as formulas
    from gradlab.gradcheck import Verdict as Verdict
    from gradlab.gradcheck import check_derivative as check_derivative
    from gradlab.gradcheck import check_gradient as check_gradient
    from gradlab.gradients import chain_rule as chain_rule
    from gradlab.gradients import finite_difference as finite_difference
    from gradlab.gradients.autograd import autograd as autograd
    from gradlab.gradients.explicit import explicit as explicit
    from gradlab.graph import trace as trace
    from gradlab.history import History as History
    from gradlab.history import Outcome as Outcome
    from gradlab.history import Step as Step
    from gradlab.lab import open_lab as open_lab
    from gradlab.losses import Loss as Loss
    from gradlab.losses import absolute_error as absolute_error
    from gradlab.losses import huber as huber
    from gradlab.losses import log_cosh as log_cosh
    from gradlab.losses import quantile as quantile
    from gradlab.losses import squared_error as squared_error
    from gradlab.messages import set_language as set_language
    from gradlab.models import Model as Model
    from gradlab.models import exponential as exponential
    from gradlab.models import line as line
    from gradlab.models import line_d_b as line_d_b
    from gradlab.models import line_d_m as line_d_m
    from gradlab.objective import Objective as Objective
    from gradlab.optimizers import Optimizer as Optimizer
    from gradlab.optimizers import adam as adam
    from gradlab.optimizers import momentum as momentum
    from gradlab.optimizers import nesterov as nesterov
    from gradlab.optimizers import sgd as sgd
    from gradlab.optimizers import torch_optimizer as torch_optimizer
    from gradlab.solve import Solution as Solution
    from gradlab.solve import solve as solve
    from gradlab.surface import Surface as Surface
    from gradlab.surface import surface as surface

_NAMES = {
    "_types": "Evaluation",
    "batch": "LrSweep Runs fit_many sweep_lr",
    "curvature": "QuadraticDescent largest_stable_lr quadratic_descent",
    "data": "Dataset Points dataset datasets noisy_line read write",
    "descent": "descend fit",
    "doctor": "Finding watch",
    "errors": "GradlabError",
    "formula": "formulas",
    "gradcheck": "Verdict check_derivative check_gradient",
    "gradients": "autograd chain_rule explicit finite_difference",
    "graph": "trace",
    "history": "History Outcome Step",
    "lab": "open_lab",
    "losses": "Loss absolute_error huber log_cosh quantile squared_error",
    "messages": "set_language",
    "models": "Model exponential line line_d_b line_d_m",
    "objective": "Objective",
    "optimizers": "Optimizer adam momentum nesterov sgd torch_optimizer",
    "solve": "Solution solve",
    "surface": "Surface surface",
}
_ROOMS = {name: room for room, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_ROOMS)

if not TYPE_CHECKING:  # to a type checker a module's __getattr__ would mean that every name exists

    class _Door(ModuleType):
        """A room may have the name of what it is known for: importing the module `gradlab.surface` must not put the
        module in the place of the function `gradlab.surface`, as Python would."""

        def __setattr__(self, name: str, value: object) -> None:
            if not (name in _ROOMS and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    sys.modules[__name__].__class__ = _Door

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)

    def __dir__() -> list[str]:
        return __all__
