"""Formulas: what they come to is what the chain rule computes; what they look like is what a person would write."""

import re
from xml.etree import ElementTree

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gradlab import losses, models
from gradlab._types import Params
from gradlab.data import Points
from gradlab.errors import RecordingError
from gradlab.formula import Equation, Formulas, formulas
from gradlab.gradients import chain_rule
from gradlab.objective import Objective

UNARY = "neg exp tanh sin sigmoid square relu abs sqrt(1+square) 1/(2+square)".split()
BINARY = ["add", "sub", "mul", "maximum", "div by 2 + square"]
LOSSES = ["mae", "mse", "huber:0.5", "logcosh", "quantile:0.9"]


def applied(name: str, a: Tensor, b: Tensor) -> Tensor:
    match name:
        case "sqrt(1+square)":
            return torch.sqrt(1 + a**2)
        case "1/(2+square)":
            return torch.reciprocal(2 + a**2)
        case "div by 2 + square":
            return a / (2 + b**2)
    return getattr(torch, name)(a) if name in UNARY else getattr(torch, name)(a, b)


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """A model made at random: instructions over x, p and q, run by `run`."""
    length = draw(st.integers(1, 5))
    place = st.integers(0, 2 + length)
    return [(draw(st.sampled_from(UNARY + BINARY)), draw(place), draw(place)) for _ in range(length)]


def run(program: list[tuple[str, int, int]], x: Tensor, p: Tensor, q: Tensor) -> Tensor:
    values = [x, p, q]
    for name, i, j in program:
        values.append(torch.tanh(applied(name, values[i % len(values)], values[j % len(values)])))
    return values[-1] * p + q * x


def drawn(seed: int, n: int = 6) -> tuple[Points, Params]:
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, n, generator=generator, dtype=torch.float64)
    p, q = torch.randn(2, generator=generator, dtype=torch.float64)
    return Points(x, y), {"p": p, "q": q}


def made(model: str, loss: str, n: int = 6, start: float = 0.7) -> tuple[Objective, Params]:
    columns = ("u", "v") if model == "plane" or "*" in model else ("x",)
    x, y = torch.rand(2, n, generator=torch.Generator().manual_seed(1), dtype=torch.float64) + 0.5
    points = Points(torch.stack([x, y.flip(0)], 1) if len(columns) == 2 else x, y, columns)
    resolved = models.resolve(model, columns, len(columns))
    params = {name: torch.as_tensor(value, dtype=torch.float64) + start for name, value in resolved.start.items()}
    return Objective(resolved, losses.resolve(loss), points), params


def all_of(found: Formulas) -> list[Equation]:
    return [found.model, found.loss, found.loss_derivative, *found.partials.values(), *found.gradient.values()]


def agrees(objective: Objective, params: Params, kink: float = 0.0) -> None:
    found, by_hand = formulas(objective, params, kink), chain_rule(kink)(objective, params)
    torch.testing.assert_close(found.model.value().expand_as(objective.points.y), objective.forward(params)[0])
    torch.testing.assert_close(found.loss.value().double(), by_hand.loss)
    for name, equation in found.gradient.items():
        torch.testing.assert_close(equation.value(), by_hand.gradient[name], rtol=1e-9, atol=1e-12)
    for name in params.keys() - found.gradient.keys():
        assert not by_hand.gradient[name].any(), f"{name} has a gradient and no formula"


# ---- values
@given(programs(), st.integers(0, 10_000), st.sampled_from(LOSSES))
@settings(max_examples=60, deadline=None)
def test_formulas_of_any_model_come_to_what_the_chain_rule_computes(program: list, seed: int, loss: str) -> None:
    points, params = drawn(seed)
    agrees(Objective(lambda x, p, q: run(program, x, p, q), losses.resolve(loss), points), params)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", [*models.NAMES[:-2], "plane", "polynomial:0", "polynomial:3", "a*exp(-b*u) + v**c"])
