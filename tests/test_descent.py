"""The descent against the lesson's own loop written out, against torch.optim, and against closed forms."""

import pytest
import torch

from gradlab import descent
from gradlab.data import Points, noisy_line

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
