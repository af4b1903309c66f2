"""The descent against the lesson's own loop written out, against torch.optim, and against closed forms."""

import math
from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradlab import descent, gradients, losses, models, optimizers
from gradlab.data import Points, dataset, noisy_line
from gradlab.descent.batches import mini_batches, order_of_epoch
from gradlab.objective import Objective

POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)
COLUMNS = ("step", "loss", "mean_y", "mean_prediction", "m", "b", "grad_m", "grad_b")
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])


def lessons_loop(points: Points, loss_fn, update, steps: int, b_learns: bool) -> dict[str, torch.Tensor]:
    """The lesson's second loop, one row more than it has updates, keeping all that a History keeps."""
    dtype = points.x.dtype
    m = torch.tensor(0.8, dtype=dtype, requires_grad=True)
    b = torch.tensor(0.0, dtype=dtype, requires_grad=True)
    rows: dict[str, list[torch.Tensor]] = {name: [] for name in COLUMNS}
    for step in range(steps + 1):
        if m.grad is not None:
            m.grad.zero_()
            b.grad.zero_()
        y_pred = m * points.x + b
        loss = loss_fn(y_pred, points.y)
        loss.backward()
        seen = (torch.tensor(step), loss, points.y.mean(), y_pred.mean(), m, b, m.grad, b.grad)
        for name, value in zip(COLUMNS, seen, strict=True):
            rows[name].append(value.clone().detach())
        with torch.no_grad():
            update(m)
            if b_learns:
                update(b)
    return {name: torch.stack(column) for name, column in rows.items()}


@BOTH
@pytest.mark.parametrize("loss, loss_fn", [("mae", torch.nn.L1Loss()), ("mse", torch.nn.MSELoss())])
@pytest.mark.parametrize("b_learns", [False, True])
def test_the_lessons_loop_bit_for_bit(dtype, loss, loss_fn, b_learns):
    """Every number of every row, where the loop updates as torch.optim.SGD does."""
    points, freeze = POINTS.to(dtype), [] if b_learns else ["b"]
    rows = lessons_loop(points, loss_fn, lambda p: p.add_(p.grad, alpha=-2e-4), steps=300, b_learns=b_learns)
    history = descent.fit("line", points, loss=loss, start={"m": 0.8}, freeze=freeze, lr=2e-4, steps=300)
    assert tuple(history.columns) == COLUMNS and len(history) == 301
    assert [name for name in COLUMNS if not torch.equal(history[name], rows[name])] == []


@BOTH
def test_the_lessons_loop_as_it_is_written(dtype):
    """`m -= lr*grad` rounds product and difference, torch.optim and gradlab may round once: equal but for that."""
    points = POINTS.to(dtype)

    def update(p):
        p -= 1e-3 * p.grad

    rows = lessons_loop(points, torch.nn.L1Loss(), update, steps=25, b_learns=False)
    history = descent.fit("line", points, loss="mae", start={"m": 0.8}, freeze=["b"], lr=1e-3, steps=25)
    for name in COLUMNS:
        torch.testing.assert_close(history[name], rows[name], rtol=8 * torch.finfo(dtype).eps, atol=1e-7)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam"])
def test_a_fit_with_torch_optim_in_its_place(name):
    """The whole path, objective and gradient included, against a loop with torch.optim."""
    kinds = {
        "sgd": lambda params: torch.optim.SGD(params, lr=1e-4),
        "momentum": lambda params: torch.optim.SGD(params, lr=1e-4, momentum=0.9),
        "nesterov": lambda params: torch.optim.SGD(params, lr=1e-4, momentum=0.9, nesterov=True),
        "adam": lambda params: torch.optim.Adam(params, lr=1e-4),
    }
    m = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    optimizer, path = kinds[name]([m, b]), []
    for _ in range(101):
        path.append((m.item(), b.item()))
        optimizer.zero_grad()
        ((m * POINTS.x + b - POINTS.y) ** 2).mean().backward()
        optimizer.step()
    history = descent.fit("line", POINTS, start={"m": 0.8}, optimizer=name, lr=1e-4, steps=100)
    assert list(zip(history["m"].tolist(), history["b"].tolist(), strict=True)) == path


