"""A whole run: where it starts, how it ends, what it refuses."""

import io
import math
import signal
import sys

import pytest
import torch

from gradlab import curvature, descent, gradients, losses, models, optimizers
from gradlab.data import Points, noisy_line
from gradlab.descent import rows
from gradlab.descent.walk import descend
from gradlab.errors import BadInputError, DataError, OptionError
from gradlab.models import Model
from gradlab.objective import Objective

POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)
TWO = Model("two", lambda x, w, c: w[0] + w[1] * x + c, ("w", "c"), {"w": torch.zeros(2), "c": 0.5})


def fit(**options):
    return descent.fit("line", POINTS, **({"start": {"m": 0.8}, "lr": 1e-4, "steps": 10} | options))


# Where it starts


def test_a_run_has_a_row_for_every_point_of_the_trajectory():
    history = fit(steps=25)
    assert history["step"].tolist() == list(range(26)) and len(history) == 26
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    assert history["loss"][-1] == objective(history.params)


def test_no_step_only_evaluates_the_start():
    history = fit(steps=0)
    assert history.row(0)["m"] == 0.8 and len(history) == 1 and history.outcome.step == 0


@pytest.mark.parametrize(
    "start, w, c",
    [
        ({}, [0.0, 0.0], 0.5),
        ({"w": 3.0}, [3.0, 3.0], 0.5),
        ({"w[1]": 4.0, "w": 3.0, "c": 2}, [3.0, 4.0], 2.0),
        ({"w": torch.tensor([1.0, 2.0])}, [1.0, 2.0], 0.5),
        ({"w": [1.0, 2.0]}, [1.0, 2.0], 0.5),
        ({"c": torch.tensor([7.0])}, [0.0, 0.0], [7.0]),
    ],
)
def test_starts(start, w, c):
    first = descent.fit(TWO, POINTS, start=start, lr=1e-6, steps=1).row(0)
    assert (first["w"], first["c"]) == (w, c)


@pytest.mark.parametrize(
    "start, said",
    [
        ({"q": 1.0}, "The model has: w, c."),
        ({"w[2]": 1.0}, "w[2] is no element of w, which has the shape (2,)"),
        ({"w[0,0]": 1.0}, "w[0,0] is no element"),
        ({"c[0]": 1.0}, "c[0] is no element of c"),
        ({"w[0]": [1.0, 2.0]}, "w[0] is no element"),
        ({"v[0]": 1.0}, "no parameter v[0]"),
        ({"w": torch.zeros(3)}, "a start of shape (3,) does not fit"),
        ({"w": math.nan}, "not a finite number"),
        ({"w": "much"}, "not a finite number"),
    ],
)
def test_starts_that_cannot_be_are_refused(start, said):
    with pytest.raises(OptionError) as refusal:
        descent.fit(TWO, POINTS, start=start)
    assert said in str(refusal.value)


def test_the_start_that_is_handed_over_stays_as_it_was():
    start = {"w": torch.tensor([1.0, 2.0]), "c": torch.tensor(1.0, requires_grad=True)}
    descent.fit(TWO, POINTS, start={**start, "w[0]": 5.0}, lr=1e-6, dtype=torch.float32)
    assert start["w"].tolist() == [1.0, 2.0] and start["c"].item() == 1.0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_points_and_start_take_the_dtype(dtype):
    history = fit(dtype=dtype)
    assert {column.dtype for name, column in history.columns.items() if name != "step"} == {dtype}
    assert history.settings["dtype"] == str(dtype).removeprefix("torch.")


def test_frozen_parameters_stay_and_keep_their_gradient():
    history = fit(freeze=["b"])
    assert set(history["b"].tolist()) == {0.0} and (history["grad_b"] != 0).all()
    assert history.outcome.gradient_norm == abs(history.gradient["m"].item())


def test_blocks_of_rows_leave_no_seam(monkeypatch):
    whole = fit(steps=50)
    monkeypatch.setattr(rows, "BLOCK", 7)
    assert all(torch.equal(fit(steps=50)[name], whole[name]) for name in whole.columns)


