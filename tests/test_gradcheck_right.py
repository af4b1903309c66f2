"""Nothing right is called wrong: derivatives by sympy of functions made at random, in several equivalent forms."""

import random
from collections.abc import Callable

import pytest
import sympy
import torch
from sympy.core.expr import Expr

from gradlab import messages
from gradlab.gradcheck import Verdict, check_derivative

x, a, b = sympy.symbols("x a b", real=True)
ATOMS = (x, x, a * x, b * x, x + a, x - b, a * x + b, x**2, 1 - x)
OUTER: tuple[Callable[[Expr], Expr], ...] = (
    sympy.sin,
    sympy.cos,
    sympy.exp,
    sympy.tanh,
    sympy.Abs,
    sympy.atan,
    sympy.log,
    sympy.sqrt,
    sympy.cosh,
    lambda u: sympy.log(1 + u**2),
    lambda u: sympy.log(sympy.cosh(u)),
    lambda u: sympy.sqrt(1 + u**2),
    lambda u: 1 / (1 + sympy.exp(-u)),
    lambda u: 1 / u,
    lambda u: u**2,
    lambda u: u**3,
)
FORMS: tuple[Callable[[Expr], Expr], ...] = (
    lambda derivative: derivative,
    sympy.expand,
    sympy.factor,
    sympy.together,
    sympy.cancel,
    lambda derivative: sympy.expand(derivative.rewrite(sympy.exp)),
)
FUNCTIONS = 90


def made(choice: random.Random, depth: int) -> Expr:
    if depth == 0:
        return choice.choice(ATOMS)
    kind = choice.random()
    if kind < 0.45:
        return choice.choice(OUTER)(made(choice, depth - 1))
    u, v = made(choice, depth - 1), made(choice, choice.randrange(depth))
    return u + v if kind < 0.65 else u * v if kind < 0.85 else u - v if kind < 0.93 else u / v


def on_tensors(expression: Expr) -> Callable[..., torch.Tensor]:
    names = "sin cos exp tanh atan log sqrt cosh sinh sign".split()
    lifted = {name: _lifted(getattr(torch, name)) for name in names}
    return sympy.lambdify((x, a, b), expression, modules=[lifted | {"Abs": torch.abs, "E": torch.e}])


def _lifted(function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[..., torch.Tensor]:
    return lambda u: function(torch.as_tensor(u, dtype=torch.float64))


def derived(seed: int) -> tuple[Expr, sympy.Symbol, list[Expr]]:
    """A function, one of its arguments, and its derivative in every form in which it looks different."""
    choice = random.Random(seed)
    function = made(choice, choice.choice([1, 2, 2]))
    argument = choice.choice([symbol for symbol in (x, a, b) if symbol in function.free_symbols])
    derivative = sympy.diff(function, argument)
    forms = dict.fromkeys(form(derivative) for form in FORMS)
    return function, argument, [form for form in forms if not form.has(sympy.I)]


def check(written: Expr, function: Expr, argument: sympy.Symbol) -> Verdict:
    with messages.speaking("en"):
        return check_derivative(on_tensors(written), on_tensors(function), argument.name)


@pytest.mark.parametrize("seed", range(FUNCTIONS))
def test_a_right_derivative_is_right_in_every_form(seed: int) -> None:
    function, argument, forms = derived(seed)
    assert forms
    for written in forms:
        verdict = check(written, function, argument)
        assert verdict.verdict == "right", f"∂({function})/∂{argument} = {written}: {verdict.sentence}"


@pytest.mark.parametrize("seed", range(0, FUNCTIONS, 4))
def test_the_same_derivative_a_thousandth_off_is_wrong(seed: int) -> None:
    function, argument, (derivative, *_) = derived(seed)
    verdict = check(1.001 * derivative, function, argument)
    assert (verdict.verdict, verdict.diagnosis, verdict.factor) == ("wrong", "factor", pytest.approx(1.001))