def test_a_quadratic_descent_is_its_closed_form():
    """With Hessian H and minimum p*: p_k = p* + (1 − lr·H)^k (p_0 − p*)."""
    x, y, lr = POINTS.x, POINTS.y, 1e-3
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    hessian, best = 2 * design.T @ design / len(x), torch.linalg.lstsq(design, y).solution
    history = descent.fit("line", POINTS, start={"m": -1.0, "b": 4.0}, lr=lr, steps=400)
    away = torch.tensor([-1.0, 4.0], dtype=torch.float64) - best
    for k in (0, 1, 10, 399, 400):
        expected = best + torch.linalg.matrix_power(torch.eye(2) - lr * hessian, k) @ away
        torch.testing.assert_close(torch.stack([history["m"][k], history["b"][k]]), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("optimizer, lr", [("sgd", 0.1), ("momentum", 0.05), ("nesterov", 0.05), ("adam", 1.0)])
def test_the_certified_line_is_reached_on_standardised_x(optimizer, lr):
    """NIST Norris, to more than 6 digits in the data's own units."""
    norris = dataset("Norris")
    history = descent.fit("line", norris.points, standardise=True, optimizer=optimizer, lr=lr, steps=3_000)
    ((mean,), (sd,)) = history.settings["standardise"]["mean"], history.settings["standardise"]["sd"]
    m, b = history.params["m"].item(), history.params["b"].item()
    assert m / sd == pytest.approx(norris.certified["b1"], rel=1e-7)
    assert b - m * mean / sd == pytest.approx(norris.certified["b0"], rel=1e-7)
    assert history.outcome.kind == "converged"


def test_standardised_x_makes_a_line_curve_alike_in_all_directions():
    """Hessian 2·1: every lr below 1 is stable, and lr 0.5 arrives in a single step."""
    history = descent.fit("line", POINTS, standardise=True, lr=0.5, steps=1)
    assert history.outcome.gradient_norm < 1e-12
    assert descent.fit("line", POINTS, standardise=True, lr=1.01, steps=2_000).outcome.stable_lr == pytest.approx(1)


@pytest.mark.parametrize("way", ["chain-rule", "finite-difference", "finite-difference:richardson"])
def test_all_gradients_walk_the_same_way(way):
    run = {"start": {"m": 0.8}, "lr": 1e-4, "steps": 50}
    one, other = descent.fit("line", POINTS, **run), descent.fit("line", POINTS, gradient=way, **run)
    for name in COLUMNS:
        torch.testing.assert_close(one[name], other[name], rtol=1e-6, atol=1e-6)
    assert other.settings["gradient"] == way


def test_steps_of_a_bare_function():
    """Any function of the parameters can be walked down; it has no points, so its means are NaN."""
    walk = descent.descend(
        lambda params: (params["w"] ** 2).sum(),
        {"w": torch.tensor([1.0, -2.0], requires_grad=True)},
        gradient=gradients.autograd(),
        optimizer=optimizers.sgd(0.25),
    )
    steps = list(islice(walk, 3))
    assert [step.index for step in steps] == [0, 1, 2]
    assert [step.params["w"].tolist() for step in steps] == [[1.0, -2.0], [0.5, -1.0], [0.25, -0.5]]
    assert all(step.evaluation.mean_y.isnan() for step in steps)


def test_a_step_holds_no_graph():
    """A history of tracked losses would keep every step's graph alive: the classic leak."""
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    start = {"m": torch.tensor(0.8).double(), "b": torch.tensor(0.0).double()}
    for way in ("autograd", "chain-rule", "finite-difference"):
        walk = descent.descend(objective, start, gradient=gradients.resolve(way), optimizer=optimizers.adam(0.1))
        for step in islice(walk, 3):
            seen = step.evaluation
            kept = [seen.loss, seen.mean_prediction, *seen.gradient.values(), *step.params.values()]
            assert not any(value.requires_grad for value in kept)


def test_an_earlier_walk_is_taken_up_from_its_last_step():
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    start = {"m": torch.tensor(0.8).double(), "b": torch.tensor(0.0).double()}
    run = {"gradient": gradients.autograd(), "optimizer": optimizers.adam(0.1), "batch_size": 7, "seed": 1}
    whole = list(islice(descent.descend(objective, start, **run), 20))
    at = whole[9]
    rest = islice(descent.descend(objective, at.params, state=at.state, first=at.index, **run), 11)
    for one, other in zip(whole[9:], rest, strict=True):
        assert (one.index, one.params, one.evaluation.loss) == (other.index, other.params, other.evaluation.loss)


@given(st.integers(1, 40), st.integers(1, 45), st.integers(0, 5))
def test_batches_are_a_function_of_seed_and_step(n, batch_size, seed):
    points = Points(torch.arange(float(n)), torch.zeros(n))
    objective = Objective(models.resolve("line"), losses.squared_error, points)
    per_epoch = math.ceil(n / batch_size)
    seen = [batch.points.x.tolist() for batch in islice(mini_batches(objective, batch_size, seed), 2 * per_epoch)]
    for epoch in (seen[:per_epoch], seen[per_epoch:]):
        assert sorted(x for batch in epoch for x in batch) == list(range(n))
        assert [len(batch) for batch in epoch[:-1]] == [batch_size] * (per_epoch - 1)
    for step in (0, per_epoch - 1, per_epoch, 2 * per_epoch - 1):
        assert next(mini_batches(objective, batch_size, seed, first=step)).points.x.tolist() == seen[step]


def test_seeds_and_epochs_have_orders_of_their_own():
    orders = {tuple(order_of_epoch(30, seed, epoch).tolist()) for seed in range(-3, 10) for epoch in range(10)}
    assert len(orders) == 130


def test_a_batch_of_all_points_is_plain_descent():
    run = {"start": {"m": 0.8}, "lr": 1e-4, "steps": 20}
    assert torch.equal(descent.fit("line", POINTS, batch_size=50, **run)["m"], descent.fit("line", POINTS, **run)["m"])


def test_a_row_of_a_mini_batch_run_is_of_its_batch():
    history = descent.fit("line", POINTS, batch_size=7, seed=4, start={"m": 0.8}, lr=1e-4, steps=9)
    objective = Objective(models.resolve("line"), losses.squared_error, POINTS)
    for row, batch in enumerate(islice(mini_batches(objective, 7, 4), 10)):
        here = {"m": history["m"][row], "b": history["b"][row]}
        assert history["loss"][row] == batch(here) and history["mean_y"][row] == batch.points.y.mean()
