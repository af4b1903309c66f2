"""What was asked: model, points, loss, what moves within which bounds, and how sure each point is. Checked once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab import losses, models
from gradlab._types import LossFunction, Params
from gradlab.data import Points
from gradlab.errors import DataError, ModelError, OptionError, ShapeError
from gradlab.history.columns import elements
from gradlab.linearity import unpacked
from gradlab.models import Model
from gradlab.models.start import Start, free_names, starting_params
from gradlab.objective import Objective

Array = NDArray[Any]
Bounds = Mapping[str, tuple[float | None, float | None]]
Sizes = float | Sequence[float] | Tensor
"""One number for all points, or one for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A model with points and all that was said about them; numbers as float64 on the CPU.

    `free` are the parameters that move, `names` those of their elements, in a row of k; `start` has all parameters.
    `bounds` is (k, 2), infinite where there is none. `weights` (n,) multiply each point's loss, None for 1; `sigma_y`
    (n,) and `sigma_x` (n, columns) are standard deviations, None where none were given.
    """

    model: Model
    points: Points
    loss: LossFunction
    start: Params
    free: tuple[str, ...]
    names: tuple[str, ...]
    bounds: Array
    weights: Array | None
    sigma_x: Array | None
    sigma_y: Array | None

    @property
    def is_squares(self) -> bool:
        """Whether it is the sum of squares that is made small."""
        return self.loss is losses.squared_error

    def row(self, params: Params) -> Array:
        """The free parameters as a row of k numbers."""
        return torch.cat([params[name].reshape(-1) for name in self.free]).double().numpy()

    def params(self, row: Array) -> Params:
        """All parameters, those that move at `row`."""
        return unpacked(torch.from_numpy(row.astype(float)), self.start, self.free)

    def point_weights(self) -> Array | None:
        """1/σ² where standard deviations of y were given, else the weights."""
        return self.weights if self.sigma_y is None else 1 / self.sigma_y**2

    def some(self, index: Tensor, start: Params) -> "Problem":
        """The same for some of the points, starting elsewhere."""
        rows = index.numpy()
        chosen = (None if each is None else each[rows] for each in (self.weights, self.sigma_x, self.sigma_y))
        points = self.points.rows(index)
        return Problem(self.model, points, self.loss, start, self.free, self.names, self.bounds, *chosen)


def problem(
    model: str | Callable[..., Any] | Model,
    points: Points,
    start: Start | None,
    freeze: Collection[str],
    bounds: Bounds | None,
    weights: Sizes | None,
    sigma_x: Sizes | None,
    sigma_y: Sizes | None,
    loss: str | LossFunction,
) -> Problem:
    """Check everything that was given, and put it together."""
    points = points.to(torch.float64, "cpu")
    resolved, penalty = models.resolve(model, points.names), losses.resolve(loss)
    params = starting_params(resolved, start or {}, points.y)
    free = free_names(resolved.parameters, freeze)
    names = tuple(name for owner in free for _, name in elements(owner, params[owner].shape))
    if len(points) < len(names):
        raise DataError("solve.few_points", n=len(points), unknowns=len(names))
    _check_loss(Objective(resolved, penalty, points), params)
    limits = _limits(bounds or {}, names, params, free)
    params = _inside(params, free, names, limits, start or {})
    sizes = {"weights": weights, "sigma_x": sigma_x, "sigma_y": sigma_y}
    _check_sizes(sizes, penalty)
    given = {name: _sizes(name, value, points) for name, value in sizes.items()}
    return Problem(resolved, points, penalty, params, free, names, limits, **given)


def _check_loss(objective: Objective, params: Params) -> None:
    """Shapes are told by the objective's own sentences; a loss that is one number cannot be taken point by point."""
    with torch.no_grad():
        prediction = objective.model(objective.points.x, **params)
        if prediction.dim() == 2 and prediction.shape[0] == len(objective.points) and prediction.shape[1] > 1:
            raise ShapeError("solve.scores", shape=tuple(prediction.shape))
        prediction, _ = objective.forward(params)
    if objective.loss(prediction, objective.points.y).dim() == 0:
        raise OptionError("solve.scalar_loss")


