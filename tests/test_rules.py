"""Every rule against PyTorch: its value against the function of that name, its partials against autograd."""

import pytest
import torch

from gradlab.expressions import parse
from gradlab.gradients import chain, chain_rule
from gradlab.rules import RULES, elementwise, tensors, value_on_tensors


def operands_for(name: str) -> dict[str, torch.Tensor]:
    """Values inside the domain of every function, away from kinks and ties."""
    generator = torch.Generator().manual_seed(len(name))
    names = RULES[name].operands
    return {n: 0.1 + 0.8 * torch.rand(7, generator=generator, dtype=torch.float64) for n in names}


def torch_function(name: str):
    return {
        "add_scaled": lambda a, b, c: a + c * b,
        "sub_scaled": lambda a, b, c: a - c * b,
        "addcmul": lambda a, b, c, d: a + d * b * c,
        "addcdiv": lambda a, b, c, d: a + d * b / c,
        "softplus": torch.nn.functional.softplus,
        "clamp": torch.clamp,
        "clamp_min": lambda a, b: torch.clamp(a, min=b),
        "clamp_max": lambda a, b: torch.clamp(a, max=b),
    }.get(name) or getattr(torch, name)


NUMERIC = [name for name in RULES if not name.startswith("logical") and name != "where"]


@pytest.mark.parametrize("name", NUMERIC)
def test_value_is_torchs(name):
    operands = operands_for(name)
    ours = value_on_tensors(name)(operands)
    torch.testing.assert_close(ours, torch_function(name)(*operands.values()), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in NUMERIC if RULES[name].partials])
def test_partials_are_autograds(name):
    operands = {key: value.requires_grad_() for key, value in operands_for(name).items()}
    out = value_on_tensors(name)(operands)
    theirs = torch_function(name)(*operands.values())
    for operand in RULES[name].partials:
        wanted = torch.autograd.grad(theirs.sum(), operands[operand], retain_graph=True, materialize_grads=True)[0]
        partial = tensors.partial_on_tensors(name, operand)({**operands, "out": out, "kink": 0.0})
        torch.testing.assert_close(
            torch.as_tensor(partial).to(wanted.dtype).expand_as(wanted), wanted, rtol=1e-12, atol=1e-14
        )


def test_condition_selects_and_never_multiplies():
    """A masked-out infinity must not become NaN on its way back."""
    a = {"a": torch.tensor([1.0, 0.0], dtype=torch.float64)}

    def masked_root(params):
        return torch.where(params["a"] > 0, params["a"], torch.zeros(2, dtype=torch.float64)).sum()

    assert chain_rule()(masked_root, a).gradient["a"].tolist() == [1.0, 0.0]
    passed = chain._select(torch.tensor([True, False]), torch.tensor([2.0, float("inf")]))
    assert passed.tolist() == [2.0, 0.0]


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [("maximum", 1.0, 1.0), ("minimum", 1.0, 1.0), ("pow", 0.0, 0.0), ("pow", 0.0, 2.0), ("pow", 0.0, 1.0)],
)
def test_ties_and_zeros_as_torch(name, a, b):
    params = {"a": torch.tensor(a, dtype=torch.float64), "b": torch.tensor(b, dtype=torch.float64)}

    def objective(p):
        return getattr(torch, name)(p["a"], p["b"])

    leaves = {key: value.clone().requires_grad_() for key, value in params.items()}
    wanted = torch.autograd.grad(objective(leaves), tuple(leaves.values()))
    ours = chain_rule()(objective, params).gradient
    assert [ours["a"].item(), ours["b"].item()] == [w.item() for w in wanted]


def test_planted_wrong_rule_is_caught(monkeypatch):
    """The comparison above must be able to fail: d(a*b)/da = a instead of b."""
    wrong = elementwise.Rule("mul", ("a", "b"), RULES["mul"].value, {"a": parse("a", {}), "b": parse("a", {})})
    monkeypatch.setitem(RULES, "mul", wrong)
    tensors.partial_on_tensors.cache_clear()
    try:
        with pytest.raises(AssertionError):
            test_partials_are_autograds("mul")
    finally:
        monkeypatch.undo()
        tensors.partial_on_tensors.cache_clear()
