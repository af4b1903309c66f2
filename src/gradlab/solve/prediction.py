"""A model's prediction as a function of k numbers, all elements of its free parameters in a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab._types import ModelFunction, Params
from gradlab.linearity import linear_together, recorded, unpacked
from gradlab.solve.decimals import PRECISE
from gradlab.solve.program import Rows, program
from gradlab.solve.residuals import Curve

Array = NDArray[Any]

RECORDED, FEW = 100_000, 8
"""Of more points than that only a few are recorded: a recording keeps every intermediate result."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The prediction in float64 and in more digits; `linear` are the positions of what it is linear in, jointly."""

    quick: Curve
    precise: Curve
    linear: tuple[int, ...]
    kind: type[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A prediction by PyTorch, its Jacobian by autograd: where rows are mixed, or an operation has no rule."""

    model: ModelFunction
    x: Tensor
    params: Params
    free: tuple[str, ...]

    def value(self, p: Array) -> Array:
        with torch.no_grad():
            return self._prediction(torch.from_numpy(p.astype(float))).numpy()

    def jacobian(self, p: Array) -> Array:
        """Backwards twice: v ↦ Jᵀ v is linear in v, so that its own derivative along the i-th parameter is column i.

        That is one pass per parameter instead of one per point. J. Townsend, "A new trick for calculating Jacobian
        vector products" (2017). An operation that cannot be differentiated again goes one point at a time.
        """
        place = torch.from_numpy(p.astype(float)).requires_grad_()
        with torch.enable_grad():
            prediction = self._prediction(place)
            if not prediction.requires_grad:
                return numpy.zeros((len(prediction), len(p)))
            along = torch.zeros_like(prediction, requires_grad=True)
            try:
                (back,) = torch.autograd.grad(prediction, place, along, create_graph=True, materialize_grads=True)
                return torch.stack([_again(one, along) for one in back], dim=1).numpy()
            except RuntimeError:
                return self._by_rows(place)

    def _by_rows(self, place: Tensor) -> Array:
        rows = [torch.autograd.grad(one, place, retain_graph=True)[0] for one in self._prediction(place)]
        return torch.stack(rows).numpy()

    def _prediction(self, place: Tensor) -> Tensor:
        return self.model(self.x, **unpacked(place, self.params, self.free)).double()


def _again(one: Tensor, along: Tensor) -> Tensor:
    if not one.requires_grad:
        return torch.zeros_like(along)
    return torch.autograd.grad(one, along, retain_graph=True, materialize_grads=True)[0].detach()


@dataclass(frozen=True, slots=True, eq=False)
class Fed:
    """A program read off a few rows and run on all of them: x is handed to it together with the parameters."""

    rows: Rows
    columns: tuple[Array, ...]

    def value(self, p: Array) -> Array:
        return self.rows.run([*p, *self.columns])

    def jacobian(self, p: Array) -> Array:
        self.value(p)
        return self.rows.walk_back()[:, : len(p)]


@dataclass(slots=True, eq=False)
class OnColumns:
    """A prediction by PyTorch whose x moves as well, each point's depending on its own x only."""

    model: ModelFunction
    params: Params
    free: tuple[str, ...]
    flat: bool
    last: tuple[Array, Tensor] = field(default=(numpy.empty(0), torch.empty(0)), init=False)

    def run(self, place: Sequence[Any]) -> Array:
        """The prediction at k numbers followed by the columns of x."""
        k = sum(self.params[name].numel() for name in self.free)
        x = torch.from_numpy(numpy.stack(place[k:], axis=1))
        self.last = numpy.array(place[:k], float), x[:, 0] if self.flat else x
        return self._traced().value(self.last[0])

    def walk_back(self) -> Array:
        """The partial derivatives by the numbers and by the columns of x, at the place of the last `run`."""
        p, x = self.last[0], self.last[1].clone().requires_grad_()
        with torch.enable_grad():
            total = self.model(x, **unpacked(torch.from_numpy(p), self.params, self.free)).sum()
        slopes = torch.autograd.grad(total, x, materialize_grads=True)[0]
        return numpy.concatenate([self._traced().jacobian(p), slopes.reshape(len(x), -1).numpy()], axis=1)

    def _traced(self) -> Traced:
        return Traced(self.model, self.last[1], self.params, self.free)


def predictions(model: ModelFunction, x: Tensor, params: Params, free: tuple[str, ...]) -> Predictions:
    """The prediction of `model` on `x` over the free parameters, those that are not staying as in `params`."""
    traced, many = Traced(model, x, params, free), len(x) > RECORDED
    few = x[:FEW].clone() if many else x
    once = recorded(lambda p: model(few, **p), params)
    linear = positions(params, free, linear_together(once, free))
    known = program(once, free, once.recording.value(few) if many else None)
    if known is None or (many and any(value.ndim for value in known.inputs.values())):
        return Predictions(traced, traced, linear, float)
    quick = Fed(known.rows(n=len(x)), columns_of(x)) if many else known.rows()
    if not _agree(quick, traced, torch.cat([params[name].reshape(-1) for name in free]).numpy()):
        return Predictions(traced, traced, linear, float)
    return (
        Predictions(quick, quick, linear, float) if many else Predictions(quick, known.rows(PRECISE), linear, PRECISE)
    )


def columns_of(x: Tensor) -> tuple[Array, ...]:
    """One array per column of x."""
    return tuple(column.numpy() for column in x.reshape(len(x), -1).T)


def _agree(one: Curve, other: Curve, start: Array) -> bool:
    """At the start and beside it: a model may branch on what no recording shows, and then the recording is not it."""
    places = (start, start * 1.0625 + 0.03125)
    with numpy.errstate(all="ignore"):
        return all(numpy.allclose(one.value(p), other.value(p), 1e-9, 1e-300, equal_nan=True) for p in places)


def positions(params: Params, free: tuple[str, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    """Where the elements of the parameters `names` stand in the row of all free ones.

    >>> positions({"w": torch.zeros(2), "b": torch.zeros(())}, ("w", "b"), ("b",))
    (2,)
    """
    found: list[int] = []
    first = 0
    for name in free:
        last = first + params[name].numel()
        found += range(first, last) if name in names else ()
        first = last
    return tuple(found)
