"""What looks difficult for a fused loop and is not: it is fused, and comes to what the eager loop comes to."""

import pytest
import torch

from gradlab import descent
from gradlab.data import noisy_line
from gradlab.models import Model

POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GRADLAB_CACHE", str(tmp_path_factory.mktemp("cache")))


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return 2 * a

    @staticmethod
    def backward(ctx, g):
        return 2 * g


def x_in_an_own_function(x, m, b):
    return m * Doubled.apply(x) + b


def detached(x, m, b):
    return m * x + b.detach() * m + b


def partly_without_grad(x, m, b):
    with torch.no_grad():
        scale = 1 + m * m
    return m * x / scale + b


def in_place_on_its_own(x, m, b):
    prediction = m * x
    prediction += b
    return prediction.mul_(1.5)


def by_a_loop(x, m, b):
    total = torch.zeros_like(x)
    for power in range(3):
        total = total + m * (x / 50) ** power
    return total + b


def by_where(x, m, b):
    return torch.where(x > 25, m * x + b, m * 25 + b * b)


def by_a_comparison(x, m, b):
    return m * x + b * (x > 25)


def by_columns(x, m, b):
    columns = torch.stack([x, torch.ones_like(x)], dim=1)
    return (columns * torch.stack([m, b])).sum(1)


def by_a_product_of_matrices(x, m, b):
    return torch.stack([x, torch.ones_like(x)], dim=1) @ torch.stack([m, b])


def clamped(x, m, b):
    return torch.clamp(m * x + b, 2.0, 20.0) + torch.relu(b - m) + torch.maximum(m, b)


def shaped(x, m, b):
    return (m * x.reshape(-1, 1) + b).squeeze(1).unsqueeze(0).flatten()


def of_a_number(x, m, b):
    return m * x + b * torch.tensor(2.0) ** 0.5


FUSED = [
    x_in_an_own_function,
    detached,
    partly_without_grad,
    in_place_on_its_own,
    by_a_loop,
    by_where,
    by_a_comparison,
    by_columns,
    by_a_product_of_matrices,
    clamped,
    shaped,
    of_a_number,
]


@pytest.mark.parametrize("model", FUSED, ids=lambda model: model.__name__)
def test_what_looks_difficult_is_fused_and_right(model):
    options = {"steps": 50, "lr": 1e-4, "start": {"m": 0.3, "b": 0.7}}
    fused, eager = (descent.fit(model, POINTS, engine=engine, **options) for engine in ("fused", "eager"))
    assert fused.engine == "fused", fused.engine_sentence()
    for name in eager.columns:
        assert torch.allclose(fused[name], eager[name], rtol=1e-10, atol=1e-12), name


@pytest.mark.parametrize(
    "loss", [torch.nn.MSELoss(), torch.nn.L1Loss(), torch.nn.SmoothL1Loss(), torch.nn.MSELoss(reduction="sum")]
)
def test_losses_of_torch(loss):
    options = {"steps": 30, "lr": 1e-6, "loss": loss}
    fused, eager = (descent.fit("line", POINTS, engine=engine, **options) for engine in ("fused", "eager"))
    assert fused.engine == "fused" and torch.allclose(fused["m"], eager["m"], rtol=1e-12)


@pytest.mark.parametrize("name", ["k", "n", "row", "sum0", "x0", "out", "kink", "%v0", "a b", "point", "memory"])
def test_a_parameter_may_be_called_as_the_loop_calls_its_own(name):
    """A parameter named like the step counter once shadowed it, in an experiment: wrong by a factor of 5, no error."""

    def model(x, **params):
        return params[name] * x + params["b"]

    histories = [
        descent.fit(Model("named", model, (name, "b"), {name: 0.0, "b": 0.0}), POINTS, steps=5, lr=1e-4, engine=engine)
        for engine in ("fused", "eager")
    ]
    assert histories[0].engine == "fused" and torch.allclose(histories[0][name], histories[1][name], rtol=1e-12)
