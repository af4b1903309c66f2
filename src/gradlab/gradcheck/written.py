"""A function laid out at a sample: how its argument moves, and what comes out."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradlab.gradcheck.calling import Function, RefusalError, called, in_single, name_of, numbers, result_of
from gradlab.gradcheck.differences import Moves
from gradlab.gradcheck.samples import Sample
from gradlab.gradcheck.truth import Right, exact_slopes, right_slopes


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A function at one sample, seen from one of its arguments.

    `followable` computes the same with PyTorch alone. `at` is the argument, a single number laid out to one copy per
    point where there is one result per point: m in m*x + b acts on each point, and ∂/∂m there is x. `single`: the
    result has float32's digits only.
    """

    function: Function
    followable: Function
    sample: Sample
    argument: str
    at: Tensor
    value: Tensor
    single: bool

    @property
    def reduced(self) -> bool:
        """It ends in a sum or a mean: one result for all points."""
        return self.value.dim() == 0 and self.sample.n > 1

    @property
    def moves(self) -> Moves:
        if self.at.shape == self.value.shape:
            return "points"
        return "columns" if self.at.dim() == 2 and self.value.dim() == 1 else "elements"

    def along(self, moved: Tensor) -> Tensor:
        """The function's numbers, the argument handed over in the form in which the sample has it."""
        passed = self.sample.arguments[self.argument]
        given: Any = moved
        if not isinstance(passed, Tensor):
            given = float(moved) if moved.dim() == 0 else moved.numpy()
        return result_of(self.function, self.sample.with_argument(self.argument, given))

    def follow(self, leaf: Tensor) -> Any:
        """The function with PyTorch alone: its argument a tensor that autograd follows, arrays as tensors."""
        arguments = self.sample.with_argument(self.argument, leaf)
        tensors = {n: torch.as_tensor(a) if isinstance(a, np.ndarray) else a for n, a in arguments.items()}
        return called(self.followable, tensors)

    def exact(self) -> Tensor | None:
        """The derivative by autograd alone, where it can follow."""
        shape = self.value.shape if self.moves == "points" else (*self.value.shape, *self.at.shape[-1:])
        return exact_slopes(self.follow, self.at, torch.Size(shape))

    def quick(self) -> Tensor:
        """The derivative by one arbiter alone, for what no verdict hangs on."""
        exact = self.exact()
        return self.right().slopes if exact is None else exact

    def right(self) -> Right:
        """The derivative by the argument at this sample, of the shape of the result."""
        return right_slopes(self.along, self.follow, self.at, self.moves, single=self.single)


def written(function: Function, followable: Function, sample: Sample, argument: str) -> Written:
    """A function laid out at a sample. Raises RefusalError where it raises there, or is not elementwise."""
    raw = called(function, sample.arguments)
    value = result_of(function, sample.arguments)
    passed = numbers(sample.arguments[argument]).detach()
    if value.dim() and not (value.shape == (sample.n,) and _is_elementwise(function, sample, value)):
        raise RefusalError("gradcheck.not_elementwise", function=name_of(function))
    one = Written(function, followable, sample, argument, passed, value, in_single(raw))
    if passed.dim() or not value.dim():
        return one
    many = replace(one, at=passed.expand(value.shape).clone())
    try:
        return many if torch.allclose(many.along(many.at), value, equal_nan=True) else one
    except RefusalError:  # `if m > 0` takes no vector
        return one


def _is_elementwise(function: Function, sample: Sample, value: Tensor) -> bool:
    """Whether moving the first point leaves the results of all others as they are."""
    moved = {}
    for name, given in sample.arguments.items():
        moved[name] = given
        if hasattr(given, "__array__") and len(getattr(given, "shape", ())) > 0 and given.shape[0] == sample.n:
            moved[name] = given.clone() if isinstance(given, Tensor) else given.copy()
            moved[name][0] *= 1.01
    others = result_of(function, moved)[1:]
    return others.shape == value[1:].shape and torch.allclose(others, value[1:], rtol=1e-9, atol=1e-12, equal_nan=True)