def test_what_is_handed_over_as_a_value_is_taken_as_it_is():
    named = fit(loss="mae", gradient="chain-rule", optimizer="momentum")
    valued = fit(loss=losses.absolute_error, gradient=gradients.chain_rule(), optimizer=optimizers.momentum(1e-4))
    assert torch.equal(named["m"], valued["m"])
    assert torch.equal(fit(loss=torch.nn.L1Loss())["m"], fit(loss="mae")["m"])


# How it ends


def test_without_until_a_run_takes_its_steps_and_says_if_it_converged():
    converged = fit(standardise=True, lr=0.3, steps=100)
    assert (converged.outcome.kind, converged.steps) == ("converged", 100)
    assert converged.outcome.gradient_norm < 1e-6 and fit().outcome.kind == "steps-done"


def test_until_ends_a_run_at_the_first_step_that_is_level_enough():
    history = fit(standardise=True, lr=0.3, steps=100, until=1e-3)
    norms = torch.hypot(history["grad_m"], history["grad_b"])
    assert history.outcome.kind == "converged" and 0 < history.steps < 100
    assert norms[-1] <= 1e-3 < norms[-2]


def test_a_rising_run_ends_and_names_the_largest_lr_that_stands():
    """Over a million times the first loss, and the tenth rise in a row."""
    history = fit(lr=2e-3, steps=5_000)
    outcome, climb = history.outcome, history.losses / history.losses[0]
    assert (outcome.kind, outcome.reason, outcome.step) == ("diverged", "rising", history.steps)
    assert climb[-1] > 1e6 and (history.losses[1:] > history.losses[:-1])[-10:].all()
    assert climb[-2] <= 1e6 or history.steps == 10
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    start = {"m": torch.tensor(0.8).double(), "b": torch.tensor(0.0).double()}
    assert outcome.stable_lr == curvature.largest_stable_lr(objective, start)
    assert f"{outcome.stable_lr:.6g}" in outcome.sentence() and "0.002" in outcome.sentence()


def test_the_largest_lr_that_stands_is_that_of_the_free_parameters():
    outcome = fit(lr=1, freeze=["m"], steps=500, standardise=True).outcome
    assert outcome.kind != "diverged"  # b alone curves by 2: it stands lr 1 on any x
    assert fit(lr=1.1, freeze=["m"], steps=500).outcome.stable_lr == pytest.approx(1)


def test_a_run_ends_at_the_first_number_that_is_none():
    """log(m) with m pushed below 0."""
    points = Points([1.0, 2.0, 3.0], [-5.0, -5.0, -5.0])
    history = descent.fit("log(m)*x", points, start={"m": 1.0}, lr=0.1, steps=50)
    assert (history.outcome.kind, history.outcome.reason) == ("diverged", "non-finite")
    assert history.losses[-1].isnan() and history.losses[:-1].isfinite().all()
    assert f"step {history.steps}" in history.outcome.sentence()


def test_an_infinite_gradient_ends_a_run_even_where_the_loss_is_finite():
    points = Points([1.0, 2.0], [1.0, 2.0])
    outcome = descent.fit("sqrt(m)*x", points, start={"m": 0.0}, steps=50).outcome
    assert (outcome.kind, outcome.reason, outcome.step, outcome.loss) == ("diverged", "non-finite", 0, 2.5)


def test_ctrl_c_keeps_what_was_computed():
    history = fit(gradient=interrupting(after=4))
    assert (history.outcome.kind, history.outcome.step, len(history)) == ("interrupted", 3, 4)
    assert torch.equal(history["m"], fit()["m"][:4])


def test_ctrl_c_before_the_first_row_has_nothing_to_keep():
    with pytest.raises(KeyboardInterrupt):
        fit(gradient=interrupting(after=0))


