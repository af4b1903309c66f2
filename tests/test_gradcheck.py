"""The verdict on a derivative and on a whole gradient: right, wrong, unsure; what is evidence, and what no mistake."""

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gradlab
from gradlab import messages
from gradlab._types import Params
from gradlab.errors import OptionError
from gradlab.gradcheck import Mine, check_derivative, check_gradient, taylor_slope
from gradlab.models import resolve
from gradlab.testing import assert_derivative, assert_gradient

POINTS = gradlab.noisy_line(m=0.5, b=0.0, n=50, seed=0)
AT = {"m": torch.tensor(0.8, dtype=torch.float64), "b": torch.tensor(0.1, dtype=torch.float64)}
SQUARES = gradlab.Objective(resolve("line"), gradlab.squared_error, POINTS)
ABSOLUTE = gradlab.Objective(resolve("line"), gradlab.absolute_error, POINTS)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with messages.speaking("en"):
        yield


def residual(params: Params) -> torch.Tensor:
    return params["m"] * POINTS.x + params["b"] - POINTS.y


def of_squares(params: Params) -> list[torch.Tensor]:
    u = 2 * residual(params)
    return [(u * POINTS.x).mean(), u.mean()]


# One derivative


@pytest.mark.parametrize("there", [-1.0, 0.0, 1.0, 0.3])
def test_any_value_between_the_slopes_is_right_at_a_kink(there: float) -> None:
    def written(u: torch.Tensor) -> torch.Tensor:
        return torch.where(u == 0, there, torch.sign(u))

    verdict = check_derivative(written, lambda u: torch.abs(u), "u")
    assert verdict.verdict == "right"
    assert f"it answers {there:g}; any value between the two serves" in verdict.sentence


def test_a_value_outside_the_slopes_at_a_kink_is_said_and_not_failed() -> None:
    verdict = check_derivative(lambda u: torch.where(u == 0, 7.0, torch.sign(u)), lambda u: torch.abs(u), "u")
    assert verdict.verdict == "right"
    assert "7, which is not between the two" in verdict.sentence


def test_float32_is_no_mistake() -> None:
    verdict = check_derivative(lambda x: 2 * x.float() + 0.1, lambda x: x.float() ** 2 + 0.1 * x.float(), "x")
    assert verdict.verdict == "right"
    assert "float32" in verdict.sentence


@pytest.mark.parametrize("single", [False, True])
def test_a_thousandth_is_a_mistake(single: bool) -> None:
    def written(x: torch.Tensor) -> torch.Tensor:
        return 1.001 * torch.cos(x.float() if single else x)

    verdict = check_derivative(written, lambda x: torch.sin(x.float() if single else x), "x")
    assert (verdict.verdict, verdict.diagnosis, verdict.factor) == ("wrong", "factor", pytest.approx(1.001, rel=1e-4))


def test_autograd_is_not_believed_where_it_is_blind() -> None:
    """The detached half is part of the function, though not of what autograd says of it."""
    blind = lambda x: x**2 + x.detach() ** 2  # noqa: E731  # checked as it is
    assert check_derivative(lambda x: 4 * x, blind, "x").verdict == "right"
    assert check_derivative(lambda x: 2 * x, blind, "x").verdict == "wrong"


def test_rounding_of_another_form_is_no_mistake() -> None:
    """1 − s² loses all digits where s is near 1, and so does a power written out."""
    assert check_derivative(lambda z: 1 - torch.tanh(z) ** 2, lambda z: torch.tanh(z), "z").verdict == "right"
    written_out = lambda x: 5 * x**4 - 1000 * x**3 + 75000 * x**2 - 2500000 * x + 31250000  # noqa: E731
    assert check_derivative(written_out, lambda x: (x - 50) ** 5, "x").verdict == "right"


def test_outside_the_domain_nothing_is_said() -> None:
    assert check_derivative(lambda x: 1 / (x * torch.log(x)), lambda x: torch.log(torch.log(x)), "x").verdict == "right"


