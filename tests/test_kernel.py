"""The fused loop against the eager one: every loss and optimizer, formulas nobody chose, the rules it reads."""

import dataclasses
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab import descent
from gradlab.data import Points, noisy_line
from gradlab.expressions import parse
from gradlab.history import History
from gradlab.rules import RULES, partial_on_tensors

LINE = noisy_line(m=0.5, b=0.0, n=50, seed=0)
LOSSES = ["mse", "mae", "huber:1.5", "logcosh", "quantile:0.9"]
OPTIMIZERS = ["sgd", "momentum", "nesterov", "adam"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GRADLAB_CACHE", str(tmp_path_factory.mktemp("cache")))


def both(model, points=LINE, **options) -> tuple[History, History]:
    fused, eager = (descent.fit(model, points, engine=engine, **options) for engine in ("fused", "eager"))
    assert (fused.engine, eager.engine) == ("fused", "eager"), fused.engine_sentence()
    return fused, eager


def distance(one: History, other: History) -> float:
    """The largest difference in any column, relative to the largest number in it."""
    assert one.columns.keys() == other.columns.keys() and len(one) == len(other)
    shapes = [(c.shape, c.dtype) for c in one.columns.values()]
    assert shapes == [(c.shape, c.dtype) for c in other.columns.values()]
    return max(
        float((one[name] - other[name]).abs().max() / other[name].abs().max().clamp_min(1e-300)) for name in one.columns
    )


def flat(state) -> torch.Tensor:
    """All numbers of an optimizer's state."""
    if isinstance(state, dict):
        return torch.cat([torch.empty(0), *(flat(value) for value in state.values())])
    return torch.as_tensor(state, dtype=torch.float64).reshape(-1)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_thousand_steps_are_the_eager_ones(loss, optimizer):
    fused, eager = both("line", loss=loss, optimizer=optimizer, lr=1e-4, steps=1000, start={"m": 0.8})
    assert distance(fused, eager) <= 1e-12
    assert fused.outcome.kind == eager.outcome.kind and fused.outcome.step == 1000
    assert torch.allclose(flat(fused.state), flat(eager.state), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", ["mse", "huber", "logcosh"])
def test_float32_is_float32(loss, optimizer):
    options = {"loss": loss, "optimizer": optimizer, "lr": 1e-4, "steps": 300}
    fused, eager = both("line", LINE.to(torch.float32), **options)
    assert fused["m"].dtype == torch.float32 and distance(fused, eager) <= 1e-5


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 31, 32, 33, 50, 8191, 8192, 8193, 20_000])
def test_every_number_of_points(n):
    fused, eager = both("line", noisy_line(0.5, 1.0, n), lr=1e-4, steps=20)
    assert distance(fused, eager) <= 1e-12


@pytest.mark.parametrize(
    "model",
    [
        "line",
        "polynomial:0",
        "polynomial:4",
        "exponential",
        "gaussian",
        "logistic",
        "sine",
        "michaelis-menten",
        "plane",
    ],
)
def test_every_model(model):
    points = Points(LINE.x / 50, LINE.y / 25)
    fused, eager = both(model, points, lr=1e-2, steps=300)
    assert distance(fused, eager) <= 1e-12


def test_several_inputs_and_tensor_parameters():
    x = torch.rand(100, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    points = Points(x, x @ torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64) + 3, names=("u", "v", "w"))
    for model in ("plane", "a*u + exp(b*v)*w + c"):
        fused, eager = both(model, points, lr=0.1, steps=200)
        assert distance(fused, eager) <= 1e-12


def test_a_module_with_a_hidden_layer():
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Flatten(0))
    points = Points(torch.linspace(-1, 1, 40).reshape(-1, 1), torch.linspace(-1, 1, 40) ** 2)
    fused, eager = both(module, points, lr=0.05, steps=100)
    assert distance(fused, eager) <= 1e-4


def test_where_the_last_digit_matters_it_is_no_worse_than_the_eager_run_itself():
    """A wave over many periods: a parameter moved by one unit in the last place takes the eager run elsewhere, too."""
    points, start = noisy_line(0.5, 0.0, 5000), {"a": 3.0, "omega": 0.5, "phi": 0.1, "c": 10.0}
    options = {"lr": 1e-3, "steps": 1000, "start": start}
    fused, eager = both("sine", points, **options)
    moved = descent.fit(
        "sine", points, engine="eager", **options | {"start": start | {"omega": math.nextafter(0.5, 1)}}
    )
    assert distance(fused, eager) <= max(1e-12, 10 * distance(moved, eager))


def test_frozen_parameters_stay_and_keep_their_gradient():
    fused, eager = both("line", loss="mae", freeze=["b"], start={"m": 0.8}, optimizer="adam", steps=50)
    assert (fused["b"] == 0).all() and distance(fused, eager) <= 1e-12 and fused.state.keys() == eager.state.keys()