def _limits(bounds: Bounds, names: tuple[str, ...], params: Params, free: tuple[str, ...]) -> Array:
    """(k, 2); the bounds of a tensor parameter hold for each of its elements."""
    limits = numpy.tile([-numpy.inf, numpy.inf], (len(names), 1))
    owners = [owner for owner in free for _ in range(params[owner].numel())]
    for name, pair in bounds.items():
        where = [index for index, (own, owner) in enumerate(zip(names, owners, strict=True)) if name in (own, owner)]
        if not where:
            raise OptionError.unknown("solve.bounds", name, names)
        low, high = (-numpy.inf if pair[0] is None else pair[0]), (numpy.inf if pair[1] is None else pair[1])
        if not low < high:
            raise OptionError("solve.bounds_order", name=name, low=low, high=high)
        limits[where] = low, high
    return limits


def _inside(params: Params, free: tuple[str, ...], names: tuple[str, ...], limits: Array, given: Start) -> Params:
    """A start that was given must lie within the bounds; the model's own is moved there."""
    row = torch.cat([params[name].reshape(-1) for name in free]).numpy()
    for name, value, (low, high) in zip(names, row.tolist(), limits.tolist(), strict=True):
        if not low <= value <= high and (name in given or name.partition("[")[0] in given):
            raise OptionError("solve.start_outside", name=name, start=value, low=low, high=high)
    return unpacked(torch.from_numpy(numpy.clip(row, *limits.T)), params, free)


def _check_sizes(sizes: Mapping[str, Sizes | None], loss: LossFunction) -> None:
    given = {name for name, value in sizes.items() if value is not None}
    if given > {"weights"}:
        raise OptionError("solve.weights_and_sigma")
    if "sigma_x" in given and "sigma_y" not in given:
        raise OptionError("solve.sigma_x_alone")
    if "sigma_x" in given and loss is not losses.squared_error:
        raise OptionError("solve.sigma_x_loss")


def _sizes(name: str, value: Sizes | None, points: Points) -> Array | None:
    """One positive number per point, (n,), or per number of x, (n, columns)."""
    if value is None:
        return None
    try:
        given = torch.as_tensor(value, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        raise OptionError("solve.sizes_number", name=name) from None
    n, columns = len(points), points.x.reshape(len(points), -1).shape[1]
    if (
        given.dim() not in (0, 1, 2)
        or (given.dim() and given.shape[0] != n)
        or (given.dim() == 2 and name != "sigma_x")
    ):
        raise ShapeError("solve.sizes_shape", name=name, shape=tuple(given.shape), n=n)
    if not (given.isfinite() & (given > 0)).all():
        wrong = (~(given.isfinite() & (given > 0))).reshape(-1)
        raise DataError(
            "solve.sizes_positive", name=name, count=int(wrong.sum()), value=given.reshape(-1)[wrong][0].item()
        )
    if name != "sigma_x":
        return given.expand(n).numpy()
    if given.dim() == 2 and given.shape[1] != columns:
        raise ShapeError("solve.sizes_shape", name=name, shape=tuple(given.shape), n=n)
    return (given.reshape(-1, 1) if given.dim() < 2 else given).expand(n, columns).numpy()


def without_effect(problem: Problem, columns: Callable[[Array], Array]) -> None:
    """Raise ModelError where a parameter changes no prediction, neither at the start nor anywhere around it."""
    start = problem.row(problem.start)
    generator = numpy.random.default_rng(0)
    dead = ~columns(start).any(axis=0)
    for _ in range(3):
        if not dead.any():
            return
        place = start * numpy.exp(generator.standard_normal(len(start))) + generator.standard_normal(len(start))
        dead &= ~columns(numpy.clip(place, *problem.bounds.T)).any(axis=0)
    if dead.any():
        name = problem.names[int(dead.argmax())]
        raise ModelError("solve.no_effect", model=problem.model.name, name=name)
