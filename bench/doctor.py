"""A training loop under watch, beside the same loop alone."""

from collections.abc import Callable

import torch

from bench.comparison import Comparison, Contestant
from gradlab import noisy_line, watch

Steps = Callable[[], None]


def watched(name: str, train: Steps, steps: int, times_peer: float) -> Comparison:
    def under_watch() -> None:
        with watch():
            train()

    return Comparison(
        f"a step of {name}, under watch",
        "µs",
        ours=Contestant("watch", under_watch, steps),
        peer=Contestant("alone", train, steps),
        times_peer=times_peer,
    )


def lesson() -> Comparison:
    points, steps = noisy_line(m=0.5, b=0.0, n=50, seed=0), 600
    x, y, lr, loss_fn = points.x, points.y, 1e-3, torch.nn.L1Loss()

    def train() -> None:
        m = torch.tensor(0.8, dtype=x.dtype, requires_grad=True)
        b = torch.tensor(0.0, dtype=x.dtype, requires_grad=True)
        for _ in range(steps):
            if m.grad is not None:
                m.grad.zero_()
            if b.grad is not None:
                b.grad.zero_()
            loss = loss_fn(m * x + b, y)
            loss.backward()
            assert m.grad is not None
            with torch.no_grad():
                m -= lr * m.grad

    return watched("the lesson's loop, 50 points", train, steps, 3.0)


def perceptron(rows: int, steps: int, times_peer: float) -> Comparison:
    """Two hidden layers of 64."""
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(rows, 8, generator=generator), torch.randn(rows, 1, generator=generator)

    def train() -> None:
        torch.manual_seed(0)
        hidden = [torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU()]
        model = torch.nn.Sequential(*hidden, torch.nn.Linear(64, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()

    return watched(f"an MLP 2×64, {rows:,} rows", train, steps, times_peer)


def perceptron_256() -> Comparison:
    return perceptron(256, 600, 1.3)


def perceptron_8192() -> Comparison:
    return perceptron(8192, 100, 1.05)


COMPARISONS: list[Callable[[], Comparison]] = [lesson, perceptron_256, perceptron_8192]
