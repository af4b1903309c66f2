"""Surfaces from sums over the points, against every cell computed; and what only looks linear, left to the slow way."""

from collections.abc import Callable, Mapping

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gradlab import losses
from gradlab.data import Points, noisy_line
from gradlab.losses import Loss
from gradlab.models import Model, resolve
from gradlab.objective import Objective
from gradlab.surface import Surface, linear, surface
from gradlab.surface.bins import TILE

POINTS = noisy_line(0.5, 3.0, 60, seed=3)
GRID = {"m": (-2.0, 3.0, 37), "b": (-8.0, 11.0, 53)}
METHODS = {"mse": "sums", "mae": "bins", "quantile:0.9": "bins", "quantile:0.2": "bins", "huber:1.5": "ranks"}


def line_less_three(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * x - 3 * b


def centred(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * (x - x.mean()) + b


def stacked(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return torch.stack([x, torch.ones_like(x)], 1) @ torch.stack([m, b])


def of_exponentials(x: Tensor, m: Tensor, b: Tensor, k: Tensor = 0.02) -> Tensor:  # type: ignore[assignment]  # a start
    return m * torch.exp(-k * x) + b + torch.sin(x)


def two_slopes(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * x + b * torch.sqrt(x.abs())


ADDED = [resolve("line").function, line_less_three, centred, stacked, of_exponentials]


def check(found: Surface, model: str | Callable[..., Tensor], loss: str, points: Points, cells: int = 40) -> None:
    """Random cells and the four corners, each with a tolerance of 1e-10 of itself."""
    objective = Objective(resolve(model, points.names), losses.resolve(loss), points)
    rows, columns = found.values.shape
    draw = torch.Generator().manual_seed(0)
    places = torch.stack([torch.randint(side, (cells,), generator=draw) for side in (rows, columns)], 1).tolist()
    for i, j in [*places, (0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)]:
        at = found.at | dict(zip(found.names, (found.axes[0][i], found.axes[1][j]), strict=True))
        assert found.values[i, j].item() == pytest.approx(objective(at).item(), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("loss", METHODS)
@pytest.mark.parametrize("model", ADDED, ids=lambda model: model.__name__)
def test_every_way_equals_every_cell_computed(model: Callable[..., Tensor], loss: str) -> None:
    for over in (GRID, dict(reversed(GRID.items()))):
        found = surface(model, POINTS, loss=loss, over=over)
        assert found.method == METHODS[loss]
        check(found, model, loss, POINTS)


@given(
    spread=st.floats(1e-3, 1e3),
    offset=st.floats(-1e3, 1e3),
    slope=st.floats(-10, 10),
    noise=st.sampled_from([0.0, 1e-3, 1.0, 100.0]),
    loss=st.sampled_from(list(METHODS)),
    seed=st.integers(0, 9),
)
@settings(max_examples=50, deadline=None)
def test_for_points_of_any_size(spread: float, offset: float, slope: float, noise: float, loss: str, seed: int) -> None:
    """The lowest cells of the grid, where sums could cancel, are near the line that the points lie on."""
    draw = torch.Generator().manual_seed(seed)
    x = offset + spread * torch.randn(40, generator=draw, dtype=torch.float64)
    points = Points(x, slope * x + noise * torch.randn(40, generator=draw, dtype=torch.float64))
    over = {"m": (slope - 1.1, slope + 1, 21), "b": (-1.1 - 3 * noise, 1 + 3 * noise, 23)}
    found = surface("line", points, loss=loss, over=over)
    truth = surface("line", points, loss=_unknown(loss), over=over)
    assert (found.method, truth.method) == (METHODS[loss], "vectorised")
    typical = truth.values.mean().item()
    torch.testing.assert_close(found.values, truth.values, rtol=1e-10, atol=1e-12 * typical)


def _unknown(loss: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The same loss as a function that nothing is known about."""
    known = losses.resolve(loss)
    return lambda prediction, y: known(prediction, y)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber:1.5"])
def test_more_points_than_are_recorded_or_binned_at_a_time(loss: str) -> None:
    points = noisy_line(0.5, 0.0, TILE + 5_000, seed=1)
    found = surface("line", points, loss=loss, over={"m": (-1, 2, 6), "b": (-5, 5, 12)})
    assert found.method == METHODS[loss] and len(points) > linear.RECORDED
    check(found, "line", loss, points, cells=20)


def test_many_points_of_one_x_and_a_window_that_all_of_them_miss() -> None:
    points = Points(torch.full((TILE + 1,), 2.0).double(), torch.randn(TILE + 1, generator=torch.Generator()).double())
    for over in ({"m": (-1, 1, 3), "b": (-5, 5, 40)}, {"m": (-1, 1, 3), "b": (50, 60, 40)}):
        check(surface("line", points, loss="quantile:0.2", over=over), "line", "quantile:0.2", points)


def test_where_nothing_is_added_only_the_squared_error_has_sums() -> None:
    methods = {loss: surface(two_slopes, POINTS, loss=loss, over=GRID).method for loss in ("mse", "mae", "huber:1.5")}
    assert methods == {"mse": "sums", "mae": "vectorised", "huber:1.5": "vectorised"}
    check(surface(two_slopes, POINTS, loss="mse", over=GRID), two_slopes, "mse", POINTS)


def test_elements_of_a_tensor_parameter_and_others_held() -> None:
    points = Points(torch.stack([POINTS.x, POINTS.x**2 / 50], 1), POINTS.y, ("u", "v"))
    model = Model("plane", _plane, ("w", "b"), {"w": torch.zeros(2), "b": 0.0})
    at: Mapping[str, Tensor | float] = {"w": torch.tensor([7.0, 0.3]), "b": 1.0}
    found = surface(model, points, loss="mae", over={"w[0]": (-1, 1, 15), "b": (-4, 4, 14)}, at=at)
    assert found.method == "bins"
    prediction = points.x @ torch.stack([found.axes[0][3], torch.tensor(0.3).double()]) + found.axes[1][2]
    assert found.values[3, 2].item() == pytest.approx((prediction - points.y).abs().mean().item(), rel=1e-10)


def _plane(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b


def test_parameters_that_cannot_be_told_apart() -> None:
    """m·x + 2·b·x: b says nothing that m does not."""
    check(surface("m*x + 2*b*x", POINTS, over=GRID), "m*x + 2*b*x", "mse", POINTS)
    check(surface("m*x + 0*b", POINTS, over=GRID), "m*x + 0*b", "mse", POINTS)


def test_float32_points_are_summed_in_float64() -> None:
    points = noisy_line(0.5, 0.0, 5_000, seed=1, dtype=torch.float32)
    for loss, method in METHODS.items():
        found = surface("line", points, loss=loss, over=GRID)
        wide = surface("line", points.to(torch.float64), loss=loss, over=GRID)
        assert found.method == method and found.values.dtype == torch.float32
        torch.testing.assert_close(found.values.double(), wide.values, rtol=3e-5, atol=0)


def doubled_when_many(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * x + b if len(x) <= linear.RECORDED else m**2 * x + b


def of_all_points(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * (x + MANY.x) / 2 + b


MANY = noisy_line(0.5, 0.0, linear.RECORDED + 1, seed=0)


@pytest.mark.parametrize("model", [doubled_when_many, of_all_points])
def test_what_the_first_points_do_not_show_is_seen_in_the_end(model: Callable[..., Tensor]) -> None:
    found = surface(model, MANY, over={"m": (-2, 2, 4), "b": (-1, 1, 3)})
    assert found.method == "vectorised"
    check(found, model, "mse", MANY, cells=3)


def test_a_loss_that_only_bears_the_name_is_computed_as_it_is() -> None:
    false = Loss("mae", lambda prediction, y: 2 * (prediction - y).abs(), lambda prediction, y, kink=0.0: y)
    found = surface("line", POINTS, loss=false, over=GRID)
    truth = surface("line", POINTS, loss="mae", over=GRID)
    torch.testing.assert_close(found.values, 2 * truth.values)
    assert found.method == "vectorised"
