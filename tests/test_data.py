"""Points, the lesson's generator, and the bundled datasets at their certified values."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradlab import models
from gradlab.data import Points, dataset, datasets, noisy_line
from gradlab.errors import DataError, ShapeError
from gradlab.messages import LANGUAGES, speaking


def get_data_from_a_line(m, b, n, sigma, x_max):
    """The lesson's generator in other words, on PyTorch's global generator: what `noisy_line` has to equal."""
    x = x_max * torch.rand(n)
    y = m * x + b
    ones = torch.ones(n)
    x_noise = torch.normal(0 * ones, sigma * ones)
    y_noise = torch.normal(0 * ones, sigma * ones)
    return x + x_noise, y + y_noise


@pytest.mark.parametrize("n", [1, 7, 50, 1000])
def test_noisy_line_draws_the_numbers_of_the_lesson(n):
    with torch.random.fork_rng():
        torch.manual_seed(25)
        x, y = get_data_from_a_line(0.5, 3.0, n, 2, 50)
    points = noisy_line(0.5, 3.0, n, seed=25, dtype=torch.float32)
    assert torch.equal(points.x, x)
    assert torch.equal(points.y, y)


def test_noise_is_gaussian_on_both_axes_and_absent_at_sigma_0():
    exact = noisy_line(2.0, 1.0, 1000, sigma=0)
    assert torch.equal(exact.y, 2 * exact.x + 1)
    assert exact.x.min() >= 0
    assert exact.x.max() <= 50
    noisy = noisy_line(0.0, 0.0, 100_000, sigma=3, x_max=1e-9)
    for axis in (noisy.x, noisy.y):
        assert axis.std().item() == pytest.approx(3, rel=0.01)
        assert (axis.abs() < 3).double().mean().item() == pytest.approx(0.6827, abs=0.005)
    assert torch.corrcoef(torch.stack([noisy.x, noisy.y]))[0, 1].abs() < 0.02


def test_a_generator_goes_on_where_it_stood():
    generator = torch.Generator().manual_seed(3)
    first, second = noisy_line(1, 0, 5, generator=generator), noisy_line(1, 0, 5, generator=generator)
    assert torch.equal(first.x, noisy_line(1, 0, 5, seed=3).x)
    assert not torch.equal(first.x, second.x)


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 0},
        {"n": -3},
        {"n": 2.5},
        {"sigma": -1},
        {"m": float("nan")},
        {"b": float("inf")},
        {"x_max": 0},
        {"n": 10**13},
        {"n": 10**20},
        {"seed": 10**30},
    ],
)
def test_noisy_line_refuses_with_the_number(arguments):
    (value,) = arguments.values()
    with pytest.raises(DataError, match=str(value)):
        noisy_line(**{"m": 0.5, "b": 0.0, "n": 50} | arguments)


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor, lambda values: np.array(values, dtype=np.float32)])
def test_numbers_of_any_kind_become_tensors(kind):
    points = Points(kind([1, 2, 3]), kind([2, 4, 6]))
    assert points.x.tolist() == [1, 2, 3]
    assert points.x.dtype == points.y.dtype == torch.float64


def test_a_tensor_keeps_its_dtype_and_the_wider_one_wins():
    short, long = torch.ones(2, dtype=torch.float32), torch.ones(2, dtype=torch.float64)
    assert Points(short, short).y.dtype == torch.float32
    assert Points(short, long).x.dtype == torch.float64


def test_points_stand_outside_every_graph():
    x = torch.ones(2, requires_grad=True)
    assert not Points(2 * x, [1, 2]).x.requires_grad


def test_columns_have_names():
    assert Points([1, 2], [1, 2]).names == ("x",)
    assert Points([[1, 2]], [1]).names == ("x1", "x2")
    assert Points([[1, 2]], [1], ("speed", "mass")).names == ("speed", "mass")


@pytest.mark.parametrize(
    ("x", "y", "error", "said"),
    [
        ([1, 2], [[1], [2]], ShapeError, r"\(2, 1\).*2 x 2"),
        ([1, 2], [[1, 2], [3, 4]], ShapeError, r"\(2, 2\)"),
        ([[[1.0]]], [1], ShapeError, r"\(1, 1, 1\)"),
        (3.0, 4.0, ShapeError, r"\(\)"),
        ([1, 2, 3], [1, 2], ShapeError, "3 points and y has 2"),
        ([], [], DataError, "no point"),
        ([1, float("nan"), float("inf")], [1, 2, 3], DataError, r"x has 2 value\(s\).*point 2"),
        ([[1, 2], [3, float("nan")]], [1, 2], DataError, r"x has 1 value\(s\).*point 2"),
        ([1], [float("-inf")], DataError, r"y has 1 value\(s\).*point 1"),
        (["one"], [1], DataError, "not a number"),
        ([1, [2, 3]], [1, 2], DataError, "not a number"),
        ([None], [1], DataError, "not a number"),
        ([10**400], [1], DataError, "not a number"),
        (torch.tensor([1j]), [1], DataError, "not a number"),
    ],
)
def test_what_are_no_points_is_refused_with_the_numbers(x, y, error, said):
    with speaking("en"), pytest.raises(error, match=said):
        Points(x, y)
    with pytest.raises(ShapeError, match="2 name"):
        Points([1.0], [1.0], ("a", "b"))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_rows_are_the_rows_asked_for(index):
    points = Points(torch.arange(20.0).reshape(10, 2), torch.arange(10.0))
    some = points.rows(torch.tensor(index))
    assert some.y.tolist() == index
    assert some.x[:, 1].tolist() == [2 * row + 1 for row in index]
    assert some.to(torch.float64).x.dtype == torch.float64
    assert some.names == points.names


@pytest.mark.parametrize(("index", "error"), [(slice(0, 0), DataError), (3, ShapeError)])
def test_rows_that_are_no_points_are_refused(index, error):
    with pytest.raises(error):
        Points([1, 2, 3, 4], [1, 2, 3, 4]).rows(index)


CERTIFIED = [name for name in datasets() if name != "lesson-line"]


def as_printed(number: float, digits: int) -> str:
    return f"{number:.{digits - 1}e}"


@pytest.mark.parametrize("name", CERTIFIED)
def test_at_the_certified_values_the_residuals_are_the_certified_ones(name):
    """The formula by our own parser, the data by our own reader: the sum of squares to all certified digits."""
    data = dataset(name)
    model = models.resolve(data.formula, data.points.names)
    assert set(model.parameters) == set(data.parameters)
    params = {key: torch.tensor(value, dtype=torch.float64) for key, value in data.certified.items()}
    residual = data.points.y - model(data.points.x, **params)
    rounding = 5e-11 if data.starts else 5e-13  # half a unit of the 11th digit; linear problems have more
    assert (residual**2).sum().item() == pytest.approx(data.residual_sum_of_squares, rel=rounding, abs=1e-18)
    degrees = len(data.points) - len(params)
    assert data.residual_standard_deviation == pytest.approx((data.residual_sum_of_squares / degrees) ** 0.5, rel=1e-9)


@pytest.mark.parametrize("name", CERTIFIED)
def test_the_certified_values_are_a_minimum(name):
    """No parameter can be moved by a thousandth of its standard error without a larger sum of squares."""
    data = dataset(name)
    model = models.resolve(data.formula, data.points.names)

    def squares(moved, by):
        params = {key: value + by * (key == moved) for key, value in data.certified.items()}
        return ((data.points.y - model(data.points.x, **params)) ** 2).sum().item()

    for parameter in data.parameters:
        step = 1e-2 * data.standard_errors[parameter] or 1e-6
        assert squares(parameter, 0) < min(squares(parameter, step), squares(parameter, -step))


def test_every_dataset_says_where_it_comes_from():
    for name in datasets():
        data = dataset(name.upper())
        assert data.name == name
        assert data.reference
        assert data.level in ("lower", "average", "higher")
    linear = [name for name in CERTIFIED if not dataset(name).starts]
    assert linear == ["Longley", "NoInt1", "Norris", "Pontius", "Wampler1"]
    assert all(len(dataset(name).starts) == 2 for name in CERTIFIED if name not in linear)
    assert "public domain" in dataset("Norris").source
    assert len(CERTIFIED) == 20


def test_lesson_line_is_what_noisy_line_makes():
    made, shipped = noisy_line(0.5, 0, 50), dataset("lesson-line").points
    assert torch.equal(made.x, shipped.x)
    assert torch.equal(made.y, shipped.y)


def test_an_unknown_dataset_is_told_the_nearest():
    with pytest.raises(DataError, match="did you mean Norris"):
        dataset("nores")


def test_sentences_about_data_are_in_both_languages():
    for code in LANGUAGES:
        with speaking(code), pytest.raises(DataError) as refusal:
            noisy_line(1, 1, 0)
        assert "0" in str(refusal.value)