def test_ctrl_c_at_any_moment_leaves_whole_rows(monkeypatch):
    """A signal comes between any two instructions, also while rows are put away, so blocks are made small here."""
    monkeypatch.setattr(rows, "BLOCK", 5)
    whole = fit(steps=2_000)

    def interrupt(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for wait in torch.linspace(1e-3, 2e-2, 25).tolist():
            signal.setitimer(signal.ITIMER_REAL, wait)
            try:
                kept = fit(steps=2_000)
            except KeyboardInterrupt:  # before the first row
                continue
            assert kept.outcome.kind == "interrupted" and kept.outcome.step == kept.steps == len(kept) - 1
            assert all(torch.equal(column, whole[name][: len(kept)]) for name, column in kept.columns.items())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_ctrl_c_between_a_row_and_its_count_drops_the_row():
    table = rows.Rows(("m", "b"))
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    params = {"m": torch.tensor(0.8).double(), "b": torch.tensor(0.0).double()}
    walk = descend(objective, params, gradient=gradients.autograd(), optimizer=optimizers.sgd(1e-4))
    table.add(next(walk))
    counted = table.last
    table.add(next(walk))
    table.last = counted
    assert table.columns()["step"].tolist() == [0]


def interrupting(after: int):
    calls, autograd = iter(range(after)), gradients.autograd()

    def gradient(objective, params):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return autograd(objective, params)

    return gradient


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "stream, progress, shown", [(Terminal, True, True), (Terminal, False, False), (io.StringIO, True, False)]
)
def test_a_bar_is_shown_to_people_who_wait(stream, progress, shown, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream())
    monkeypatch.setattr("gradlab.descent.progress.BAR_AFTER", 0.0)
    history = fit(steps=300, progress=progress)
    assert len(history) == 301 and ("steps" in sys.stderr.getvalue()) == shown


def test_a_short_run_shows_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    fit(steps=3, progress=True)
    assert sys.stderr.getvalue() == ""


# What it refuses


@pytest.mark.parametrize(
    "options, said",
    [
        ({"steps": -1}, "number of steps is -1"),
        ({"steps": 2.5}, "number of steps is 2.5"),
        ({"lr": 0.0}, "lr is 0.0"),
        ({"lr": math.nan}, "lr is nan"),
        ({"delta": 0.0}, "delta is 0.0"),
        ({"delta": {"m": -1.0}, "gradient": "finite-difference"}, "delta is"),
        ({"delta": math.inf}, "delta is inf"),
        ({"kink": 2}, "kink is 2"),
        ({"kink": math.nan}, "kink is nan"),
        ({"batch_size": 0}, "batch_size of 0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"until": -1.0}, "stop at is -1.0"),
        ({"until": math.nan}, "stop at is nan"),
        ({"engine": "eagre"}, "did you mean eager?"),
        ({"dtype": torch.int64}, "int64 has none"),
        ({"device": "cuda:99"}, "cuda:99 cannot be used"),
        ({"device": "abacus"}, "abacus cannot be used"),
        ({"freeze": ["m", "b"]}, "Every parameter is frozen (m, b)"),
        ({"freeze": ["bb"]}, "did you mean b?"),
        ({"start": {"slope": 1.0}}, "no parameter slope"),
        ({"optimizer": "adaam"}, "did you mean adam?"),
        ({"loss": "maee"}, "did you mean mae?"),
        ({"gradient": "autogradd"}, "autograd"),
        ({"standardise": True, "points": Points([2.0, 2.0], [1.0, 2.0])}, "Column x is 2.0 at every point"),
    ],
)
def test_options_that_cannot_be_are_refused_with_a_sentence(options, said):
    points = options.pop("points", POINTS)
    with pytest.raises(BadInputError) as refusal:
        descent.fit("line", points, **options)
    assert said in str(refusal.value)


def test_a_constant_column_among_several_is_named():
    points = Points([[1.0, 5.0], [2.0, 5.0]], [1.0, 2.0], names=("speed", "mass"))
    with pytest.raises(DataError, match="mass is 5"):
        descent.fit("a*speed + b*mass", points, standardise=True)


def test_mini_batches_need_points():
    with pytest.raises(OptionError, match="bare function"):
        descend(
            lambda params: params["m"] ** 2,
            {"m": torch.tensor(1.0)},
            gradient=gradients.autograd(),
            optimizer=optimizers.sgd(0.1),
            batch_size=4,
        )
