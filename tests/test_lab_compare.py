"""Race, Δ laboratory, and the facts of a solution that are told beside the path."""

import json

import pytest
import torch

from gradlab.descent import fit
from gradlab.gradients import autograd, finite_difference
from gradlab.lab.session import Session
from gradlab.lab.state import lesson_points
from gradlab.losses import resolve
from gradlab.models import line
from gradlab.objective import Objective


def ask(message, session=None):
    ((header, arrays),) = (session or Session()).handle({"id": 1, "lang": "en", **message})
    json.dumps(header, allow_nan=False)
    return header, arrays


def test_each_runner_is_its_own_history():
    states = [{"optimizer": name, "freeze": [], "lr": 1e-4} for name in ("sgd", "adam")] + [{"loss": "mse", "lr": 1.0}]
    header, arrays = ask({"type": "race", "states": states})
    assert [run["outcome"]["kind"] for run in header["runs"]] == ["steps-done", "steps-done", "diverged"]
    for place, state in enumerate(states):
        settings = {"loss": "mae", "steps": 25, "freeze": ["b"]} | state
        history = fit("line", lesson_points(), start={"m": 0.8}, **settings)
        assert torch.equal(arrays[f"loss_{place}"], history.losses)
        assert torch.equal(arrays[f"params_{place}"][:, 0], history["m"])


@pytest.mark.parametrize("states", [[], None, [{}] * 9, "ab", [{"lr": -1}]])
def test_what_is_no_race_is_refused(states):
    assert ask({"type": "race", "states": states})[0]["type"] == "refused"


def test_errors_against_delta_are_those_of_the_differences():
    header, arrays = ask({"type": "delta", "index": 3, "state": {"loss": "mse"}})
    solution, path = ask({"type": "solve", "state": {"loss": "mse"}})
    params = {name: path["params"][3, column] for column, name in enumerate(solution["parameters"])}
    objective = Objective(line, resolve("mse"), lesson_points())
    exact = autograd()(objective, params).gradient
    assert len(header["curves"]) == 2 * 3 * 2
    for curve, errors in zip(header["curves"], arrays["errors"], strict=True):
        if curve["dtype"] == "float64":
            place = 30
            tried = finite_difference(arrays["deltas"][place].item(), curve["scheme"])(objective, params).gradient
            wanted = (tried[curve["parameter"]] - exact[curve["parameter"]]).abs().item()
            assert errors[place].item() == pytest.approx(wanted, rel=1e-6, abs=1e-9)
        assert curve["autograd"] == pytest.approx(exact[curve["parameter"]].item())


@pytest.mark.parametrize("loss", ["mae", "mse", "huber:1", "logcosh", "quantile:0.9"])
def test_the_optimum_is_the_lowest_place_of_the_plane(loss):
    state = {"loss": loss, "freeze": [], "window": {"m": [0, 1], "b": [-6, 6]}}
    header, _ = ask({"type": "solve", "state": state})
    optimum = header["optimum"]
    objective = Objective(line, resolve(loss), lesson_points())
    at = {name: torch.tensor(optimum[name], dtype=torch.float64) for name in ("m", "b")}
    assert objective(at).item() == pytest.approx(optimum["loss"], rel=1e-9)
    for m, b in ((1e-3, 0), (-1e-3, 0), (0, 1e-2), (0, -1e-2)):
        assert objective({"m": at["m"] + m, "b": at["b"] + b}).item() >= optimum["loss"] - 1e-12
    if loss == "mse":
        assert optimum["m"] == pytest.approx(header["least_squares"]["m"], abs=1e-3)


def test_a_place_off_the_map_is_not_marked():
    header, _ = ask({"type": "solve", "state": {"window": {"m": [2, 3], "b": [-1, 1]}}})
    assert header["optimum"] is None


def test_the_curve_of_a_standardised_run_stands_in_the_points_own_units():
    state = {"standardise": True, "freeze": [], "lr": 0.1, "loss": "mse", "steps": 200}
    _, arrays = ask({"type": "solve", "state": state})
    x = lesson_points().x
    m, b = arrays["params"][-1]
    wanted = m * (arrays["curve_x"].double() - x.mean()) / x.std(correction=0) + b
    torch.testing.assert_close(arrays["curve_y"][-1].double(), wanted, rtol=1e-5, atol=1e-5)
    assert arrays["curve_x"].max() > 40


def test_outcomes_come_with_their_keys():
    header, _ = ask({"type": "solve", "state": {"loss": "mse", "lr": 1.0, "steps": 2000, "freeze": []}})
    outcome = header["outcome"]
    assert [one["key"] for one in outcome["sentences"]] == ["outcome.diverged_rising", "outcome.lr_too_large"]
    assert outcome["key"] == "outcome.diverged_rising"
    assert outcome["sentences"][1]["values"]["lr"] == 1.0


def test_a_parameter_that_hardly_moves_has_room_around_it():
    header, _ = ask({"type": "solve", "state": {"lr": 1e-9}})
    assert header["window"]["m"][1] - header["window"]["m"][0] > 0.1


def test_what_a_quadratic_loss_promises_is_kept():
    """The distance to the answer shrinks by the rate told, step after step, along the flattest direction."""
    state = {"loss": "mse", "freeze": [], "standardise": True, "lr": 0.3, "steps": 12, "model": "polynomial:2"}
    header, arrays = ask({"type": "solve", "state": state | {"start": {"c0": 1}}})
    facts = header["quadratic"]
    answer = torch.tensor([header["least_squares"][name] for name in header["parameters"]], dtype=torch.float64)
    away = (arrays["params"] - answer).norm(dim=1)
    assert (away[12] / away[11]).item() == pytest.approx(facts["rate"], rel=1e-3)
    assert facts["condition_number"] == pytest.approx(facts["curvatures"][-1] / facts["curvatures"][0])
    assert header["stable_lr"] == pytest.approx(2 / facts["curvatures"][-1], rel=1e-4)


def test_only_a_quadratic_loss_promises():
    assert ask({"type": "solve", "state": {}})[0]["quadratic"] is None
    frozen = ask({"type": "solve", "state": {"loss": "mse"}})[0]["quadratic"]
    x = lesson_points().x
    assert frozen["curvatures"] == pytest.approx([2 * (x**2).mean().item()])
