"""The optimizers against torch.optim, by `==` at every one of 300 steps."""

import math
from itertools import islice, pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gradlab import optimizers
from gradlab._types import Params
from gradlab.errors import OptionError

STEPS = 300

TWINS = {
    "sgd": (optimizers.sgd(0.02), torch.optim.SGD, {"lr": 0.02}),
    "momentum": (optimizers.momentum(0.01), torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    "momentum 0.5": (optimizers.momentum(0.01, beta=0.5), torch.optim.SGD, {"lr": 0.01, "momentum": 0.5}),
    "nesterov": (optimizers.nesterov(0.01), torch.optim.SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "adam": (optimizers.adam(0.1), torch.optim.Adam, {"lr": 0.1}),
    "adam, others": (
        optimizers.adam(0.3, betas=(0.7, 0.9), eps=1e-3),
        torch.optim.Adam,
        {"lr": 0.3, "betas": (0.7, 0.9), "eps": 1e-3},
    ),
    "torch:AdamW": (optimizers.torch_optimizer("AdamW", 0.1), torch.optim.AdamW, {"lr": 0.1}),
    "torch:RMSprop": (optimizers.torch_optimizer("RMSprop", 0.1), torch.optim.RMSprop, {"lr": 0.1}),
    "torch:SGD": (
        optimizers.torch_optimizer("SGD", 0.01, momentum=0.9, weight_decay=0.1),
        torch.optim.SGD,
        {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.1},
    ),
}


def start(dtype: torch.dtype) -> Params:
    generator = torch.Generator().manual_seed(7)
    return {
        "m": torch.tensor(0.8, dtype=dtype),
        "w": torch.randn(2, 3, generator=generator, dtype=dtype),
        "long": torch.randn(37, generator=generator, dtype=dtype),  # longer than a vector register, with a remainder
    }


def hilly(params: Params) -> Tensor:
    """A loss with curvature of many sizes, so that rounding has every chance to differ."""
    return sum(((p - 1).square() * 3 + (5 * p).sin()).sum() for p in params.values())  # type: ignore[return-value]


def gradient_of(params: Params) -> Params:
    leaves = {name: p.detach().requires_grad_() for name, p in params.items()}
    return dict(zip(leaves, torch.autograd.grad(hilly(leaves), list(leaves.values())), strict=True))


def trajectory(optimizer: optimizers.Optimizer, params: Params):
    state = optimizer.init(params)
    while True:
        yield params
        params, state = optimizer.step(params, gradient_of(params), state)


def torch_trajectory(kind, options, params: Params):
    leaves = {name: p.clone().requires_grad_() for name, p in params.items()}
    optimizer = kind(leaves.values(), **options)
    while True:
        yield {name: p.detach().clone() for name, p in leaves.items()}
        optimizer.zero_grad()
        hilly(leaves).backward()
        optimizer.step()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("name", TWINS)
def test_equal_to_torch_optim_bit_by_bit(name, dtype):
    ours, kind, options = TWINS[name]
    both = zip(trajectory(ours, start(dtype)), torch_trajectory(kind, options, start(dtype)), strict=False)
    for index, (mine, theirs) in enumerate(islice(both, STEPS + 1)):
        for key, p in theirs.items():
            assert p.dtype == dtype and torch.equal(mine[key], p), (index, key)


def test_the_comparison_would_see_the_other_way_to_round():
    """p - lr*g, which looks the same, is not: if the test above could not tell, it would say nothing."""
    rounded_twice = optimizers.Optimizer(
        "twice", 0.02, lambda params: {}, lambda params, g, state: ({k: p - 0.02 * g[k] for k, p in params.items()}, {})
    )
    both = zip(trajectory(rounded_twice, start(torch.float32)), trajectory(TWINS["sgd"][0], start(torch.float32)))  # noqa: B905  # endless
    assert any(not torch.equal(one[key], other[key]) for one, other in islice(both, STEPS) for key in one)


@pytest.mark.parametrize("name", TWINS)
def test_a_step_changes_nothing_that_it_was_given(name):
    optimizer = TWINS[name][0]
    params = start(torch.float64)
    gradient, state = gradient_of(params), optimizer.init(params)
    for _ in range(2):
        once = optimizer.step(params, gradient, state)
        again = optimizer.step(params, gradient, state)
        assert same(once, again)
        params, state = once


def same(one, other) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@given(st.floats(0.01, 0.99), st.floats(-3, 3))
@settings(max_examples=50, deadline=None)
def test_sgd_on_a_parabola_is_a_geometric_series(rate, p0):
    """On (c/2)p² a step multiplies p by 1 − lr·c: the closed form after k steps."""
    optimizer, p = optimizers.sgd(rate), {"p": torch.tensor(p0, dtype=torch.float64)}
    for k in range(20):
        assert float(p["p"]) == pytest.approx(p0 * (1 - rate) ** k, rel=1e-12, abs=1e-300)
        p, _ = optimizer.step(p, {"p": p["p"]}, {})


def test_momentum_on_a_constant_slope_reaches_its_terminal_speed():
    """With g constant the velocity tends to g/(1 − β): ten times the plain step at β = 0.9."""
    optimizer, g = optimizers.momentum(1.0), {"p": torch.tensor(1.0, dtype=torch.float64)}
    path, params, state = [], {"p": torch.tensor(0.0, dtype=torch.float64)}, optimizer.init(g)
    for _ in range(400):
        path.append(float(params["p"]))
        params, state = optimizer.step(params, g, state)
    speeds = [before - after for before, after in pairwise(path)]
    assert speeds[0] == 1 and speeds[-1] == pytest.approx(10, rel=1e-12)


def test_an_lr_given_later_counts_for_an_old_state():
    params, gradient = start(torch.float64), gradient_of(start(torch.float64))
    slow, fast = optimizers.torch_optimizer("SGD", 0.1), optimizers.torch_optimizer("SGD", 0.2)
    moved, _ = fast.step(params, gradient, slow.init(params))
    assert same(moved, optimizers.sgd(0.2).step(params, gradient, {})[0])


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam", "torch:AdamW"])
@pytest.mark.parametrize("lr", [0.0, -1e-3, math.nan, math.inf])
def test_an_lr_that_is_no_step_is_refused(name, lr):
    with pytest.raises(OptionError, match="positive"):
        optimizers.resolve(name, lr)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam", "torch:AdamW"])
def test_resolve_knows_the_names(name):
    optimizer = optimizers.resolve(name, 0.25)
    assert (optimizer.name, optimizer.lr) == (name, 0.25)
    assert optimizers.resolve(optimizer, 1.0) is optimizer


@pytest.mark.parametrize(
    "name, said",
    [
        ("adamm", "did you mean adam?"),
        ("zzz", "There is no optimizer zzz. Those there are: sgd, momentum, nesterov, adam, torch:CLASS."),
        ("torch:AdanW", "did you mean AdamW?"),
        ("torch:zzz", "torch.optim has no optimizer zzz"),
        ("torch:LBFGS", "more than one dense gradient"),
        ("torch:Optimizer", "more than one dense gradient"),
        ("torch:lr_scheduler", "has no optimizer lr_scheduler"),
    ],
)
def test_unknown_optimizers_are_refused_with_a_sentence(name, said, english):
    with pytest.raises(OptionError) as refusal:
        optimizers.resolve(name, 0.1)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "make", [lambda: optimizers.momentum(0.1, beta=1.0), lambda: optimizers.adam(0.1, (0.9, -0.1))]
)
def test_a_beta_outside_its_range_is_refused(make):
    with pytest.raises(OptionError, match="beta"):
        make()


def test_what_torch_refuses_is_told_in_a_sentence():
    optimizer = optimizers.torch_optimizer("Muon", 0.1)  # it takes matrices only
    with pytest.raises(OptionError, match=r"torch\.optim\.Muon"):
        optimizer.init(start(torch.float64))
