"""Figures of awkward things, by name: one point, a run that explodes, numbers of every size, hostile names."""

import math
from collections.abc import Callable
from dataclasses import replace

import torch
from matplotlib.figure import Figure
from torch import Tensor

import gradlab
from gradlab.figures import (
    draw_delta_error,
    draw_evolution,
    draw_loss,
    draw_parameters,
    draw_residuals,
    draw_surface,
    draw_sweep,
)

POINTS = gradlab.noisy_line(0.5, 0.0, 50, seed=0)
ONE = gradlab.Points([4.0], [4.0])
RAMP = torch.linspace(0, 10, 40, dtype=torch.float64)
TINY = gradlab.Points(RAMP * 1e-9, (2 * RAMP + 1) * 1e-12)
HUGE = gradlab.Points(RAMP * 1e6, -(2 * RAMP + 1) * 1e9)
HOSTILE = gradlab.Points(RAMP, torch.sin(RAMP), ("price $ of <goods>\nin the warehouse_at_noon $",))
SEVERAL_LRS = [10 ** (-5 + i / 8) for i in range(25)]
OVER = {"m": (-5.0, 5.0, 40), "b": (-5.0, 5.0, 40)}


def long_names(x: Tensor, a_very_long_parameter_name_for_the_slope: Tensor, _hidden: Tensor) -> Tensor:
    return a_very_long_parameter_name_for_the_slope * x + _hidden * x.mean()


def lesson() -> gradlab.History:
    return gradlab.fit("line", POINTS, loss="mae", start={"m": 0.8}, freeze=["b"], steps=25)


def exploding() -> gradlab.History:
    return gradlab.fit("line", POINTS, start={"m": 0.8}, lr=3e-3, steps=2_000)


def overflowing() -> gradlab.History:
    """A descent that nobody stops: it leaps from side to side, ten times as far each time, until no number is left."""
    steps = torch.arange(330)
    m = (-10.0) ** steps.double()
    columns = {"step": steps, "loss": m**2, "mean_y": m, "mean_prediction": m, "m": m, "b": 0.1 * m}
    columns |= {"grad_m": 20 * m, "grad_b": 2 * m}
    outcome = gradlab.Outcome("diverged", 329, math.inf, math.inf, reason="non-finite")
    return gradlab.History(columns, ("m", "b"), outcome, {"loss": "mse"})


def wide_surface() -> gradlab.Surface:
    points = gradlab.Points(RAMP, 3 * torch.exp(0.4 * RAMP))
    return gradlab.surface("a*exp(b*x)", points, over={"a": (-5.0, 5.0, 40), "b": (-1.0, 3.0, 40)})


def nowhere_finite() -> gradlab.Surface:
    found = gradlab.surface("line", POINTS, over={"m": (-2.0, 3.0, 6), "b": (-1.0, 1.0, 6)})
    return replace(found, values=found.values * math.nan)


def flat() -> gradlab.Surface:
    found = gradlab.surface("line", POINTS, over={"m": (-2.0, 3.0, 6), "b": (-1.0, 1.0, 6)})
    return replace(found, values=torch.full_like(found.values, 3.0))


def half_finite() -> Figure:
    points = gradlab.Points(RAMP + 1, RAMP)
    found = gradlab.surface("a*log(b*x) + c", points, over={"a": (-5.0, 5.0, 30), "b": (-2.0, 2.0, 30)}, at={"c": 1.5})
    return draw_surface(found, minimum={"a": 3.0, "b": 1.0})


def hostile_surface() -> Figure:
    over = {"a_very_long_parameter_name_for_the_slope": (-1.0, 1.0, 30), "_hidden": (-1e6, 1e6, 30)}
    history = gradlab.fit(long_names, HOSTILE, loss="huber:2", steps=50)
    return draw_surface(gradlab.surface(long_names, HOSTILE, loss="huber:2", over=over), history=history)


