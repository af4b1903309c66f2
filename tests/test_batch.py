"""Many runs at once against as many runs of `fit`, one by one."""

import pyarrow.csv
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab import optimizers
from gradlab.batch import Runs, fit_many, many, sweep_lr
from gradlab.curvature import quadratic_descent
from gradlab.data import Points, noisy_line
from gradlab.descent import fit
from gradlab.errors import OptionError, ShapeError

POINTS = noisy_line(0.5, 0.0, 50, seed=0)
LRS = [1e-5, 1e-4, 1e-3, 1.1e-3, 2e-3, 1e-2, 1.0]


def assert_equal_to_fit(runs: Runs, model, points, common, each, tolerance=1e-12):
    """Every run: each column, how it ended, what it was made with, and what is said of it at once."""
    assert len(runs) == len(runs.histories) == len(each)
    for i, own in enumerate(each):
        truth = fit(model, own.pop("points", points), engine="eager", **common, **own)
        found = runs.histories[i]
        assert (found.outcome.kind, found.outcome.reason, found.steps) == (
            truth.outcome.kind,
            truth.outcome.reason,
            truth.steps,
        )
        assert (runs.kinds[i], int(runs.steps[i])) == (truth.outcome.kind, truth.steps)
        assert found.settings == truth.settings and list(found.columns) == list(truth.columns)
        for name, column in truth.columns.items():
            scale = float(column.double().nan_to_num(0, 0, 0).abs().max())
            torch.testing.assert_close(
                found[name], column, rtol=tolerance, atol=tolerance * scale, equal_nan=True, check_stride=False
            )
        assert torch.equal(runs.losses[i], found.losses[-1]) or runs.losses[i].isnan()
        for name, value in runs.params.items():
            torch.testing.assert_close(value[i], found.params[name], rtol=0, atol=0, equal_nan=True)


@pytest.fixture
def no_fit(monkeypatch):
    """What goes side by side calls no `fit`."""
    monkeypatch.setattr(many, "fit", None)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber:1.5"])
def test_a_sweep_of_the_lr_some_of_it_diverging(no_fit, loss):
    common = {"loss": loss, "steps": 150, "start": {"m": 0.8}}
    runs = fit_many("line", POINTS, lrs=LRS, **common)
    if loss == "mse":
        assert runs.kinds[0] == "steps-done" and runs.kinds[-1] == "diverged"
        assert runs.steps[-1] < 150 and runs.histories[-1].outcome.stable_lr == pytest.approx(1.155e-3, rel=1e-3)
    assert_equal_to_fit(runs, "line", POINTS, common, [{"lr": lr} for lr in LRS], tolerance=1e-10)


@given(
    names=st.lists(st.sampled_from(["sgd", "momentum", "nesterov", "adam"]), min_size=1, max_size=5),
    seed=st.integers(0, 50),
    steps=st.integers(0, 40),
    freeze=st.sampled_from([(), ("b",)]),
)
@settings(max_examples=25, deadline=None)
def test_races_of_optimizers_from_different_starts(names, seed, steps, freeze):
    draw = torch.Generator().manual_seed(seed)
    starts = [
        {"m": float(m), "b": float(b)} for m, b in torch.randn(len(names), 2, generator=draw, dtype=torch.float64)
    ]
    common = {"lr": 3e-4, "steps": steps, "freeze": freeze, "loss": "mse"}
    runs = fit_many("line", POINTS, optimizers=names, starts=starts, **common)
    each = [{"optimizer": name, "start": start} for name, start in zip(names, starts, strict=True)]
    assert_equal_to_fit(runs, "line", POINTS, common, each)


def test_a_bootstrap_with_points_of_its_own_for_each_run(no_fit):
    draw = torch.Generator().manual_seed(1)
    samples = [POINTS.rows(torch.randint(50, (50,), generator=draw)) for _ in range(6)]
    common = {"lr": 1e-3, "steps": 80}
    assert_equal_to_fit(fit_many("line", samples, **common), "line", None, common, [{"points": p} for p in samples])


@pytest.mark.parametrize("own_points", [True, False])
def test_mini_batches_are_those_of_each_seed(no_fit, own_points):
    seeds = [3, 3, 4, 7]
    points = [noisy_line(0.5, 0.0, 50, seed=s) for s in range(4)] if own_points else POINTS
    common = {"lr": 1e-4, "steps": 25, "batch_size": 7}
    each = [{"seed": seed, **({"points": points[i]} if own_points else {})} for i, seed in enumerate(seeds)]
    assert_equal_to_fit(fit_many("line", points, seeds=seeds, **common), "line", POINTS, common, each)


def test_each_run_ends_where_its_gradient_is_small(no_fit):
    starts = [{"m": 0.5}, {"m": 0.8}, {"m": 30.0}]
    common = {"lr": 4e-4, "steps": 300, "until": 1e-3, "freeze": ["b"]}
    runs = fit_many("line", POINTS, starts=starts, **common)
    assert set(runs.kinds) == {"converged"} and len(set(runs.steps.tolist())) == 3
    assert len(runs.histories[0].columns["loss"]) == runs.steps[0] + 1
    assert_equal_to_fit(runs, "line", POINTS, common, [{"start": start} for start in starts])