@pytest.mark.parametrize("kink", [-1.0, 0.0, 1.0])
def test_the_kink_is_as_chosen(kink):
    """Points on the line: at the start every residual is exactly 0."""
    points = Points(LINE.x, 0.5 * LINE.x + 1)
    options = {"loss": "mae", "gradient": "chain-rule", "kink": kink, "start": {"m": 0.5, "b": 1.0}, "steps": 3}
    fused, eager = both("line", points, **options)
    assert fused["grad_b"][0] == kink and distance(fused, eager) <= 1e-12


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"lr": 1.0, "steps": 500}, "diverged"),
        ({"lr": 0.0015, "steps": 5000}, "diverged"),
        ({"lr": 1e-3, "steps": 5000, "until": 0.5}, "converged"),
        ({"lr": 1e-3, "steps": 0}, "steps-done"),
        ({"lr": 1e-3, "steps": 1}, "steps-done"),
    ],
)
def test_it_ends_where_the_eager_run_ends(options, kind):
    fused, eager = both("line", **options)
    assert fused.outcome.kind == kind
    assert (fused.outcome.step, fused.outcome.reason) == (eager.outcome.step, eager.outcome.reason)
    assert torch.allclose(flat(fused.state), flat(eager.state), rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("at", [0, 1, 13, 30])
def test_resumed_it_is_the_unbroken_run_bit_for_bit(optimizer, at):
    options = {"optimizer": optimizer, "engine": "fused", "lr": 1e-4}
    half = descent.fit("line", LINE, steps=at, start={"m": 0.8}, **options)
    whole, resumed = (
        descent.fit("line", LINE, steps=31, **start, **options) for start in ({"start": {"m": 0.8}}, {"resume": half})
    )
    assert resumed.engine == "fused" and all(torch.equal(whole[name], resumed[name]) for name in whole.columns)
    assert repr(whole.state) == repr(resumed.state) and whole.outcome == resumed.outcome


LEAVES = st.sampled_from(["x", "a", "b", "c", "2", "0.5"])
UNARY = "exp sin cos tanh sigmoid softplus square abs relu atan sqrt log log1p expm1 erf sinh cosh sign".split()


def _longer(parts):
    pairs = st.tuples(parts, st.sampled_from("+-*/"), parts).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    calls = st.tuples(st.sampled_from(UNARY), parts).map(lambda t: f"{t[0]}({t[1]})")
    powers = st.tuples(parts, st.sampled_from(["2", "3", "0.5", "(-1)"])).map(lambda t: f"({t[0]})**{t[1]}")
    choices = st.tuples(st.sampled_from(["maximum", "minimum"]), parts, parts).map(lambda t: f"{t[0]}({t[1]}, {t[2]})")
    return st.one_of(pairs, calls, powers, choices)


FORMULAS = st.recursive(LEAVES, _longer, max_leaves=8).filter(lambda text: any(name in text for name in "abc"))


@given(FORMULAS, st.sampled_from(LOSSES), st.sampled_from(OPTIMIZERS))
@settings(max_examples=40)
def test_a_formula_nobody_chose(formula, loss, optimizer):
    """A few steps: over many, a last digit may decide between two branches, in the eager run as well."""
    points = Points(torch.linspace(0.3, 1.9, 21, dtype=torch.float64), torch.linspace(-1, 1, 21, dtype=torch.float64))
    try:
        parse(formula, {})
    except Exception as refused:
        if "finite" in str(refused):
            return
    options = {"loss": loss, "optimizer": optimizer, "lr": 1e-3, "steps": 4}
    fused, eager = (descent.fit(f"{formula} + 0*a", points, engine=engine, **options) for engine in ("fused", "eager"))
    assert fused.engine == "fused", fused.engine_sentence()
    rows = min(len(fused), len(eager))
    for name in eager.columns:
        close = torch.isclose(fused[name][:rows], eager[name][:rows], rtol=1e-9, atol=1e-11, equal_nan=True)
        assert close.all(), (name, fused[name], eager[name])


def test_a_rule_that_is_changed_changes_the_result(monkeypatch):
    before, eager = both("a*exp(-b*x)", Points(LINE.x / 50, LINE.y), steps=5)
    wrong = dataclasses.replace(RULES["exp"], partials={"a": parse("2 * out", {})})
    monkeypatch.setitem(RULES, "exp", wrong)
    partial_on_tensors.cache_clear()  # the chain rule by hand remembers what it read
    try:
        options = {"steps": 5, "gradient": "chain-rule"}
        after, by_hand = both("a*exp(-b*x)", Points(LINE.x / 50, LINE.y), **options)
    finally:
        partial_on_tensors.cache_clear()
    assert distance(after, by_hand) <= 1e-12 and distance(after, before) > 1e-3 and distance(before, eager) <= 1e-12
