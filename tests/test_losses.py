"""Losses against torch.nn.functional, against autograd, and against closed forms."""

import pytest
import torch
from torch.nn import functional

from gradlab import losses
from gradlab.data import Points
from gradlab.errors import OptionError
from gradlab.gradients import chain_rule
from gradlab.objective import Objective

RESIDUALS = torch.tensor(
    [-1e6, -40.0, -3.0, -1.0, -0.3, -1e-9, 0.0, 1e-9, 0.3, 1.0, 3.0, 40.0, 1e6], dtype=torch.float64
)
ALL = [losses.absolute_error, losses.squared_error, losses.huber(1.5), losses.log_cosh, losses.quantile(0.9)]


@pytest.mark.parametrize(
    ("loss", "theirs"),
    [
        (losses.absolute_error, functional.l1_loss),
        (losses.squared_error, functional.mse_loss),
        (losses.huber(1.0), functional.huber_loss),
        (losses.huber(1.5), lambda *a, **k: functional.huber_loss(*a, delta=1.5, **k)),
    ],
)
def test_value_is_pytorchs(loss, theirs):
    y = torch.linspace(-2, 2, len(RESIDUALS), dtype=torch.float64)
    torch.testing.assert_close(loss(y + RESIDUALS, y), theirs(y + RESIDUALS, y, reduction="none"))


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
def test_derivative_is_autograds(loss):
    prediction = RESIDUALS.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(prediction, torch.zeros_like(prediction)).sum(), prediction)
    torch.testing.assert_close(loss.derivative(RESIDUALS, torch.zeros(())), gradient, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kink", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
def test_the_recorder_can_follow_every_loss_to_the_same_derivative(loss, kink):
    """Each loss is written in operations that have a rule, and at the kink the rules say what the derivative says."""
    y = torch.zeros(len(RESIDUALS), dtype=torch.float64)
    objective = Objective(lambda x, p: p, loss, Points(y, y))
    gradient = chain_rule(kink=kink)(objective, {"p": RESIDUALS}).gradient["p"]
    expected = loss.derivative(RESIDUALS, y, kink=kink) / len(RESIDUALS)
    torch.testing.assert_close(gradient, expected, rtol=1e-12, atol=1e-15)


def test_the_kink_is_a_choice():
    at = torch.tensor(2.0), torch.tensor(2.0)
    slopes = {
        kink: (
            losses.absolute_error.derivative(*at, kink=kink).item(),
            losses.quantile(0.9).derivative(*at, kink=kink).item(),
        )
        for kink in (-1, 0, 1)
    }
    assert slopes == {-1: (-1.0, pytest.approx(-0.9)), 0: (0.0, pytest.approx(-0.4)), 1: (1.0, pytest.approx(0.1))}


def test_log_cosh_against_its_definition_and_without_overflow():
    small = torch.linspace(-5, 5, 41, dtype=torch.float64)
    torch.testing.assert_close(
        losses.log_cosh(small, torch.zeros(())), torch.log(torch.cosh(small)), rtol=0, atol=1e-14
    )
    assert losses.log_cosh(torch.tensor(-1e30), torch.tensor(0.0)).isfinite()


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_mean_quantile_loss_is_least_at_the_quantile(q):
    y = torch.arange(1, 102, dtype=torch.float64)
    means = torch.stack([losses.quantile(q)(guess, y).mean() for guess in y])
    assert y[means.argmin()] == pytest.approx(torch.quantile(y, q).item())


@pytest.mark.parametrize(
    "name", ["mae", "mse", "huber", "huber:1.5", "huber:0.1234567890123", "logcosh", "quantile:0.9"]
)
def test_a_name_finds_its_loss_again(name):
    assert losses.resolve(name).name in (name, f"{name}:1")
    assert losses.resolve(losses.resolve(name).name).name == losses.resolve(name).name


def test_a_function_is_itself():
    mine = torch.nn.L1Loss()
    assert losses.resolve(mine) is mine


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mea", "did you mean m"),
        ("hubber", "did you mean huber"),
        ("quantil:0.5", "did you mean quantile"),
        ("mae:1", "mae:1"),
        ("zzz", "quantile:Q"),
        ("quantile:1", "between 0 and 1"),
        ("quantile:nan", "between 0 and 1"),
        ("quantile", "number"),
        ("huber:0", "positive"),
        ("huber:-1", "positive"),
        ("huber:inf", "positive"),
        ("huber:x", "number"),
        ("huber:", "number"),
    ],
)
def test_a_name_that_is_none_is_refused_with_a_sentence(name, said):
    with pytest.raises(OptionError, match=said):
        losses.resolve(name)