def delta_error(labels: int = 4) -> Figure:
    deltas = torch.logspace(-14, 0, 40, dtype=torch.float64)
    errors = {f"∂L/∂m, scheme {i}": deltas ** (1 + i % 2) + 1e-16 * (1 + i) / deltas for i in range(labels)}
    return draw_delta_error(deltas, errors | {"exact": torch.zeros(40)}, theory={"∂L/∂m, scheme 0": deltas})


def polynomial() -> gradlab.History:
    return gradlab.fit("polynomial:9", gradlab.Points(RAMP / 10, torch.sin(RAMP)), lr=0.1, steps=300)


FIGURES: dict[str, Callable[[], Figure]] = {
    "surface of one point": lambda: draw_surface(gradlab.surface("line", ONE, loss="mae", over=OVER)),
    "surface of many points": lambda: draw_surface(gradlab.surface("line", POINTS, over=OVER)),
    "surface with a descent": lambda: draw_surface(gradlab.surface("line", POINTS, over=OVER), history=lesson()),
    "surface with an explosion": lambda: draw_surface(gradlab.surface("line", POINTS, over=OVER), history=exploding()),
    "surface over many decades": lambda: draw_surface(wide_surface()),
    "surface finite in one half": half_finite,
    "surface finite nowhere": lambda: draw_surface(nowhere_finite(), history=exploding()),
    "surface that is flat": lambda: draw_surface(flat()),
    "surface with hostile names": hostile_surface,
    "evolution of the lesson": lambda: draw_evolution("line", POINTS, lesson(), true={"m": 0.5, "b": 0.0}),
    "evolution of an explosion": lambda: draw_evolution("line", POINTS, exploding(), true={"m": 0.5, "b": 0.0}),
    "evolution of an overflow": lambda: draw_evolution("line", POINTS, overflowing()),
    "surface with an overflow": lambda: draw_surface(gradlab.surface("line", POINTS, over=OVER), history=overflowing()),
    "evolution of one point": lambda: draw_evolution("line", ONE, gradlab.fit("line", ONE, steps=0)),
    "evolution of tiny numbers": lambda: draw_evolution("line", TINY, gradlab.fit("line", TINY, lr=0.1, steps=1_000)),
    "evolution of huge numbers": lambda: draw_evolution("line", HUGE, gradlab.fit("line", HUGE, lr=1e-14, steps=200)),
    "evolution with hostile names": lambda: draw_evolution(long_names, HOSTILE, gradlab.fit(long_names, HOSTILE)),
    "sweep of the lesson": lambda: draw_sweep(gradlab.sweep_lr("line", POINTS, SEVERAL_LRS, start={"m": 0.8})),
    "sweep in which all explode": lambda: draw_sweep(gradlab.sweep_lr("line", POINTS, [1.0, 10.0, 1e3], steps=400)),
    "sweep of a loss of 0": lambda: draw_sweep(gradlab.sweep_lr("line", ONE, [0.01, 0.1], start={"m": 1.0})),
    "loss of the lesson": lambda: draw_loss(lesson()),
    "loss of an explosion": lambda: draw_loss(exploding()),
    "loss of an overflow": lambda: draw_loss(overflowing()),
    "loss of no step": lambda: draw_loss(gradlab.fit("line", ONE, steps=0)),
    "parameters of the lesson": lambda: draw_parameters(lesson(), exact={"m": 0.49}),
    "parameters of an explosion": lambda: draw_parameters(exploding()),
    "parameters of an overflow": lambda: draw_parameters(overflowing()),
    "parameters with hostile names": lambda: draw_parameters(gradlab.fit(long_names, HOSTILE, steps=500)),
    "parameters of ten": lambda: draw_parameters(polynomial()),
    "residuals": lambda: draw_residuals(POINTS, 0.5 * POINTS.x),
    "residuals of one point": lambda: draw_residuals(ONE, torch.zeros(1)),
    "residuals of tiny numbers": lambda: draw_residuals(TINY, torch.zeros(40)),
    "residuals that are all zero": lambda: draw_residuals(POINTS, POINTS.y),
    "residuals with hostile names": lambda: draw_residuals(HOSTILE, torch.zeros(40)),
    "error of delta": delta_error,
    "error of delta, many curves": lambda: delta_error(9),
}
