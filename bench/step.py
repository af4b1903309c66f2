"""One step of descent with its full history, beside the lesson's second loop keeping the same columns."""

from collections.abc import Callable

import torch

from bench.comparison import Comparison, Contestant
from gradlab import Points, fit, noisy_line

STEPS = 500
LR = 1e-5


def lesson_loop(points: Points) -> dict[str, torch.Tensor]:
    """PyTorch as the lesson writes it: autograd, L1Loss, update in place under no_grad; b is followed, not changed."""
    x, y = points.x, points.y
    loss_fn = torch.nn.L1Loss()
    m = torch.tensor(0.8, dtype=x.dtype, requires_grad=True)
    b = torch.tensor(0.0, dtype=x.dtype, requires_grad=True)
    rows = []
    for _ in range(STEPS):
        if m.grad is not None:
            m.grad.zero_()
        if b.grad is not None:
            b.grad.zero_()
        prediction = m * x + b
        loss = loss_fn(prediction, y)
        loss.backward()
        assert m.grad is not None and b.grad is not None
        with torch.no_grad():
            kept = [value.clone() for value in (m, b, m.grad, b.grad)]  # these change in place
            rows.append([loss.detach(), y.mean(), prediction.mean(), *kept])
            m -= LR * m.grad
    names = ["loss", "mean_y", "mean_prediction", "m", "b", "grad_m", "grad_b"]
    return {name: torch.stack(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def step_on(n: int) -> Comparison:
    points = noisy_line(m=0.5, b=0.0, n=n, seed=0)
    start = {"m": 0.8, "b": 0.0}

    def ours() -> object:
        return fit("line", points, loss="mae", start=start, freeze=["b"], lr=LR, steps=STEPS, engine="eager")

    return Comparison(
        f"a step of the line, MAE, {n:,} points, with its row of history",
        "µs",
        ours=Contestant("fit", ours, STEPS),
        peer=Contestant("the lesson's loop", lambda: lesson_loop(points), STEPS),
        times_peer=1.1,
    )


def step_on_50() -> Comparison:
    return step_on(50)


def step_on_5000() -> Comparison:
    return step_on(5_000)


COMPARISONS: list[Callable[[], Comparison]] = [step_on_50, step_on_5000]
