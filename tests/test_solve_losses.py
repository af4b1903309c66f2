"""Other losses than the square, to their exact optimum: against scipy's general minimisers and linear programmes."""

import math

import numpy
import pytest
import torch
from scipy.optimize import linprog, minimize_scalar

import gradlab
from gradlab import Points
from gradlab.losses import resolve


def heavy_tails(n, seed, columns=2):
    """Points around a plane with noise of which a few are far off."""
    generator = numpy.random.default_rng(seed)
    x = generator.uniform(-5, 5, (n, columns))
    return Points(
        torch.from_numpy(x), torch.from_numpy(1 + x @ numpy.arange(1, columns + 1) + generator.standard_t(2, n))
    )


def lowest(points, below, above):
    """The least total of a pinball loss, by the primal linear programme."""
    columns = numpy.column_stack([points.x.numpy(), numpy.ones(len(points))])
    n, k = columns.shape
    prices = numpy.r_[numpy.zeros(k), numpy.full(n, above), numpy.full(n, below)]
    equations = numpy.hstack([columns, numpy.eye(n), -numpy.eye(n)])
    free = [(None, None)] * k + [(0, None)] * 2 * n
    return linprog(prices, A_eq=equations, b_eq=points.y.numpy(), bounds=free).fun


@pytest.mark.parametrize("n", [4, 11, 200])
@pytest.mark.parametrize(
    ("loss", "below", "above"), [("mae", 1, 1), ("quantile:0.9", 0.1, 0.9), ("quantile:0.3", 0.7, 0.3)]
)
def test_absolute_errors_and_quantiles_reach_the_linear_programme(n, loss, below, above):
    points = heavy_tails(n, seed=n)
    solution = gradlab.solve("plane", points, loss=loss)
    assert solution.loss * n == pytest.approx(lowest(points, below, above), rel=1e-12)
    assert solution.outcome == "converged"
    touched = (solution.residuals.abs() < 1e-12).sum()
    assert touched >= 3, "the optimum passes through as many points as there are parameters"


def test_the_median_is_the_constant_with_the_least_absolute_error():
    points = Points(torch.arange(7.0), torch.tensor([5.0, 1.0, 9.0, 2.0, 100.0, 3.0, 4.0]))
    assert gradlab.solve("c", points, loss="mae").values() == {"c": 4.0}


@pytest.mark.parametrize("model", ["a*x1 + b*x2 + c", "a*exp(b*x1/5) + c*x2"])
@pytest.mark.parametrize("loss", ["huber:0.5", "huber:10", "logcosh"])
def test_at_a_smooth_optimum_the_gradient_vanishes(model, loss):
    """Asked of autograd; and a step to any side, however small, leads up."""
    points = heavy_tails(60, seed=1)
    solution = gradlab.solve(model, points, loss=loss)
    leaves = {name: value.clone().requires_grad_() for name, value in solution.params.items()}
    objective = gradlab.Objective(gradlab.solve(model, points).problem.model, resolve(loss), points)
    gradient = torch.autograd.grad(objective(leaves), tuple(leaves.values()))
    assert max(abs(part.item()) for part in gradient) < 1e-12
    for name in leaves:
        for moved in (1 - 1e-4, 1 + 1e-4):
            assert objective({**solution.params, name: solution.params[name] * moved}) > solution.loss


def test_huber_far_out_is_least_squares_and_near_zero_the_absolute_error():
    points = heavy_tails(60, seed=2)
    squares, absolute = gradlab.solve("plane", points), gradlab.solve("plane", points, loss="mae")
    wide = gradlab.solve("plane", points, loss="huber:1e6")
    narrow = gradlab.solve("plane", points, loss="huber:1e-7")
    assert wide.values() == pytest.approx(squares.values(), rel=1e-10)
    assert narrow.values() == pytest.approx(absolute.values(), abs=1e-4)


def test_a_loss_of_ones_own():
    def fair(prediction, y):
        distance = torch.abs(prediction - y)
        return distance - torch.log1p(distance)

    points = Points(range(9), [1.0, 2.0, 2.5, 2.0, 30.0, 1.5, 2.0, 3.0, 1.0])
    solution = gradlab.solve("c", points, loss=fair)
    best = minimize_scalar(lambda c: fair(points.y.new_tensor(c), points.y).sum().item(), (1, 3), tol=1e-12)
    assert solution.values()["c"] == pytest.approx(best.x, rel=1e-6)


def test_absolute_errors_of_a_curve():
    """Not linear: tangents in a box that shrinks. No start around finds less."""
    generator = torch.Generator().manual_seed(6)
    x = torch.linspace(0, 5, 40, dtype=torch.float64)
    y = 3 * torch.exp(-1.2 * x) + 0.5 + 0.1 * torch.randn(40, generator=generator, dtype=torch.float64)
    solution = gradlab.solve("a*exp(-b*x) + c", Points(x, y), loss="mae")
    assert solution.outcome == "converged"
    assert (solution.residuals.abs() < 1e-11).sum() >= 3
    objective = gradlab.Objective(solution.problem.model, resolve("mae"), Points(x, y))
    for _ in range(200):
        moved = {n: p * (1 + 0.01 * torch.randn((), generator=generator)) for n, p in solution.params.items()}
        assert objective(moved) >= solution.loss


def test_weights_count_points_as_often_as_they_say():
    points = heavy_tails(12, seed=7)
    often = torch.tensor([1, 2, 3] * 4)
    repeated = Points(points.x.repeat_interleave(often, 0), points.y.repeat_interleave(often))
    for loss in ("mse", "huber:1", "logcosh", "mae"):
        weighted = gradlab.solve("plane", points, weights=often, loss=loss)
        assert weighted.values() == pytest.approx(gradlab.solve("plane", repeated, loss=loss).values(), rel=1e-9)


def test_bounds_hold_for_every_loss():
    points = heavy_tails(50, seed=8, columns=1)
    for loss in ("mse", "huber:1", "logcosh", "mae", "quantile:0.5"):
        solution = gradlab.solve("a*x + c", points, loss=loss, bounds={"a": (None, 0.5)})
        assert solution.values()["a"] == 0.5
        held = gradlab.solve("0.5*x + c", points, loss=loss)
        assert solution.loss == pytest.approx(held.loss, rel=1e-12)
        assert [note.code for note in solution.warnings] in (["at_bound"], ["at_bound", "other_starts"])


@pytest.mark.parametrize("loss", ["huber:1", "logcosh", "mae", "quantile:0.5"])
def test_standard_errors_are_those_of_many_draws(loss):
    """The scatter of 400 estimates, against the mean of their own standard errors."""
    generator = numpy.random.default_rng(9)
    x = torch.linspace(0, 10, 60, dtype=torch.float64)
    slopes, errors = [], []
    for _ in range(400):
        points = Points(x, 2 * x + torch.from_numpy(generator.standard_normal(60)))
        solution = gradlab.solve("line", points, loss=loss)
        slopes.append(solution.values()["m"])
        errors.append(float(solution.standard_errors["m"]))
    assert math.sqrt(numpy.square(errors).mean()) == pytest.approx(numpy.std(slopes), rel=0.15)
