"""Curvature against closed forms, against the Hessian written out, and against what descent then does."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab import losses, models
from gradlab.curvature import hessian_vector_product, largest_eigenvalue, largest_stable_lr
from gradlab.data import Points, noisy_line
from gradlab.objective import Objective

LINE = models.resolve("line")
POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)


def at(**values: float) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in values.items()}


def hessian_of_the_line(x: torch.Tensor) -> torch.Tensor:
    """The MSE of y = m·x + b: second derivatives 2·E[x²], 2·E[x] and 2, wherever one stands."""
    return torch.stack([x.square().mean(), x.mean(), x.mean(), torch.ones_like(x[0])]).reshape(2, 2) * 2


def quadratic(matrix: torch.Tensor):
    return lambda params: params["w"] @ matrix @ params["w"] / 2


def rotated(eigenvalues: list[float], seed: int) -> torch.Tensor:
    """A symmetric matrix with these eigenvalues and directions drawn at random."""
    draw = torch.randn(len(eigenvalues), len(eigenvalues), generator=torch.Generator().manual_seed(seed)).double()
    turn, _ = torch.linalg.qr(draw)
    return turn @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ turn.T


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 1000))
@settings(max_examples=30)
def test_product_with_the_line_is_its_closed_form(m, b, seed):
    points = noisy_line(0.5, 0.0, n=20, seed=seed)
    v = at(m=1.5, b=-0.5)
    product = hessian_vector_product(Objective(LINE, losses.squared_error, points), at(m=m, b=b), v)
    expected = hessian_of_the_line(points.x) @ torch.tensor([1.5, -0.5], dtype=torch.float64)
    torch.testing.assert_close(torch.stack([product["m"], product["b"]]), expected)


def test_product_with_tensor_parameters_is_that_of_the_hessian_written_out():
    generator = torch.Generator().manual_seed(3)
    w = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    v = torch.randn(2, 3, generator=generator, dtype=torch.float64)

    def bumpy(params):
        return (params["w"].sin().cumsum(0) ** 4).sum()

    written_out = torch.autograd.functional.hessian(lambda w: bumpy({"w": w}), w).reshape(6, 6)
    product = hessian_vector_product(bumpy, {"w": w}, {"w": v})["w"]
    torch.testing.assert_close(product, (written_out @ v.reshape(6)).reshape(2, 3))


def test_a_loss_without_second_derivative_is_flat():
    flat = [lambda p: p["m"] * 3, lambda p: torch.tensor(1.0), lambda p: p["m"].abs()]
    assert [hessian_vector_product(objective, at(m=1.0, b=2.0), at(m=1.0, b=1.0)) for objective in flat] == [
        at(m=0.0, b=0.0)
    ] * 3


def test_largest_eigenvalue_of_the_line():
    objective = Objective(LINE, losses.squared_error, POINTS)
    expected = float(torch.linalg.eigvalsh(hessian_of_the_line(POINTS.x))[-1])
    assert largest_eigenvalue(objective, at(m=0.0, b=0.0)) == pytest.approx(expected, rel=1e-6)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.integers(0, 99))
@settings(max_examples=80)
def test_largest_eigenvalue_is_the_most_positive_one(eigenvalues, seed):
    """Also beside a ridge, where the one farthest from 0 is negative, and where +λ and −λ are equally far."""
    found = largest_eigenvalue(quadratic(rotated(eigenvalues, seed)), {"w": torch.ones(len(eigenvalues)).double()})
    assert found == pytest.approx(max(eigenvalues), abs=2e-3 * max(map(abs, eigenvalues)) + 1e-12)


@pytest.mark.parametrize("eigenvalues", [[3.0, 1.0, 0.5], [-3.0, 1.0], [2.0, -2.0], [-2.0, -1.0], [5.0, 5.0, 1.0]])
def test_largest_eigenvalue_to_six_digits_where_eigenvalues_are_apart(eigenvalues):
    found = largest_eigenvalue(quadratic(rotated(eigenvalues, 1)), {"w": torch.ones(len(eigenvalues)).double()})
    assert found == pytest.approx(max(eigenvalues), rel=2e-6)


def test_the_start_of_the_search_is_seeded():
    objective, params = quadratic(rotated([1.0, 0.98, 0.5], 5)), {"w": torch.ones(3).double()}
    assert largest_eigenvalue(objective, params, seed=1) == largest_eigenvalue(objective, params, seed=1)


def test_no_upward_curvature_means_no_limit():
    mae = Objective(LINE, losses.absolute_error, POINTS)
    assert largest_stable_lr(mae, at(m=0.8, b=0.0)) == math.inf
    assert largest_stable_lr(quadratic(rotated([-2.0, -1.0], 1)), {"w": torch.ones(2).double()}) == math.inf
    assert largest_stable_lr(quadratic(rotated([-2.0, 0.0], 1)), {"w": torch.ones(2).double()}) == math.inf


def test_a_second_derivative_that_is_not_finite_says_nothing():
    assert math.isnan(largest_stable_lr(lambda p: p["m"].sqrt(), at(m=0.0)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_descent_stands_just_below_and_falls_just_above(dtype):
    objective = Objective(LINE, losses.squared_error, POINTS.to(dtype))
    params = {name: p.to(dtype) for name, p in at(m=0.8, b=0.0).items()}
    limit = largest_stable_lr(objective, params)

    def loss_after(lr: float, steps: int = 2_000) -> float:
        m, b = params.values()
        x, y = objective.points.x, objective.points.y
        for _ in range(steps):
            residual = m * x + b - y
            m, b = m - lr * 2 * (residual * x).mean(), b - lr * 2 * residual.mean()
        return float(((m * x + b - y) ** 2).mean())

    start = float(objective(params))
    assert loss_after(limit * 0.99) < start
    assert loss_after(limit * 1.01) > 1e6 * start


def test_the_lessons_line_is_badly_conditioned_and_standardised_x_cures_it():
    """Condition number in the thousands, largest stable lr just above the lesson's 1e-3."""
    low, high = torch.linalg.eigvalsh(hessian_of_the_line(noisy_line(0.5, 0.0, n=100_000, seed=0).x))
    assert float(high / low) == pytest.approx(3_300, rel=0.02)
    assert float(2 / high) == pytest.approx(1.2e-3, rel=0.02)
    x = (POINTS.x - POINTS.x.mean()) / POINTS.x.std(correction=0)
    objective = Objective(LINE, losses.squared_error, Points(x, POINTS.y))
    assert largest_stable_lr(objective, at(m=0.0, b=0.0)) == pytest.approx(1.0, rel=1e-6)
