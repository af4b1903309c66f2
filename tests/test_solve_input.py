"""What cannot be meant is refused in one sentence that names it, in both languages."""

import pytest
import torch

import gradlab
from gradlab import Points, noisy_line
from gradlab.errors import BadInputError
from gradlab.messages import LANGUAGES, speaking

POINTS = noisy_line(0.5, 1.0, 20, seed=0)
CURVE = "a*exp(-b*x)"

MISTAKES = {
    "start outside the bounds": (("line", POINTS, {"m": 3.0}), {"bounds": {"m": (0, 1)}}, "m starts at 3"),
    "bounds swapped": (("line", POINTS), {"bounds": {"m": (1, 0)}}, "m are 1 and 0"),
    "bounds equal": (("line", POINTS), {"bounds": {"m": (1, 1)}}, "m are 1 and 1"),
    "bounds of nothing": (("line", POINTS), {"bounds": {"n": (0, 1)}}, "n to bound"),
    "bounds of a frozen one": (("line", POINTS), {"bounds": {"b": (0, 1)}, "freeze": ["b"]}, "b to bound"),
    "weight zero": (("line", POINTS), {"weights": [1.0] * 19 + [0.0]}, "1 of its values"),
    "weights negative": (("line", POINTS), {"weights": [-1.0] * 20}, "20 of its values"),
    "weight missing": (("line", POINTS), {"weights": [1.0] * 19}, "(19,)"),
    "weight NaN": (("line", POINTS), {"weights": [float("nan")] * 20}, "nan"),
    "weights no numbers": (("line", POINTS), {"weights": ["a"] * 20}, "weights"),
    "sigma zero": (("line", POINTS), {"sigma_y": 0.0}, "sigma_y"),
    "sigma_x alone": (("line", POINTS), {"sigma_x": 1.0}, "sigma_x without sigma_y"),
    "sigma_x with another loss": (("line", POINTS), {"sigma_x": 1.0, "sigma_y": 1.0, "loss": "mae"}, "mse only"),
    "weights and sigma": (("line", POINTS), {"weights": [1.0] * 20, "sigma_y": 1.0}, "twice"),
    "no effect": (("a*x + 0*c", POINTS), {}, "parameter c"),
    "more parameters than points": (("polynomial:20", POINTS), {}, "21"),
    "unknown start": (("line", POINTS, {"q": 1.0}), {}, "q"),
    "unknown freeze": (("line", POINTS), {"freeze": ["q"]}, "q"),
    "all frozen": (("line", POINTS), {"freeze": ["m", "b"]}, "m, b"),
    "unknown loss": (("line", POINTS), {"loss": "mea"}, "mae"),
    "a loss that is one number": (("line", POINTS), {"loss": torch.nn.L1Loss()}, "one number for all"),
    "never finite": (("log(-1 - a**2)*x", POINTS), {}, "not finite"),
    "a prediction of another shape": ((lambda x, m: m * x[:3], POINTS), {}, "(3,)"),
    "scores": ((lambda x, m: torch.stack([m * x, x], 1), POINTS), {}, "(20, 2)"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("given", "options", "mentions"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_a_sentence(given, options, mentions, language):
    with pytest.raises(BadInputError) as refusal:
        gradlab.solve(*given, **options)
    with speaking("en"):
        assert mentions in str(refusal.value)
    with speaking(language):
        assert str(refusal.value).strip()


def test_the_models_own_start_is_moved_into_the_bounds():
    """Only a start that somebody gave is held against them."""
    solution = gradlab.solve(CURVE, Points([0.0, 1.0, 2.0], [8.0, 4.0, 2.0]), bounds={"a": (5, 20)})
    assert solution.values() == pytest.approx({"a": 8.0, "b": 0.693147}, rel=1e-5)


def test_a_start_at_which_nothing_moves_is_no_parameter_without_effect():
    """At a = 0 the exponent changes nothing, elsewhere it does."""
    points = Points([0.0, 1.0, 2.0, 3.0], [8.0, 4.1, 1.9, 1.0])
    assert gradlab.solve(CURVE, points, {"a": 0.0, "b": 1.0}).values()["b"] == pytest.approx(0.69, abs=0.02)


@pytest.mark.parametrize("method", ["validate", "profile", "prediction"])
def test_questions_to_a_solution_that_cannot_be_answered(method):
    solution = gradlab.solve("line", POINTS)
    asked = {"validate": {"folds": 1}, "profile": {"names": ["q"]}, "prediction": {"x": torch.zeros(3, 2)}}
    with pytest.raises(BadInputError):
        getattr(solution, method)(**asked[method])


def test_float32_points_are_solved_in_float64():
    solution = gradlab.solve("line", POINTS.to(torch.float32))
    assert solution.params["m"].dtype == torch.float64
    assert solution.values() == pytest.approx(gradlab.solve("line", POINTS).values(), rel=1e-5)