def test_registered_models_and_losses(model: str, loss: str) -> None:
    objective, params = made(model, loss)
    agrees(objective, params)


@pytest.mark.parametrize("loss", [F.l1_loss, F.mse_loss, F.huber_loss])
def test_pytorchs_own_losses_are_written_out(loss) -> None:
    points, params = drawn(0)
    agrees(Objective(lambda x, p, q: p * x + q, loss, points), params)


@pytest.mark.parametrize("loss", [lambda p, y: p, lambda p, y: (p - y).sum(), lambda p, y: 2 * p.mean() - 3 * p.sum()])
def test_losses_whose_derivative_is_the_same_at_every_point(loss) -> None:
    points, params = drawn(0)
    agrees(Objective(lambda x, p, q: p * x + q, loss, points), params)


def test_one_point_a_kink_and_elements_of_a_parameter() -> None:
    agrees(*made("line", "mae", n=1))
    on_the_line = Points([1.0, 2.0], [2.0, 9.0])
    objective = Objective(lambda x, m: m * x, losses.absolute_error, on_the_line)
    for kink in (-1.0, 0.0, 1.0):
        agrees(objective, {"m": torch.tensor(2.0, dtype=torch.float64)}, kink)
    found = formulas(
        Objective(lambda x, w: w[0] * x + w[1], losses.squared_error, on_the_line),
        {"w": torch.tensor([1.0, 2.0], dtype=torch.float64)},
    )
    assert [equation.latex() for equation in found.partials.values()] == [
        r"\frac{\partial \hat{y}_{i}}{\partial w_{0}} = x_{i}",
        r"\frac{\partial \hat{y}_{i}}{\partial w_{1}} = 1",
    ]


def test_a_planted_error_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradlab.rules import RULES

    monkeypatch.setitem(RULES["tanh"].partials, "a", RULES["sin"].partials["a"])  # type: ignore[arg-type]  # a Mapping
    objective = Objective(lambda x, p: torch.tanh(p * x), losses.squared_error, drawn(0)[0])
    params = {"p": torch.tensor(0.5, dtype=torch.float64)}
    true = torch.autograd.functional.jacobian(lambda p: objective({"p": p}), params["p"])
    assert not torch.allclose(formulas(objective, params).gradient["p"].value(), true)


# ---- looks
def test_the_lessons_formulas() -> None:
    found = formulas(*made("line", "mae"))
    assert [equation.latex() for equation in all_of(found)] == [
        r"\hat{y}_{i} = m x_{i} + b",
        r"L = \frac{1}{N} \sum_{i = 1}^{N} \left|\hat{y}_{i} - y_{i}\right|",
        r"\frac{\partial \ell}{\partial \hat{y}_{i}} = \operatorname{sign} \left(\hat{y}_{i} - y_{i}\right)",
        r"\frac{\partial \hat{y}_{i}}{\partial m} = x_{i}",
        r"\frac{\partial \hat{y}_{i}}{\partial b} = 1",
        r"\frac{\partial L}{\partial m} = \frac{1}{N} \sum_{i = 1}^{N} "
        r"\operatorname{sign} \left(\hat{y}_{i} - y_{i}\right) x_{i}",
        r"\frac{\partial L}{\partial b} = \frac{1}{N} \sum_{i = 1}^{N} "
        r"\operatorname{sign} \left(\hat{y}_{i} - y_{i}\right)",
    ]