def test_a_default_is_varied() -> None:
    def f(x: torch.Tensor, k: float = 2.0) -> torch.Tensor:
        return k * x**2

    verdict = check_derivative(lambda x, k=2.0: 4 * x, f, "x")
    assert (verdict.verdict, verdict.diagnosis) == ("wrong", "other")
    assert "the default of k only" in verdict.sentence
    assert check_derivative(lambda x: 4 * x, f, "x").verdict == "right"


def test_nothing_is_written_over() -> None:
    def f(x: torch.Tensor) -> torch.Tensor:
        x *= 2
        return x**2

    assert check_derivative(lambda x: 8 * x, f, "x").verdict == "right"


@pytest.mark.parametrize(
    ("f", "written", "reason"),
    [
        (lambda x: torch.softmax(x, 0), lambda x: x, "not elementwise"),
        (lambda x: torch.cumsum(x, 0), lambda x: x, "not elementwise"),
        (lambda x: 1 / 0, lambda x: x, "ZeroDivisionError"),
        (lambda x: x, lambda x: x[:, None], "does not go with"),
        (lambda x: torch.sqrt(-1 - x**2), lambda x: x, "no input was found at which both are finite"),
    ],
)
def test_what_cannot_be_judged_is_not_judged(
    f: Callable[..., object], written: Callable[..., object], reason: str
) -> None:
    verdict = check_derivative(written, f, "x")
    assert verdict.verdict == "unsure"
    assert reason in verdict.sentence


def test_an_argument_that_is_not_there() -> None:
    with pytest.raises(OptionError, match="no argument y_predd; y_pred was probably meant"):
        check_derivative(lambda y_pred: 1, lambda y_pred: y_pred, "y_predd")
    with pytest.raises(OptionError, match="built in"):
        check_derivative(lambda x: 1 / x, torch.log, "x")


# A whole gradient

ANSWERS: dict[str, Mine] = {
    "list": of_squares,
    "tuple": lambda p: tuple(of_squares(p)),
    "stack": lambda p: torch.stack(of_squares(p)),
    "dict": lambda p: dict(zip(("b", "m"), reversed(of_squares(p)), strict=True)),
    "by name": lambda m, b: of_squares({"m": m, "b": b}),
    "values": of_squares(AT),
    "a gradient of gradlab": gradlab.chain_rule(),
    "differences": gradlab.finite_difference(),
}


@pytest.mark.parametrize("mine", ANSWERS.values(), ids=ANSWERS)
def test_a_gradient_may_come_in_many_forms(mine: Mine) -> None:
    verdict = check_gradient(mine, SQUARES, AT)
    assert (verdict.verdict, verdict.argument) == ("right", None)
    assert verdict.taylor_slope == pytest.approx(2, abs=0.05)


def test_the_number_of_points_is_varied_where_it_can_be() -> None:
    """50 times too much at n = 50 may be any constant; 3 times at n = 3 as well tells that it is N."""

    def summed(objective: gradlab.Objective, params: Params) -> Params:
        exact = gradlab.autograd()(objective, params).gradient
        return {name: len(objective.points) * slope for name, slope in exact.items()}

    def fifty(objective: gradlab.Objective, params: Params) -> Params:
        return {name: 50 * slope for name, slope in gradlab.autograd()(objective, params).gradient.items()}

    assert check_gradient(summed, SQUARES, AT).factor == "N"
    assert check_gradient(fifty, SQUARES, AT).factor == 50.0


def test_one_number_of_points_is_taken_for_n() -> None:
    verdict = check_gradient(lambda p: [50 * slope for slope in of_squares(p)], SQUARES, AT)
    assert (verdict.diagnosis, verdict.factor) == ("sum-instead-of-mean", "N")


def test_tensor_parameters() -> None:
    at = {"w": torch.randn(3, generator=torch.Generator().manual_seed(0)), "c": torch.tensor(1.0)}

    def objective(params: Params) -> torch.Tensor:
        return ((params["w"] - 1) ** 2).sum() * params["c"]

    def stacked(params: Params) -> torch.Tensor:
        w, c = params["w"], params["c"]
        return torch.cat([2 * (w - 1) * c, ((w - 1) ** 2).sum()[None]])

    right = check_gradient(stacked, objective, at)
    assert right.verdict == "right"
    assert "float64" in right.sentence
    assert (
        check_gradient(lambda p: {"w": 2 * (p["w"] - 1), "c": ((p["w"] - 1) ** 2).sum()}, objective, at).argument == "w"
    )


