"""A run in two halves is the unbroken run, bit for bit; and what is not one run is refused."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab import descent, gradients
from gradlab.data import noisy_line
from gradlab.errors import BadInputError, OptionError
from gradlab.history import History
from gradlab.models import Model

POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)
OPTIMIZERS = ["sgd", "momentum", "nesterov", "adam", "torch:AdamW", "torch:RMSprop"]
MAE = {"loss": "mae", "start": {"m": 0.8}, "lr": 1e-4}


def fit(steps: int, resume: History | Path | None = None, points=POINTS, **options) -> History:
    """A run of MAE; one that is resumed starts where it stood."""
    start = {} if resume is not None else MAE["start"]
    return descent.fit("line", points, **(MAE | {"start": start} | options), steps=steps, resume=resume)


def assert_same(one: History, other: History) -> None:
    """Every bit of every row, the optimizer's memory, the outcome, the settings."""
    assert one.columns.keys() == other.columns.keys()
    for name in one.columns:
        assert one[name].dtype == other[name].dtype and torch.equal(one[name], other[name]), name
    assert repr(one.state) == repr(other.state)
    assert one.outcome == other.outcome and one.settings == other.settings


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("suffix", ["json", "parquet"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_through_a_file_it_is_the_unbroken_run(optimizer, suffix, dtype, batch_size, tmp_path):
    options = {"optimizer": optimizer, "points": POINTS.to(dtype), "batch_size": batch_size, "seed": 3}
    fit(13, **options).save(tmp_path / f"half.{suffix}")
    assert_same(fit(40, resume=tmp_path / f"half.{suffix}", **options), fit(40, **options))


@given(st.integers(0, 30), st.sampled_from(OPTIMIZERS[:4]), st.sampled_from([None, 1, 7, 50]), st.integers(0, 9))
@settings(max_examples=40)
def test_wherever_it_is_broken(at, optimizer, batch_size, seed):
    options = {"optimizer": optimizer, "batch_size": batch_size, "seed": seed}
    assert_same(fit(31, resume=fit(at, **options), **options), fit(31, **options))


def test_the_comparison_would_see_a_forgotten_memory():
    """If a run without its velocity passed for the unbroken one, the tests above would say nothing."""
    half = fit(13, optimizer="momentum")
    at_rest = {"velocity": {name: torch.zeros_like(v) for name, v in half.state["velocity"].items()}}
    amnesic = History(half.columns, half.parameters, half.outcome, half.settings, at_rest)
    with pytest.raises(AssertionError):
        assert_same(fit(40, resume=amnesic, optimizer="momentum"), fit(40, optimizer="momentum"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_a_csv_resumes_plain_descent(dtype, tmp_path):
    points = POINTS.to(dtype)
    fit(13, points=points).save(tmp_path / "half.csv")
    assert_same(fit(40, resume=tmp_path / "half.csv", points=points), fit(40, points=points))


def test_a_run_that_is_there_already_carries_on_by_as_many_steps():
    resumed, unbroken = fit(20, resume=fit(30)), fit(50)
    assert_same(resumed, unbroken)


def test_an_interrupted_run_goes_on_as_if_nothing_had_been():
    assert_same(fit(40, resume=interrupted_at(13), gradient="autograd"), fit(40))


def interrupted_at(step: int) -> History:
    """A run whose gradient is cut short by Ctrl-C while it computes the row after `step`."""
    calls, autograd = iter(range(step + 1)), gradients.autograd()

    def gradient(objective, params):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return autograd(objective, params)

    history = fit(40, gradient=gradient)
    assert history.outcome.kind == "interrupted" and history.steps == step
    return history


def test_frozen_and_standardised_runs_resume_as_well():
    options = {"freeze": ["b"], "standardise": True, "optimizer": "adam", "lr": 0.1}
    assert_same(fit(20, resume=fit(7, **options), **options), fit(20, **options))


def test_tensor_parameters_resume_through_a_file(tmp_path):
    model = Model("two", lambda x, w: w[0] + w[1] * x, ("w",), {"w": torch.zeros(2)})
    run = {"points": POINTS, "optimizer": "adam", "lr": 0.1}
    descent.fit(model, **run, steps=5).save(tmp_path / "half.json")
    assert_same(descent.fit(model, **run, steps=9, resume=tmp_path / "half.json"), descent.fit(model, **run, steps=9))


def test_the_dtype_is_that_of_the_history(tmp_path):
    fit(5, dtype=torch.float32).save(tmp_path / "half.json")
    assert fit(9, resume=tmp_path / "half.json")["m"].dtype == torch.float32


def test_divergence_is_counted_across_the_break():
    """Loss over 1e6 times the first one and rising for 10 steps: first one and rises are those of the whole run."""
    options = {"loss": "mse", "lr": 1.3e-3}
    unbroken = fit(200, **options)
    assert unbroken.outcome.kind == "diverged" and unbroken.steps > 20
    assert_same(fit(200, resume=fit(unbroken.steps - 4, **options), **options), unbroken)


def test_the_lr_may_change_midway():
    half = fit(10)
    slower = fit(11, resume=half, lr=5e-5)
    step = {lr: abs(float(run["m"][11] - half["m"][10])) for lr, run in ((5e-5, slower), (1e-4, fit(11)))}
    assert step[5e-5] == pytest.approx(step[1e-4] / 2)


REFUSED = {
    "another model": ({"model": "m*x + b"}, "model = line, not m*x + b"),
    "other parameters": ({"model": "polynomial:1"}, "parameters m, b"),
    "another loss": ({"loss": "mse"}, "loss = mae, not mse"),
    "another optimizer": ({"optimizer": "adam"}, "optimizer = sgd, not adam"),
    "others frozen": ({"freeze": ["b"]}, "freeze = [], not ['b']"),
    "another scale": ({"standardise": True}, "standardise = None"),
    "another dtype": ({"dtype": torch.float32}, "dtype = float64, not float32"),
    "a start": ({"start": {"m": 1.0}}, "start"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_one_run_is_refused(case):
    options, said = REFUSED[case]
    options = {"model": "line", "points": POINTS, "loss": "mae", "lr": 1e-4} | options
    with pytest.raises(OptionError) as refusal:
        descent.fit(**options, steps=20, resume=fit(10))
    assert said in str(refusal.value)


def test_a_csv_cannot_resume_what_remembers(tmp_path):
    fit(5, optimizer="adam").save(tmp_path / "half.csv")
    with pytest.raises(OptionError, match="adam remembers"):
        fit(9, resume=tmp_path / "half.csv", optimizer="adam")


def test_a_diverged_run_is_not_resumed():
    diverged = fit(200, loss="mse", lr=2e-3)
    with pytest.raises(OptionError, match="diverged at step"):
        fit(300, resume=diverged, loss="mse", lr=1e-4)


@pytest.mark.parametrize("state", [{}, {"velocity": {}}, {"velocity": {"m": 1.0, "b": 2.0}}, [], 3])
def test_a_state_that_does_not_fit_is_refused(state, tmp_path):
    half = fit(5, optimizer="momentum")
    History(half.columns, half.parameters, half.outcome, half.settings, state).save(tmp_path / "half.json")
    with pytest.raises(BadInputError, match="momentum"):
        fit(9, resume=tmp_path / "half.json", optimizer="momentum")


def test_settings_of_another_making_are_refused_with_a_sentence(tmp_path):
    fit(5).save(tmp_path / "half.json")
    document = json.loads((tmp_path / "half.json").read_text())
    document["settings"]["dtype"] = "load"
    (tmp_path / "half.json").write_text(json.dumps(document))
    with pytest.raises(OptionError, match="dtype = load"):
        fit(9, resume=tmp_path / "half.json")