LATEX_OF_GRADIENTS = {
    ("line", "mse", "m"): r"\frac{2}{N} \sum_{i = 1}^{N} \left(\hat{y}_{i} - y_{i}\right) x_{i}",
    ("plane", "mse", "w"): r"\frac{2 x^{T} \left(\hat{y} - y\right)}{N}",
    ("polynomial:2", "mse", "c2"): r"\frac{2}{N} \sum_{i = 1}^{N} \left(\hat{y}_{i} - y_{i}\right) x_{i}^{2}",
    ("exponential", "mae", "b"): r"\frac{a}{N} \sum_{i = 1}^{N} \operatorname{sign} "
    r"\left(\hat{y}_{i} - y_{i}\right) e^{b x_{i}} x_{i}",
    ("a*exp(-b*u) + v", "mse", "b"): r"- \frac{2 a}{N} \sum_{i = 1}^{N} \left(\hat{y}_{i} - y_{i}\right) "
    r"e^{- b u_{i}} u_{i}",
    ("line", "huber:1.5", "b"): r"\frac{1}{N} \sum_{i = 1}^{N} \left(\begin{cases}\left|\hat{y}_{i} - y_{i}\right| & "
    r"\left|\hat{y}_{i} - y_{i}\right| \leq 1.5 \\ 1.5 &\end{cases}\right) "
    r"\operatorname{sign} \left(\hat{y}_{i} - y_{i}\right)",
}


@pytest.mark.parametrize("case", LATEX_OF_GRADIENTS)
def test_gradients_look_as_a_person_would_write_them(case: tuple[str, str, str]) -> None:
    model, loss, name = case
    written = formulas(*made(model, loss)).gradient[name].latex()
    assert written.partition(" = ")[2] == LATEX_OF_GRADIENTS[case]


def test_names_of_more_than_one_letter() -> None:
    points, _ = drawn(0)
    params = {name: torch.tensor(1.0, dtype=torch.float64) for name in ("sigma", "v_max", "x0", "alpha_1")}
    model = lambda x, sigma, v_max, x0, alpha_1: v_max * (x - x0) / sigma + alpha_1  # noqa: E731  # a formula
    written = formulas(Objective(model, losses.squared_error, points), params).model.latex()
    assert written == r"\hat{y}_{i} = \frac{\mathrm{v\_max} \cdot \left(x_{i} - x_{0}\right)}{\sigma} + \alpha_{1}"


def test_the_step_in_numbers() -> None:
    points = Points([1.0, 2.0, 3.0, 4.0], [3.0, 3.0, 3.0, 3.0])
    found = formulas(
        Objective(models.resolve("line"), losses.squared_error, points),
        {"m": torch.tensor(2.0, dtype=torch.float64), "b": torch.tensor(0.5, dtype=torch.float64)},
    )
    assert found.model.latex(numbers=True) == r"\hat{y}_{1} = 2 \cdot 1 + 0.5 = 2.5"
    assert found.gradient["m"].latex(numbers=True) == (
        r"\frac{\partial L}{\partial m} = \frac{2}{4} \left(\left(2.5 - 3\right) \cdot 1 + "
        r"\left(4.5 - 3\right) \cdot 2 + \cdots + \left(8.5 - 3\right) \cdot 4\right) = 17.5"
    )
    assert found.gradient["m"].value() == 17.5
    assert found.partials["b"].latex(numbers=True) == r"\frac{\partial \hat{y}_{1}}{\partial b} = 1"


@given(programs(), st.sampled_from(LOSSES), st.booleans())
@settings(max_examples=40, deadline=None)
def test_both_notations_are_well_formed(program: list, loss: str, numbers: bool) -> None:
    points, params = drawn(3)
    found = formulas(Objective(lambda x, p, q: run(program, x, p, q), losses.resolve(loss), points), params)
    for equation in all_of(found):
        latex = equation.latex(numbers)
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        tree = ElementTree.fromstring(equation.mathml(numbers))
        assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= MATHML_CORE
        assert not re.search(r"[#~]", latex + "".join(tree.itertext())), "an inner name is shown"


MATHML_CORE = set("math mrow mi mn mo msub msup mfrac msqrt mover munderover mtable mtr mtd mtext".split())


def test_what_has_no_formula_names_itself() -> None:
    points, params = drawn(0)
    objective = Objective(lambda x, p, q: torch.cumsum(p * x, 0), losses.squared_error, points)
    with pytest.raises(RecordingError, match="The operation cumsum has no formula here"):
        formulas(objective, params)