def test_tensor_parameters_and_standardised_float32(no_fit):
    x = torch.stack([POINTS.x, POINTS.x**2], 1)
    points, common = Points(x, POINTS.y, ("u", "v")), {"steps": 40, "standardise": True, "dtype": torch.float32}
    each = [{"lr": lr} for lr in (0.01, 0.1)]
    assert_equal_to_fit(fit_many("plane", points, lrs=[0.01, 0.1], **common), "plane", points, common, each, 1e-5)


def test_a_history_goes_on_where_it_ended(no_fit):
    runs = fit_many("line", POINTS, optimizers=["adam", "momentum"], lr=1e-3, steps=30)
    for i, name in enumerate(["adam", "momentum"]):
        on = fit("line", POINTS, optimizer=name, lr=1e-3, steps=60, resume=runs.histories[i])
        whole = fit("line", POINTS, optimizer=name, lr=1e-3, steps=60)
        torch.testing.assert_close(on["m"], whole["m"], rtol=1e-12, atol=0)


def branching(x, m, b):
    return m * x + b if m > 0.6 else m * x - b


def clipped(params, gradient, state):
    """A step that looks at all elements of a gradient, which must be those of one run."""
    most = {name: g.abs().mean() for name, g in gradient.items()}
    return {name: p - 1e-3 * gradient[name].clamp(-most[name], most[name]) for name, p in params.items()}, state


@pytest.mark.parametrize(
    ("model", "points", "own", "common"),
    [
        (branching, POINTS, {"lrs": [1e-4, 1e-3]}, {"start": {"m": 0.8}}),
        ("line", POINTS, {"lrs": [1e-4, 1e-3]}, {"gradient": "finite-difference", "delta": 0.1}),
        ("line", POINTS, {"optimizers": ["sgd", "torch:Adagrad"]}, {}),
        ("line", [POINTS, noisy_line(0.5, 0.0, 20, seed=1)], {}, {}),
        ("line", POINTS, {"optimizers": [optimizers.Optimizer("sgd", 1e-3, lambda p: {}, clipped)] * 2}, {}),
    ],
    ids=["branches", "finite difference", "torch's optimizer", "different numbers", "own optimizer"],
)
def test_what_cannot_go_side_by_side_goes_run_by_run(model, points, own, common):
    common = {"steps": 12, **common}
    runs = fit_many(model, points, **own, **common)
    singular = {"lrs": "lr", "optimizers": "optimizer"}
    each = [
        {singular[name]: values[i] for name, values in own.items()}
        | ({"points": points[i]} if isinstance(points, list) else {})
        for i in range(len(runs))
    ]
    for i, one in enumerate(each):
        truth = fit(model, one.pop("points", points), **common, **one)
        assert torch.equal(runs.histories[i].losses, truth.losses) and runs.kinds[i] == truth.outcome.kind


def test_optimizers_that_were_handed_over_keep_their_own_options(no_fit):
    given = [optimizers.momentum(1e-4, beta=0.5), optimizers.momentum(1e-4, beta=0.9)]
    runs = fit_many("line", POINTS, optimizers=given, steps=30)
    for i, optimizer in enumerate(given):
        truth = fit("line", POINTS, optimizer=optimizer, steps=30)
        torch.testing.assert_close(runs.histories[i].losses, truth.losses, rtol=1e-12, atol=0)


def test_what_cannot_be_meant():
    with pytest.raises(OptionError, match="lr 2, seed 3"):
        fit_many("line", POINTS, lrs=[1e-3, 1e-4], seeds=[1, 2, 3])
    with pytest.raises(OptionError, match="not empty"):
        fit_many("line", POINTS, lrs=[])
    with pytest.raises(OptionError):
        fit_many("line", POINTS)
    with pytest.raises(OptionError, match="lr"):
        fit_many("line", POINTS, lrs=[1e-3, -1.0])
    with pytest.raises(ShapeError):
        fit_many(lambda x, m: m * x[:, None], POINTS, lrs=[1e-3])
    with pytest.raises(TypeError):
        fit_many("line", POINTS, lrs=[1e-3], stepz=3)


def test_a_sweep_tells_the_best_and_the_largest_stable_lr(tmp_path):
    found = sweep_lr("line", POINTS, LRS, start={"m": 0.8}, steps=150)
    assert found.stable_lr == pytest.approx(quadratic_descent("line", POINTS).largest_stable_lr, rel=1e-6)
    fine = [lr < found.stable_lr for lr in LRS]
    assert [kind != "diverged" for kind in found.runs.kinds] == fine
    assert found.best == min(range(4), key=lambda i: found.runs.losses[i].item())
    found.save(tmp_path / "sweep.csv")
    table = pyarrow.csv.read_csv(tmp_path / "sweep.csv")
    assert table.column_names == ["lr", "loss", "steps", "outcome", "m", "b"]
    assert table["loss"].to_pylist() == found.runs.losses.tolist() and table["lr"].to_pylist() == LRS


def test_the_stable_lr_is_that_of_what_moves_and_of_the_x_that_was_seen():
    scaled = sweep_lr("line", POINTS, [0.1], standardise=True, steps=2)
    assert scaled.stable_lr == pytest.approx(1.0, rel=1e-6)  # both curvatures are 2 on standardised x
    slope = sweep_lr("line", POINTS, [1e-4], freeze=["b"], steps=2)
    assert slope.stable_lr == pytest.approx(1 / POINTS.x.square().mean().item(), rel=1e-6)
    assert sweep_lr("line", POINTS, [1e-4], loss="mae", steps=2).stable_lr == float("inf")
