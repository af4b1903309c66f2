"""The sweep of Δ against the theory it draws, and the bias of forward differences against a descent that has it."""

import math

import pytest
import torch

import gradlab
from gradlab.errors import OptionError
from gradlab.figures import draw_delta_error
from gradlab.gradcheck import delta_sweep, forward_bias
from gradlab.models import resolve

POINTS = gradlab.noisy_line(m=0.5, b=0.0, n=50, seed=0)
AT = {"m": torch.tensor(0.8, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}
SCHEMES = ("forward", "central", "richardson")


def squares(model: str = "line") -> gradlab.Objective:
    return gradlab.Objective(resolve(model), gradlab.squared_error, POINTS)


def growth() -> gradlab.Objective:
    return gradlab.Objective(lambda x, a: torch.exp(a * x / 50), gradlab.squared_error, POINTS)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_errors_follow_the_theory(scheme: str, dtype: torch.dtype) -> None:
    """Never far above the line, and on it where truncation rules."""
    swept = delta_sweep(growth(), {"a": torch.tensor(0.8)}, "a", schemes=[scheme], dtypes=[dtype])
    (label,) = swept.errors
    error, theory = swept.errors[label], swept.theory[label]
    assert (error <= 6 * theory + 1e-6 * abs(swept.derivative) * (dtype == torch.float32)).all()
    truncated = swept.deltas > 3 * swept.deltas[theory.argmin()]
    assert truncated.any()
    assert (error / theory)[truncated].log().abs().median() < math.log(2)


def test_the_best_delta_is_near_the_theorys() -> None:
    swept = delta_sweep(growth(), {"a": torch.tensor(0.8)}, "a", schemes=SCHEMES)
    for label, best in swept.best.items():
        assert 0.03 < best / float(swept.deltas[swept.theory[label].argmin()]) < 30


def test_an_exact_scheme_is_best_with_the_largest_delta() -> None:
    """A central difference of a parabola has no truncation error."""
    assert delta_sweep(squares(), AT, "m", schemes=["central"]).best["central float64"] > 0.1


def test_kinks_are_counted() -> None:
    absolute = gradlab.Objective(resolve("line"), gradlab.absolute_error, POINTS)
    deltas = torch.tensor([1e-6, 0.05, 0.3], dtype=torch.float64)
    swept = delta_sweep(absolute, AT, "m", deltas=deltas)
    crossed = [
        int((((0.8 - d) * POINTS.x > POINTS.y) != ((0.8 + d) * POINTS.x > POINTS.y)).sum()) for d in deltas.tolist()
    ]
    assert swept.kinks.tolist() == crossed
    assert crossed[0] == 0 < crossed[2]
    clear = swept.errors["central float64"][swept.kinks == 0]
    assert (clear < 1e-6).all() and swept.errors["central float64"][2] > 1e-3


def test_one_element_of_a_tensor() -> None:
    at = {"w": torch.tensor([1.0, 2.0, 3.0])}
    swept = delta_sweep(lambda p: (p["w"] ** 3).sum(), at, "w", index=(1,), deltas=torch.tensor([0.1]))
    assert (swept.name, swept.derivative) == ("w[1]", 12.0)
    assert swept.errors["central float64"].item() == pytest.approx(0.01)


def test_a_name_that_is_no_parameter() -> None:
    with gradlab.messages.speaking("en"), pytest.raises(OptionError, match=r"no parameter n\. Those there are: m, b"):
        delta_sweep(squares(), AT, "n")


def test_the_sweep_can_be_drawn() -> None:
    swept = delta_sweep(squares(), AT, "m", schemes=SCHEMES)
    figure = draw_delta_error(swept.deltas, swept.errors, theory=swept.theory)
    assert len(figure.axes[0].get_lines()) >= 2 * len(SCHEMES)


@pytest.mark.parametrize("delta", [0.1, {"m": 0.2, "b": 0.05}])
def test_descent_by_forward_differences_comes_to_rest_beside_the_minimum(delta: float | dict[str, float]) -> None:
    points = gradlab.noisy_line(m=0.5, b=0.0, n=20, seed=0, x_max=3.0)
    run = {"lr": 0.1, "steps": 2_000}
    minimum = gradlab.fit("line", points, **run).params
    stopped = gradlab.fit("line", points, gradient="finite-difference:forward", delta=delta, **run).params
    bias = forward_bias(gradlab.Objective(resolve("line"), gradlab.squared_error, points), minimum, delta)
    for name, shift in bias.items():
        assert abs(shift) > 1e-3
        assert torch.isclose(stopped[name] - minimum[name], shift, rtol=1e-4)
