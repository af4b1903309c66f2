"""The lab without a browser: what a session answers, and that nothing that arrives can hurt it."""

import gc
import json
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.descent import fit
from gradlab.errors import OptionError
from gradlab.lab import wire
from gradlab.lab.session import Session
from gradlab.lab.state import lesson_points
from gradlab.losses import resolve
from gradlab.models import line
from gradlab.objective import Objective


def ask(message, session=None):
    (answer,) = list((session or Session()).handle(message))
    return answer


def test_a_solve_is_the_history_of_fit():
    state = {"loss": "mse", "steps": 40, "start": {"m": 0.2, "b": 1}, "freeze": [], "lr": 5e-4, "optimizer": "adam"}
    header, arrays = ask({"type": "solve", "id": 7, "state": state})
    history = fit("line", lesson_points(), loss="mse", steps=40, start={"m": 0.2, "b": 1.0}, lr=5e-4, optimizer="adam")
    assert (header["type"], header["id"], header["rows"]) == ("solution", 7, 41)
    assert torch.equal(arrays["loss"], history.losses)
    for column, name in enumerate(("m", "b")):
        assert torch.equal(arrays["params"][:, column], history[name])
        assert torch.equal(arrays["gradient"][:, column], history[f"grad_{name}"])


def test_predictions_are_the_models_at_that_row():
    header, arrays = ask({"type": "solve", "id": 1, "state": {}})
    points = lesson_points()
    for row in (0, 13, 25):
        m, b = arrays["params"][row]
        torch.testing.assert_close(arrays["prediction"][row].double(), line(points.x, m, b), rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(arrays["curve_y"][row], line(arrays["curve_x"], m, b).float(), rtol=1e-6, atol=1e-5)
    assert header["least_squares"]["b"] == 0


def test_the_surface_is_the_loss():
    header, arrays = ask({"type": "solve", "id": 1, "state": {"grid": 9, "window": {"m": [0, 1], "b": [-2, 2]}}})
    objective = Objective(line, resolve("mae"), lesson_points())
    for i, m in enumerate(torch.linspace(0, 1, 9, dtype=torch.float64)):
        for j, b in enumerate(torch.linspace(-2, 2, 9, dtype=torch.float64)):
            assert arrays["surface"][i, j].item() == pytest.approx(objective({"m": m, "b": b}).item(), rel=1e-6)
    assert header["window"] == {"m": [0, 1], "b": [-2, 2]}


def test_kinks_are_where_a_point_lies_on_the_line():
    _, arrays = ask({"type": "solve", "id": 1, "state": {}})
    points = lesson_points()
    assert len(arrays["kinks"]) > 10
    for p, q, r, s in arrays["kinks"].double():
        for m, b in ((p, q), (r, s)):
            assert (m * points.x + b - points.y).abs().min() < 1e-3


def test_ellipse_of_the_mse_is_its_hessian():
    header, _ = ask({"type": "solve", "id": 1, "state": {"loss": "mse", "freeze": []}})
    x = lesson_points().x
    hessian = torch.tensor([[2 * (x**2).mean(), 2 * x.mean()], [2 * x.mean(), 2.0]])
    wanted = torch.linalg.eigvalsh(hessian)
    assert header["ellipse"]["curvatures"] == pytest.approx(wanted.tolist(), rel=1e-5)
    assert header["stable_lr"] == pytest.approx(2 / wanted[-1].item(), rel=1e-4)


def test_divergence_is_shown_as_it_is():
    header, arrays = ask({"type": "solve", "id": 1, "state": {"loss": "mse", "lr": 1.0, "steps": 2000, "freeze": []}})
    assert header["outcome"]["kind"] == "diverged"
    assert arrays["loss"][-1] > 1e6 * arrays["loss"][0]
    json.dumps(header, allow_nan=False)


@pytest.mark.parametrize("model", ["a*exp(-b*x) + c", "polynomial:2", "gaussian", "a"])
def test_other_models_are_drawn_too(model):
    state = {"model": model, "start": {}, "freeze": [], "loss": "mse", "lr": 1e-9, "grid": 12}
    header, arrays = ask({"type": "solve", "id": 1, "state": state})
    assert header["type"] == "solution", header
    assert arrays["curve_y"].shape == (26, 64)
    assert wire.pack(header, arrays)


def test_refusals_can_be_said_in_both_languages():
    english, _ = ask({"type": "solve", "id": 3, "lang": "en", "state": {"model": "a*x+"}})
    spanish, _ = ask({"type": "solve", "id": 3, "lang": "es", "state": {"model": "a*x+"}})
    assert (english["type"], english["id"]) == ("refused", 3)
    assert english["key"] == spanish["key"]
    assert english["sentence"] != spanish["sentence"]


@pytest.mark.parametrize(
    "state",
    [
        {"model": "mine.py:f"},
        {"model": "/etc/passwd:x"},
        {"model": "__import__('os')"},
        {"steps": 10**9},
        {"steps": "many"},
        {"grid": 10**6},
        {"lr": None, "steps": True},
        {"points": {"x": [1] * 6000, "y": [1] * 6000}},
        {"points": {"x": [1, 2], "y": [1]}},
        {"points": {"x": [], "y": []}},
        {"points": [1, 2]},
        {"start": {"m": "x"}},
        {"start": {f"p{i}": 1 for i in range(100)}},
        {"axes": ["m"]},
        {"axes": ["m", "zz"]},
        {"window": {"m": [1, 0]}},
        {"optimizer": "sgdd"},
        {"loss": "quantile:7"},
        {"gradient": "finite-difference", "delta": -1},
        [],
        "state",
        7,
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(state):
    header, arrays = ask({"type": "solve", "id": 1, "state": state})
    assert header["type"] == "refused"
    assert header["sentence"]
    assert arrays == {}


def test_a_run_that_would_take_too_long_is_refused():
    slow = "+".join(f"sin(a{i}*x)" for i in range(30))
    state = {"model": slow, "steps": 2000, "gradient": "finite-difference:richardson", "start": {}, "freeze": []}
    header, _ = ask({"type": "solve", "id": 1, "state": state})
    assert header["key"] == "lab.too_slow"


def test_pasted_text_becomes_points():
    assert ask({"type": "csv", "id": 1, "text": "x,y\n1,2\n3,4\n"})[0]["points"] == {"x": [1, 3], "y": [2, 4]}
    assert ask({"type": "csv", "id": 1, "text": "t,volts\n1,2\n3,4\n"})[0]["points"] == {"x": [1, 3], "y": [2, 4]}
    assert ask({"type": "csv", "id": 1, "text": "x,y\n1,two\n"})[0]["type"] == "refused"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["model", "loss", "gradient", "delta", "lr", "steps", "start", "freeze", "axes", "window", "grid", "points"]


@given(st.sampled_from(["solve", "points", "csv", "hello", "?"]), st.dictionaries(st.sampled_from(FIELDS), json_values))
@settings(max_examples=200, deadline=None)
def test_whatever_arrives_is_answered(kind, state):
    message = {"type": kind, "id": 1, "state": {"steps": 1, "grid": 3} | state, "source": state, "text": str(state)}
    header, arrays = ask(message)
    assert wire.pack(header, arrays)


@given(st.binary(max_size=200) | st.binary(max_size=40).map(lambda tail: b"\x10\0\0\0" + tail))
@settings(max_examples=200, deadline=None)
def test_malformed_frames_are_refused(frame):
    with pytest.raises(OptionError):
        wire.unpack(frame)


def test_a_long_run_is_fused_and_the_same():
    state = {"steps": 1000, "optimizer": "adam", "freeze": [], "lr": 0.01}
    header, arrays = ask({"type": "solve", "id": 1, "state": state})
    history = fit(
        "line", lesson_points(), loss="mae", steps=1000, start={"m": 0.8}, lr=0.01, optimizer="adam", engine="eager"
    )
    assert header["engine"] == "fused"
    torch.testing.assert_close(arrays["params"][:, 0], history["m"], rtol=1e-9, atol=1e-9)


def random_message(draw):
    """What a careless or hostile page might send, most of it nearly right."""
    formula = "".join(draw.choice("ab*x+-()12 ") for _ in range(draw.randrange(1, 9)))
    state = {
        "steps": draw.choice([0, 1, 3, 1e9, "x", None]),
        "grid": draw.choice([2, 5, 0, [1]]),
        "model": draw.choice(["line", "polynomial:2", formula, "", 7]),
        "loss": draw.choice(["mae", "mse", "huber:2", "nonsense"]),
        "lr": draw.choice([draw.random(), 1e300, -1, True]),
        "optimizer": draw.choice(["sgd", "adam", "torch:LBFGS", "x"]),
        "start": draw.choice([{}, {"m": draw.random()}, {"zz": 1}]),
        "freeze": draw.choice([[], ["b"], [3]]),
    }
    kind = draw.choice(["solve", "step", "trap", "export", "race", "delta", "points", "csv", "hello", "x", "cancel"])
    more = {"index": draw.choice([0, 1, "1"]), "name": draw.choice(["rebind", "?"]), "what": draw.choice(["py", "exe"])}
    return {"type": kind, "id": draw.choice([1, None, "a"]), "state": state, "states": [state], **more}


def test_memory_does_not_grow_with_the_messages():
    draw, session = random.Random(0), Session()
    things = []
    for _ in range(3):
        for _ in range(150):
            for header, arrays in session.handle(random_message(draw)):
                assert wire.pack(header, arrays)
        gc.collect()
        things.append(len(gc.get_objects()))
    assert things[2] - things[1] < 0.02 * things[1]


def test_arrays_survive_the_wire():
    arrays = {"a": torch.arange(6, dtype=torch.float64).reshape(2, 3), "b": torch.ones(3, dtype=torch.float32)}
    packed = wire.pack({"type": "t"}, arrays)
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    assert header["buffers"] == [["a", "f64", [2, 3]], ["b", "f32", [3]]]
    assert (4 + length) % 8 == 0
    body = packed[4 + length :]
    assert torch.equal(torch.frombuffer(bytearray(body[:48]), dtype=torch.float64).reshape(2, 3), arrays["a"])
    assert torch.frombuffer(bytearray(body[48:60]), dtype=torch.float32).tolist() == [1, 1, 1]
