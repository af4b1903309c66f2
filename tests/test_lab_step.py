"""One step of the lab: every number of every pane is the History's at that row, and the code shown is the code run."""

import json
import math
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.descent import fit
from gradlab.descent.standardise import standardised
from gradlab.lab.loop import PHASES
from gradlab.lab.session import Session
from gradlab.lab.state import lesson_points, read_state
from gradlab.losses import resolve as loss_of
from gradlab.models import resolve as model_of
from gradlab.objective import Objective

FORMULA = {"model": "a*exp(-b*x) + lr", "loss": "huber:2", "start": {"a": 9, "b": 0.1, "lr": 1}, "freeze": []}
STATES = {
    "lesson": {},
    "mse, both": {"loss": "mse", "freeze": [], "lr": 5e-4, "start": {"m": 0.2, "b": 1}},
    "momentum": {"optimizer": "momentum", "freeze": []},
    "nesterov": {"optimizer": "nesterov", "loss": "logcosh", "freeze": []},
    "adam": {"optimizer": "adam", "loss": "quantile:0.8", "freeze": [], "lr": 0.05},
    "formula": FORMULA,
    "formula by hand": FORMULA | {"gradient": "chain-rule", "lr": 0.01},
    "bent by hand": {"model": "relu(a*x - b) + abs(c)", "gradient": "chain-rule", "kink": 1, "start": {}, "freeze": []},
    "differences": {"gradient": "finite-difference", "delta": 0.1},
    "forward": {"gradient": "finite-difference:forward", "loss": "mse", "freeze": [], "lr": 1e-4},
    "richardson": {"gradient": "finite-difference:richardson", "model": "gaussian", "start": {"mu": 20}, "freeze": []},
    "batches": {"batch": 8, "loss": "mse", "lr": 1e-4, "freeze": []},
    "standardised": {"standardise": True, "freeze": [], "lr": 0.1, "model": "polynomial:3", "start": {}, "loss": "mse"},
    "without x": {"model": "a", "start": {"a": 3}, "freeze": [], "loss": "mse", "lr": 0.1},
}


def ask(kind, state, session=None, **more):
    ((header, arrays),) = (session or Session()).handle({"type": kind, "id": 1, "state": state, **more})
    assert header["type"] != "refused", header
    return header, arrays


def values(phase):
    return {row["name"]: row for row in phase["tensors"]}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("index", [0, 7, 25])
def test_every_number_is_the_historys_at_that_row(name, index):
    session, state = Session(), STATES[name]
    solution, arrays = ask("solve", state, session)
    header, _ = ask("step", state, session, index=index)
    phases = {phase["name"]: values(phase) for phase in header["phases"]}
    code = {"lr": "lr_"}
    for column, parameter in enumerate(solution["parameters"]):
        variable = code.get(parameter, parameter)
        assert phases["predict"][variable]["data"] == arrays["params"][index, column].item()
        slope = arrays["gradient"][index, column].item()
        row = phases["gradient"]
        shown = row[variable]["grad"] if row[variable]["requires_grad"] else row[f"grad_{variable}"]["data"]
        assert shown == pytest.approx(slope, rel=1e-12, abs=1e-13)
        kind = state.get("gradient", "autograd").partition(":")[0]
        assert header["gradients"][kind][parameter] == slope
        if index < 25:
            after = arrays["params"][index + 1, column].item()
            assert phases["update"][variable]["data"] == pytest.approx(after, rel=1e-14, abs=1e-15)
    assert phases["loss"]["loss"]["data"] == arrays["loss"][index].item()
    assert phases["loss"]["y_pred"]["mean"] == arrays["mean_prediction"][index].item()
    json.dumps(header, allow_nan=False)


def test_the_code_shown_runs_and_gives_the_historys_numbers():
    """The text itself, executed as a person would who copies it."""
    for name in ("lesson", "momentum", "adam", "formula", "formula by hand", "bent by hand", "differences", "forward"):
        state = read_state(STATES[name])
        header, _ = ask("step", STATES[name], index=3)
        variables = {"torch": torch, "x": state.points.x, "y": state.points.y}
        exec(header["code"], variables)
        history = fit(model_of(state.model), state.points, **state.settings())
        for parameter, value in history.params.items():
            variable = variables["lr_" if parameter == "lr" else parameter]
            assert variable.item() == pytest.approx(value.item(), rel=1e-12), (name, parameter)


def test_each_phase_points_at_its_lines():
    header, _ = ask("step", {}, index=2)
    lines = header["code"].splitlines()
    told = {p["name"]: [lines[line - 1].strip() for line in p["code"]] for p in header["phases"]}
    assert tuple(told) == PHASES
    assert told["predict"] == ["y_pred = m * x + b"]
    assert told["loss"] == ["loss = torch.abs(y_pred - y).mean()"]
    assert told["gradient"] == ["loss.backward()"]
    assert told["update"] == ["with torch.no_grad():", "m -= lr * m.grad"]
    assert told["zero"] == ["m.grad.zero_()", "b.grad.zero_()"]


