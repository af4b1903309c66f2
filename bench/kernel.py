"""One step of the fused loop with its row of history, on one thread: beside eager PyTorch, JAX, and reading x and y."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from tempfile import mkdtemp
from typing import Any

import torch

from bench.comparison import Comparison, Contestant
from bench.peers import has_jax, jax_descent, one_thread
from gradlab import Points, fit, noisy_line

LR = 1e-5
STEPS = {50: 1_000_000, 5_000: 100_000, 500_000: 500, 10_000_000: 40}
JAX_STEPS = {50: 100_000, 5_000: 5_000, 500_000: 40, 10_000_000: 3}
EAGER_STEPS = {50: 200, 5_000: 100, 500_000: 3, 10_000_000: 1}
Model = tuple[str, Callable[..., Any], dict[str, float]]


def _line(np: Any, x: Any, m: Any, b: Any) -> Any:
    return m * x + b


def _bell(np: Any, x: Any, a: Any, mu: Any, s: Any, c: Any, k: Any) -> Any:
    return a * np.exp(-(((x - mu) / s) ** 2)) + c * np.exp(-k * x)


def _sine(np: Any, x: Any, a: Any, omega: Any, phi: Any, c: Any) -> Any:
    return a * np.sin(omega * x + phi) + c


MODELS: dict[str, Model] = {
    "line": ("m*x + b", _line, {"m": 0.8, "b": 0.0}),
    "gaussian + exponential": (
        "a*exp(-((x - mu)/s)**2) + c*exp(-k*x)",
        _bell,
        {"a": 10.0, "mu": 25.0, "s": 10.0, "c": 5.0, "k": 0.05},
    ),
    "sine": ("a*sin(omega*x + phi) + c", _sine, {"a": 3.0, "omega": 0.5, "phi": 0.1, "c": 10.0}),
}


def by(engine: str, name: str, points: Points, model: Model, steps: int) -> Contestant:
    """A whole fit: recording, the compiled code found again, every row, the look back at the end."""
    options: dict[str, Any] = {"start": model[2], "lr": LR, "steps": steps, "engine": engine}
    assert fit(model[0], points, **options).engine == engine
    return Contestant(name, lambda: fit(model[0], points, **options), steps + 1)


def jax(points: Points, model: Model, steps: int) -> Contestant:
    return Contestant("JAX", jax_descent(model[1], points.x.numpy(), points.y.numpy(), model[2], LR, steps), steps)


def reading(points: Points) -> Contestant:
    return Contestant("one read of x and y", lambda: (torch.sum(points.x), torch.sum(points.y)))


def step(name: str, n: int, beside: str, times: float, seconds: float | None = None) -> Comparison:
    one_thread()
    points, model = noisy_line(m=0.5, b=0.0, n=n, seed=0), MODELS[name]
    peer = {
        "eager": lambda: by("eager", "eager PyTorch", points, model, EAGER_STEPS[n]),
        "jax": lambda: jax(points, model, JAX_STEPS[n]),
        "reading": lambda: reading(points),
    }[beside]()
    limit = reading(points) if beside != "reading" and n >= 500_000 else None
    what = f"a step of the {name}, MSE, {n:,} points, with its row, fit and all"
    steps = STEPS[n] if name == "line" else STEPS[n] // 10
    return Comparison(what, "µs", by("fused", "fused", points, model, steps), peer, limit, times, seconds)


SECONDS = {50: 0.05e-6, 5_000: 0.7e-6}
TIMES_EAGER = {"line": 1 / 15, "gaussian + exponential": 1 / 12, "sine": 1 / 15}
TIMES_JAX = {"line": 1 / 2.5, "gaussian + exponential": 1 / 3.5, "sine": 1 / 10}


def named(name: str, make: Callable[[], Comparison]) -> Callable[[], Comparison]:
    def comparison() -> Comparison:
        return make()

    comparison.__name__ = name
    return comparison


def steps() -> list[Callable[[], Comparison]]:
    """Every model and size beside eager PyTorch and JAX; lines also beside the limit."""
    cases = [("line", n) for n in STEPS] + [(name, n) for name in TIMES_JAX if name != "line" for n in (5_000, 500_000)]
    found = []
    for name, n in cases:
        seconds = SECONDS.get(n) if name == "line" else None
        for beside, times in (("eager", TIMES_EAGER[name]), ("jax", TIMES_JAX[name]), ("reading", 1.1)):
            if (beside == "jax" and not has_jax()) or (beside == "reading" and (name != "line" or n < 500_000)):
                continue
            words = f"{name.split()[0]}_{n}_beside_{beside}"
            found.append(named(words, partial(step, name, n, beside, times, seconds if beside == "eager" else None)))
    return found


FIRST = """
import os, sys, torch
os.environ["GRADLAB_CACHE"] = sys.argv[1]
import gradlab
points = gradlab.noisy_line(0.5, 0.0, 50)
history = gradlab.fit("a*exp(-b*x) + c", points, steps=10, lr=1e-6, engine="fused")
assert history.engine == "fused"
"""


def process(name: str, *arguments: str) -> Contestant:
    return Contestant(name, lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True))


def first_result() -> Comparison:
    """An empty cache folder each time."""
    alone = process("`import torch`", "-c", "import torch")

    def run() -> object:
        return subprocess.run([sys.executable, "-c", FIRST, mkdtemp()], check=True, capture_output=True)

    return Comparison("first result of a new model, a process", "s", Contestant("fused", run), alone, times_peer=1.5)


def first_result_cached() -> Comparison:
    alone, folder = process("`import torch`", "-c", "import torch"), mkdtemp()
    ours = process("fused", "-c", FIRST, folder)
    return Comparison("first result of a model seen before, a process", "s", ours, alone, times_peer=1.3)


COMPARISONS: list[Callable[[], Comparison]] = [*steps(), first_result, first_result_cached]