def test_a_kink_right_under_the_parameters_is_explained() -> None:
    exact = gradlab.Points([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    objective = gradlab.Objective(lambda x, m: m * x, gradlab.absolute_error, exact)
    for there in (-2.0, 0.0, 2.0):
        verdict = check_gradient({"m": there}, objective, {"m": torch.tensor(2.0)})
        assert verdict.verdict == "right"
        assert f"jumps from -2 to 2, it answers {there:g}" in verdict.sentence
    assert check_gradient({"m": 2.5}, objective, {"m": torch.tensor(2.0)}).verdict == "wrong"


def test_values_alone_tell_no_strange_constant() -> None:
    """One number is always some constant times another: only the usual ones are believed."""
    objective = lambda p: p["a"] ** 3  # noqa: E731
    at = {"a": torch.tensor(2.0)}
    assert check_gradient({"a": -12.0}, objective, at).diagnosis == "sign"
    assert check_gradient({"a": 11.3}, objective, at).diagnosis == "other"


def test_a_gradient_that_raises_or_does_not_fit() -> None:
    assert "raised KeyError" in check_gradient(lambda p: p["nowhere"], SQUARES, AT).sentence
    assert "1 components where there are 2" in check_gradient([1.0], SQUARES, AT).sentence
    assert "component m has shape (2,)" in check_gradient({"m": torch.ones(2), "b": 1.0}, SQUARES, AT).sentence


# The Taylor remainder


@given(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_the_remainder_falls_with_slope_2_or_1(a: float, b: float, seed: int) -> None:
    """Against closed forms: right 2, a hundredth off 1."""
    at = {"a": torch.tensor(a, dtype=torch.float64), "b": torch.tensor(b, dtype=torch.float64)}

    def function(params: Params) -> torch.Tensor:
        return torch.exp(params["a"]) * torch.sin(params["b"]) + params["a"] ** 2

    exact = {"a": math.exp(a) * math.sin(b) + 2 * a, "b": math.exp(a) * math.cos(b)}
    right = {name: torch.tensor(value, dtype=torch.float64) for name, value in exact.items()}
    wrong = {name: value + 0.01 * (1 + value.abs()) for name, value in right.items()}
    assert taylor_slope(function, at, right, seed) == pytest.approx(2, abs=0.1)
    assert taylor_slope(function, at, wrong, seed) == pytest.approx(1, abs=0.25)


def test_a_linear_function_has_no_remainder() -> None:
    at = {"m": torch.tensor(3.0)}
    assert taylor_slope(lambda p: 2 * p["m"], at, {"m": torch.tensor(2.0)}) == 2.0


# For teachers


def test_asserts_fail_with_the_same_sentence() -> None:
    assert_derivative(lambda x: 2 * x, lambda x: x**2, "x")
    assert_gradient(of_squares, SQUARES, AT)
    with pytest.raises(AssertionError, match="sign is turned"):
        assert_derivative(lambda x: -2 * x, lambda x: x**2, "x")
    with pytest.raises(AssertionError, match="not u itself"):
        assert_gradient(lambda p: [(residual(p) * POINTS.x).mean(), residual(p).mean()], ABSOLUTE, AT)
    with pytest.raises(AssertionError, match="could not be judged"):
        assert_derivative(lambda x: None, lambda x: x**2, "x")


@pytest.mark.parametrize("code", messages.LANGUAGES)
def test_every_sentence_is_there_in_both_languages(code: str) -> None:
    with messages.speaking(code):
        sentence = check_derivative(lambda x: x, lambda x: x**2, "x", name="f_d_x").sentence
    assert sentence.startswith("f_d_x ") and "0.5" in sentence