def test_the_attributes_are_those_of_a_loop_of_ones_own():
    """The lesson's loop, run here by hand up to step 7, and asked the same."""
    points = lesson_points()
    x, y = points.x, points.y
    m = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    for _ in range(7):
        (m * x + b - y).abs().mean().backward()
        with torch.no_grad():
            m -= 1e-3 * m.grad
        m.grad.zero_()
        b.grad.zero_()
    y_pred = m * x + b
    loss = (y_pred - y).abs().mean()
    loss.backward()
    with torch.no_grad():
        m -= 1e-3 * m.grad
    wanted = {"m": m, "b": b, "y_pred": y_pred, "loss": loss}
    header, _ = ask("step", {}, index=7)
    told = values(next(phase for phase in header["phases"] if phase["name"] == "update"))
    for name, tensor in wanted.items():
        row = told[name]
        assert (row["requires_grad"], row["is_leaf"], row["version"]) == (True, tensor.is_leaf, tensor._version)
        assert row["grad_fn"] == (tensor.grad_fn and tensor.grad_fn.name())
    assert told["m"]["grad"] == pytest.approx(m.grad.item(), rel=1e-12)


def test_digits_of_agreement():
    exact, rough = (ask("step", {"gradient": g, "delta": 0.5}, index=9)[0] for g in ("autograd", "finite-difference"))
    assert exact["digits"]["chain-rule"] == {"m": 16.0, "b": 16.0}
    m, truth = rough["gradients"]["finite-difference"]["m"], rough["gradients"]["autograd"]["m"]
    assert rough["digits"]["finite-difference"]["m"] == pytest.approx(-math.log10(abs(m / truth - 1)), abs=0.2)


def test_the_graph_has_places_and_the_steps_numbers():
    header, _ = ask("step", {}, index=5)
    graph = header["graph"]
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert nodes["m"]["gradient"]["numbers"] == header["gradients"]["autograd"]["m"]
    assert nodes["loss"]["value"]["numbers"] == values(header["phases"][1])["loss"]["data"]
    for node in graph["nodes"]:
        assert 0 <= node["x"] <= graph["width"]
        assert 0 <= node["y"] <= graph["height"]
    assert all(len(edge["points"]) >= 2 for edge in graph["edges"])


def test_a_row_beyond_the_end_is_the_last_one():
    state = {"loss": "mse", "lr": 1.0, "steps": 2000, "freeze": []}
    solution, _ = ask("solve", state)
    header, _ = ask("step", state, index=2000)
    assert header["index"] == solution["rows"] - 1 < 2000


def test_comments_speak_the_language_asked_for():
    spanish, _ = ask("step", {}, index=0, lang="es")
    english, _ = ask("step", {}, index=0, lang="en")
    assert "# predicción" in spanish["code"]
    assert "# prediction" in english["code"]


OPERATIONS = [
    "a*x + b",
    "a*sin(b*x)",
    "a/(1 + abs(b*x))",
    "-a**2*x - -b",
    "maximum(a*x, 2)**2/(b**2 + 1)",
    "a - (b - x)",
]


@given(st.sampled_from(OPERATIONS), st.sampled_from(OPERATIONS), st.sampled_from("+-*"), st.floats(-2, 2))
@settings(max_examples=60, deadline=None)
def test_formulas_mean_the_same_as_source(one, other, sign, a):
    """Written as Python, run, against the formula's own evaluation and autograd: value bit for bit, slopes by hand."""
    formula = f"({one}) {sign} ({other})"
    state = {"model": formula, "start": {"a": a, "b": 0.5}, "freeze": [], "gradient": "chain-rule", "steps": 1}
    header, _ = ask("step", state, index=0)
    variables = {"torch": torch, "x": lesson_points().x, "y": lesson_points().y}
    exec(header["code"], variables)
    params = {"a": torch.tensor(a, dtype=torch.float64), "b": torch.tensor(0.5, dtype=torch.float64)}
    objective = Objective(model_of(formula), loss_of("mae"), lesson_points())
    assert variables["loss"].item() == objective(params).item()
    for name, slope in header["gradients"]["autograd"].items():
        assert variables[f"grad_{name}"].item() == pytest.approx(slope, rel=1e-9, abs=1e-9)


def test_standardised_points_are_what_the_code_sees():
    header, _ = ask("step", STATES["standardised"], index=0)
    told = values(header["phases"][0])
    assert told["x"]["data"][0] == standardised(lesson_points())[0].x[0].item()


@pytest.mark.parametrize("index", [-1, 2001, 1.5, "3", None, True])
def test_an_index_that_is_none_is_refused(index):
    ((header, _),) = Session().handle({"type": "step", "id": 1, "state": {}, "index": index})
    assert header["type"] == "refused"


def test_the_chain_rule_is_written_with_the_steps_numbers():
    header, _ = ask("step", {"loss": "mse", "freeze": []}, index=4)
    for name in ("m", "b"):
        filled = ElementTree.fromstring(header["formula"][name])
        numbers = [one.text for one in filled.iter("{http://www.w3.org/1998/Math/MathML}mn")]
        assert "50" in numbers
        assert float(numbers[-1]) == pytest.approx(abs(header["gradients"]["autograd"][name]), rel=1e-3)
        assert ElementTree.fromstring(header["symbols"]["gradient"][name]) is not None
