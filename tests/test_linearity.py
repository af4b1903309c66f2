"""What is linear in its parameters, told from what only looks so; and the solve that follows from it."""

import pytest
import torch

from gradlab.data import Points
from gradlab.linearity import design, is_linear
from gradlab.solve import in_own_units, least_squares

X = torch.linspace(-2, 3, 11, dtype=torch.float64)
AT = {"m": torch.tensor(0.7, dtype=torch.float64), "b": torch.tensor(-0.4, dtype=torch.float64)}
W = {"w": torch.tensor([0.3, -0.2], dtype=torch.float64)}

LINEAR = {
    "line": lambda p: p["m"] * X + p["b"],
    "in functions of x": lambda p: p["m"] * torch.exp(X) - p["b"] / (1 + X**2),
    "horner": lambda p: (p["m"] * X + p["b"]) * X + p["m"],
    "where on x": lambda p: torch.where(X > 0, p["m"] * X, p["b"] * X),
    "in place": lambda p: (p["m"] * X).add_(p["b"]),
    "stacked": lambda p: torch.stack([X, torch.ones_like(X)], 1) @ torch.stack([p["m"], p["b"]]),
    "as_tensor": lambda p: torch.as_tensor(p["m"] * X + p["b"], dtype=torch.float64),
    "mean of x": lambda p: p["m"] * (X - X.mean()) + p["b"],
    "written into": lambda p: torch.zeros_like(X).index_fill(0, torch.tensor([0]), 1.0) * p["m"] + p["b"],
}
NOT_LINEAR = {
    "product": lambda p: p["m"] * p["b"] * X,
    "square": lambda p: p["m"] ** 2 * X,
    "exponential": lambda p: p["m"] * torch.exp(-p["b"] * X),
    "absolute": lambda p: torch.abs(p["m"]) * X,
    "branch": lambda p: p["m"] * X if p["m"] > 0 else -p["m"] * X,
    "item": lambda p: p["m"].item() ** 2 * X + p["b"],
    "where on m": lambda p: torch.where(p["m"] * X > 0, p["m"] * X, p["b"]),
    "clamp": lambda p: (p["m"] * X).clamp(min=0),
    "floor": lambda p: torch.floor(p["m"] * X),
    "sign": lambda p: torch.sign(p["m"]) * X,
    "division": lambda p: X / p["m"],
    "remainder": lambda p: torch.remainder(p["m"] * X, 2.0),
    "matmul of two": lambda p: torch.outer(p["m"] * X, p["b"] * X)[0],
    "unknown operation": lambda p: torch.lgamma(p["m"] + 3) * X,
}


@pytest.mark.parametrize("prediction", LINEAR.values(), ids=LINEAR)
def test_linear_is_proved(prediction):
    assert is_linear(prediction, AT)
    jacobian, offset = design(prediction, AT, ("m", "b"))
    packed = torch.stack([AT["m"], AT["b"]])
    torch.testing.assert_close(jacobian @ packed + offset, prediction(AT), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("prediction", NOT_LINEAR.values(), ids=NOT_LINEAR)
def test_not_linear_is_seen(prediction):
    assert not is_linear(prediction, AT)


def test_least_squares_equals_lstsq():
    generator = torch.Generator().manual_seed(3)
    y = torch.randn(11, generator=generator, dtype=torch.float64)
    ours = least_squares(lambda x, m, b: m * x + b, Points(X, y), AT, ("m", "b"))
    wanted = torch.linalg.lstsq(torch.stack([X, torch.ones_like(X)], 1), y[:, None]).solution[:, 0]
    torch.testing.assert_close(torch.stack([ours["m"], ours["b"]]), wanted, rtol=1e-13, atol=1e-14)


def test_frozen_parameters_stay():
    ours = least_squares(lambda x, m, b: m * x + b, Points(X, 2 * X + 5), AT | {"b": torch.tensor(5.0)}, ("m",))
    assert ours["b"] == 5
    assert ours["m"].item() == pytest.approx(2, abs=1e-13)


def test_linear_in_the_free_ones_is_enough():
    """a·exp(−k·x) is not linear, but with k frozen it is."""
    curve, at = lambda x, a, k: a * torch.exp(-k * x), {"a": torch.tensor(1.0), "k": torch.tensor(0.5)}
    points = Points(X, 3 * torch.exp(-0.5 * X))
    assert least_squares(curve, points, at, ("a", "k")) is None
    assert least_squares(curve, points, at, ("a",))["a"].item() == pytest.approx(3, rel=1e-12)


def test_tensor_parameters_are_unpacked_in_their_shape():
    def plane(x, w):
        return x @ w

    x = torch.randn(9, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    ours = least_squares(plane, Points(x, x @ torch.tensor([3.0, -1.0], dtype=torch.float64)), W, ("w",))
    torch.testing.assert_close(ours["w"], torch.tensor([3.0, -1.0], dtype=torch.float64), rtol=1e-12, atol=1e-12)


def test_parameters_come_back_from_standardised_x():
    x = torch.linspace(100, 900, 20, dtype=torch.float64)
    z = (x - x.mean()) / x.std()
    quadratic = {"a": torch.tensor(0.5), "b": torch.tensor(-2.0), "c": torch.tensor(7.0)}

    def curve(x, a, b, c):
        return a * x**2 + b * x + c

    own = in_own_units(curve, Points(x, x), Points(z, x), quadratic)
    torch.testing.assert_close(curve(x, **own), curve(z, **quadratic).double(), rtol=1e-9, atol=1e-9)


def test_where_the_model_has_no_such_parameters_none_says_so():
    def through_origin(x, m):
        return m * x

    points = Points(X + 10, X)
    assert in_own_units(through_origin, points, Points(X, X), {"m": torch.tensor(2.0)}) is None
