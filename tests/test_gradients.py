"""The three gradients against each other, against closed forms, and against what PyTorch says at its kinks."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.data import Points
from gradlab.errors import OptionError, RecordingError, ShapeError
from gradlab.gradients import autograd, chain_rule, explicit, finite_difference, resolve
from gradlab.objective import Objective

UNARY = ["neg", "exp", "tanh", "sin", "cos", "sigmoid", "square", "relu", "abs", "softplus"]
BINARY = ["add", "sub", "mul", "div", "maximum", "minimum", "atan2"]


def applied(name, *operands):
    return F.softplus(*operands) if name == "softplus" else getattr(torch, name)(*operands)


@st.composite
def programs(draw):
    """A random program over x and the parameters p, q, w: a list of instructions, run by `run`."""
    length = draw(st.integers(1, 7))
    place = st.integers(0, 3 + length)
    return [(draw(st.sampled_from(UNARY + BINARY)), draw(place), draw(place)) for _ in range(length)]


def run(program, x, p, q, w):
    values = [x, p.expand_as(x), q, w]
    for name, i, j in program:
        first, second = values[i % len(values)], values[j % len(values)]
        result = (
            applied(name, first) if name in UNARY else applied(name, first, second if name != "div" else 2 + second**2)
        )
        values.append(torch.tanh(result) * 2)
    return values[-1] + 0 * x


def points_and_params(seed, dtype):
    generator = torch.Generator().manual_seed(seed)
    x, y, w = torch.randn(3, 6, generator=generator, dtype=dtype)
    p, q = torch.randn(2, generator=generator, dtype=dtype)
    return Points(x, y), {"p": p, "q": q, "w": w}


@given(programs(), st.integers(0, 10_000), st.sampled_from([torch.float64, torch.float32]))
@settings(max_examples=120, deadline=None)
def test_chain_rule_equals_autograd(program, seed, dtype):
    points, params = points_and_params(seed, dtype)
    objective = Objective(lambda x, p, q, w: run(program, x, p, q, w), lambda a, b: (a - b) ** 2, points)
    by_hand, by_torch = chain_rule()(objective, params), autograd()(objective, params)
    assert by_hand.loss == by_torch.loss
    assert by_hand.mean_prediction == by_torch.mean_prediction
    tolerance = 1e-11 if dtype == torch.float64 else 1e-4
    for name in params:
        torch.testing.assert_close(by_hand.gradient[name], by_torch.gradient[name], rtol=tolerance, atol=tolerance)


@given(st.sampled_from([u for u in UNARY if u not in {"abs", "relu"}]), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_finite_difference_within_its_theory(name, seed):
    points, params = points_and_params(seed, torch.float64)
    objective = Objective(lambda x, p, q, w: applied(name, p * x + q) + w, lambda a, b: (a - b) ** 2, points)
    exact = autograd()(objective, params)
    scale = 1 + exact.loss.abs() + max(g.abs().max() for g in exact.gradient.values())
    for scheme, digits in {"forward": 5e-6, "central": 1e-7, "richardson": 1e-8}.items():
        tried = finite_difference(scheme=scheme)(objective, params).gradient
        for key in params:
            worst = (tried[key] - exact.gradient[key]).abs().max()
            assert worst <= digits * 50 * scale, (scheme, key)


COMPUTATIONS = {
    "matrix times vector": lambda p: (p["A"] @ p["v"]).sum(),
    "vector times matrix": lambda p: (p["v"] @ p["A"].T).square().sum(),
    "matrix times matrix": lambda p: (p["A"] @ p["A"].T).mean(),
    "batched": lambda p: torch.matmul(p["A"].expand(2, 3, 4), p["v"][:, None]).exp().sum(),
    "inner": lambda p: torch.dot(p["v"], p["v"]),
    "linear": lambda p: F.linear(p["A"], p["A"], p["u"]).tanh().sum(),
    "l1": lambda p: F.l1_loss(p["A"] * p["v"], torch.ones(3, 4, dtype=torch.float64)),
    "mse": lambda p: torch.nn.MSELoss()(p["A"] * p["v"], torch.ones(3, 4, dtype=torch.float64)),
    "huber": lambda p: F.huber_loss(p["A"] * 3, p["v"].expand(3, 4), delta=0.7),
    "smooth l1": lambda p: F.smooth_l1_loss(p["A"] * 3, p["v"].expand(3, 4)),
    "cross entropy": lambda p: F.cross_entropy(p["A"], torch.tensor([0, 3, 1])),
    "logits": lambda p: F.binary_cross_entropy_with_logits(p["v"], torch.tensor([0.0, 1, 1, 0], dtype=torch.float64)),
    "softmax": lambda p: (torch.softmax(p["A"], 1) * p["v"]).sum(),
    "log_softmax": lambda p: F.log_softmax(p["A"], dim=1)[0, 1],
    "logsumexp": lambda p: torch.logsumexp(p["A"], dim=1).prod(),
    "sums": lambda p: (p["A"].sum(0) * p["A"].sum(dim=1, keepdim=True)).mean((0, 1)),
    "variance": lambda p: p["A"].var(dim=1).sum() + p["v"].std() + p["v"].var(unbiased=False),
    "extremes": lambda p: p["A"].max() + p["A"].amin(dim=1).sum() + torch.max(p["v"], p["v"] * 2).sum(),
    "indexing": lambda p: p["A"][1, 2] * p["v"][torch.tensor([0, 0, 2])].sum() + p["A"][:, 1:3].sum(),
    "mask": lambda p: p["A"][p["A"] > 0].sum(),
    "stack and cat": lambda p: torch.stack([p["v"], 2 * p["v"]]).sum() + torch.cat([p["u"], p["v"]]).square().sum(),
    "shapes": lambda p: (p["A"].T.reshape(2, 6).permute(1, 0).flatten() * p["A"].transpose(0, 1).flatten()).sum(),
    "unsqueeze": lambda p: (p["v"].unsqueeze(0) * p["u"][:, None]).squeeze().mT.sum(),
    "reflected": lambda p: (2 - p["v"]).sum() + (2 / (3 + p["v"])).sum() + (2 ** p["v"]).sum() + (1 + p["v"]).sum(),
    "clamp": lambda p: p["v"].clamp(min=0).sum() + p["v"].clamp(-0.1, 0.1).sum() + torch.clip(p["v"], max=0.2).sum(),
    "where": lambda p: torch.where(p["v"] > 0, p["v"] ** 2, -p["v"]).sum() + torch.where(p["v"] > 0, p["v"], 0.0).sum(),
    "alpha": lambda p: torch.add(p["v"], p["v"] ** 2, alpha=3).sum() + torch.sub(p["v"], p["v"] ** 2, alpha=2).sum(),
    "addc": lambda p: torch.addcmul(p["v"], p["v"], p["v"], value=2).sum() + p["v"].lerp(p["v"] ** 2, 0.3).sum(),
    "detach": lambda p: (p["v"].detach() * p["v"]).sum() + (p["v"].data * p["v"]).sum(),
    "cumulative": lambda p: p["v"].cumsum(0).square().sum() + p["v"].flip(0)[0],
    "module": lambda p: torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Sigmoid(), torch.nn.SiLU())(p["A"]).sum(),
    "leaky": lambda p: F.leaky_relu(p["A"]).sum() + F.relu(p["A"]).sum(),
    "cast": lambda p: p["v"].to(torch.float32).double().sum() + p["v"].clone().contiguous().sum(),
    "unused": lambda p: p["v"].sum(),
    "shared": lambda p: (p["v"] * p["v"] + p["v"]).prod(),
}


@pytest.fixture
def tensors():
    generator = torch.Generator().manual_seed(7)
    shapes = {"A": (3, 4), "v": (4,), "u": (3,)}
    return {k: torch.randn(shape, generator=generator, dtype=torch.float64) for k, shape in shapes.items()}


@pytest.mark.parametrize("computation", COMPUTATIONS.values(), ids=COMPUTATIONS)
def test_chain_rule_on_assorted_computations(computation, tensors):
    by_hand, by_torch = chain_rule()(computation, tensors).gradient, autograd()(computation, tensors).gradient
    for name in tensors:
        assert by_hand[name].shape == tensors[name].shape
        torch.testing.assert_close(by_hand[name], by_torch[name], rtol=1e-10, atol=1e-12)


def test_chain_rule_asks_autograd_for_nothing(monkeypatch, tensors):
    def refuse(*args, **kwargs):
        raise AssertionError("autograd was asked")

    wanted = {key: autograd()(computation, tensors).gradient for key, computation in COMPUTATIONS.items()}
    monkeypatch.setattr(torch.autograd, "grad", refuse)
    monkeypatch.setattr(torch.Tensor, "backward", refuse)
    monkeypatch.setattr(torch.autograd, "backward", refuse)
    for key, computation in COMPUTATIONS.items():
        torch.testing.assert_close(chain_rule()(computation, tensors).gradient, wanted[key])


def test_in_place_on_an_intermediate_is_followed(tensors):
    def written_over(p):
        doubled = p["v"] * 2
        doubled += p["v"] ** 3
        doubled[0] = p["u"][0]
        return (doubled * 3).square().sum()

    torch.testing.assert_close(chain_rule()(written_over, tensors).gradient, autograd()(written_over, tensors).gradient)


def test_in_place_through_a_view_is_refused(tensors):
    def through_view(p):
        doubled = p["v"] * 2
        doubled.view(2, 2).mul_(3)
        return doubled.sum()

    with pytest.raises(RecordingError) as refusal:
        chain_rule()(through_view, tensors)
    assert refusal.value.key == "recorder.through_a_view"


def test_branches_of_python_are_recorded_at_each_call():
    def bent(p):
        return p["a"] ** 2 if p["a"] > 0 else -3 * p["a"]

    gradient = chain_rule()
    assert gradient(bent, {"a": torch.tensor(2.0)}).gradient["a"] == 4
    assert gradient(bent, {"a": torch.tensor(-2.0)}).gradient["a"] == -3


def test_no_grad_region_passes_nothing_back(tensors):
    def partly(p):
        with torch.no_grad():
            weight = p["v"].exp()
        return (weight * p["v"]).sum()

    torch.testing.assert_close(chain_rule()(partly, tensors).gradient, autograd()(partly, tensors).gradient)


def test_operation_without_a_rule_names_itself(tensors):
    with pytest.raises(RecordingError) as refusal:
        chain_rule()(lambda p: torch.lgamma(p["v"].abs() + 1).sum(), tensors)
    assert refusal.value.values["operation"] == "lgamma"
    assert "matmul" in refusal.value.values["known"]


@pytest.mark.parametrize("kink", [-1.0, 0.0, 1.0])
def test_kink_is_the_callers_choice(kink):
    points = Points([1.0, 2.0, 3.0], [1.0, 2.0, 9.0])
    objective = Objective(lambda x, m: m * x, lambda prediction, y: torch.abs(prediction - y), points)
    slope = chain_rule(kink)(objective, {"m": torch.tensor(1.0, dtype=torch.float64)}).gradient["m"].item()
    assert slope == pytest.approx((kink * 1 + kink * 2 - 3) / 3, abs=1e-15)


def test_forward_difference_falls_short_by_half_a_delta():
    """On L = (p − 1)² the forward difference at p is 2(p − 1) + Δ: it vanishes at 1 − Δ/2."""
    slope = finite_difference(0.1, "forward")(
        lambda p: (p["p"] - 1) ** 2, {"p": torch.tensor(0.95, dtype=torch.float64)}
    )
    assert slope.gradient["p"].item() == pytest.approx(0.0, abs=1e-14)


def test_central_difference_of_a_parabola_is_exact_for_any_delta():
    params = {"p": torch.tensor(3.0, dtype=torch.float64)}
    for delta in (1e-3, 0.1, 10.0):
        slope = finite_difference(delta)(lambda p: p["p"] ** 2 + p["p"], params).gradient["p"].item()
        assert slope == pytest.approx(7.0, rel=1e-11)


def test_one_delta_for_each_parameter(tensors):
    calls = []

    def objective(p):
        calls.append((p["u"][0].item(), p["v"][0].item()))
        return p["u"].sum() * p["v"].sum()

    two = {"u": torch.tensor([1.0]), "v": torch.tensor([2.0])}
    finite_difference({"u": 0.5, "v": 0.25})(objective, two)
    assert calls == [(1.0, 2.0), (1.5, 2.0), (0.5, 2.0), (1.0, 2.25), (1.0, 1.75)]


def test_explicit_route_equals_the_others():
    points = Points(torch.linspace(0, 50, 9, dtype=torch.float64), torch.linspace(3, 20, 9, dtype=torch.float64))
    objective = Objective(lambda x, m, b: m * x + b, lambda prediction, y: (prediction - y) ** 2, points)
    params = {"m": torch.tensor(0.8, dtype=torch.float64), "b": torch.tensor(0.3, dtype=torch.float64)}
    written = explicit(lambda prediction, y: 2 * (prediction - y), {"m": lambda x, m, b: x, "b": lambda x, m, b: 1.0})
    by_parts = written(objective, params)
    for other in (autograd(), chain_rule()):
        torch.testing.assert_close(by_parts.gradient, other(objective, params).gradient, rtol=1e-14, atol=1e-14)


def test_a_model_without_its_parameters_has_gradient_zero():
    points = Points([1.0, 2.0], [1.0, 2.0])
    objective = Objective(lambda x, m: x + 1, lambda prediction, y: (prediction - y) ** 2, points)
    for way in (autograd(), chain_rule(), finite_difference()):
        assert way(objective, {"m": torch.tensor(1.0)}).gradient["m"] == 0


def test_means_of_a_bare_function_are_nan():
    bare = autograd()(lambda p: p["a"] ** 2, {"a": torch.tensor(2.0)})
    assert math.isnan(bare.mean_prediction)
    assert math.isnan(bare.mean_y)


@pytest.mark.parametrize("delta", [0.0, -1.0, math.inf, math.nan])
def test_delta_out_of_range(delta):
    with pytest.raises(OptionError):
        finite_difference(delta)


@pytest.mark.parametrize("name", ["autogrd", "chain-rule:x", "finite-difference:sideways", ""])
def test_unknown_gradient(name):
    with pytest.raises(OptionError):
        resolve(name)


def test_silent_broadcasting_is_refused():
    points = Points([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    for model in (lambda x, m: (m * x)[:, None], lambda x, m: m * x[:1], lambda x, m: m):
        with pytest.raises(ShapeError):
            Objective(model, F.mse_loss, points)({"m": torch.tensor(1.0)})


def test_scalar_losses_are_taken_as_they_are():
    points = Points([1.0, 2.0, 3.0], [1.0, 2.5, 3.0])
    m = {"m": torch.tensor(1.1, dtype=torch.float64)}
    ours = Objective(lambda x, m: m * x, lambda prediction, y: torch.abs(prediction - y), points)(m)
    assert Objective(lambda x, m: m * x, torch.nn.L1Loss(), points)(m) == ours
