"""Nothing right is called wrong: derivatives by sympy of functions made at random, in several equivalent forms."""

import random
from collections.abc import Callable, Iterator

import pytest
import sympy
import torch
from sympy.core.expr import Expr

from gradlab import messages
from gradlab.gradcheck import check_derivative

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
FORMS: dict[str, Callable[[Expr], Expr]] = {
    "as it comes": lambda derivative: derivative,
    "expanded": sympy.expand,
    "factored": sympy.factor,
    "over one denominator": sympy.together,
    "cancelled": sympy.cancel,
    "in exponentials": lambda derivative: sympy.expand(derivative.rewrite(sympy.exp)),
}
FUNCTIONS = 80


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


def cases() -> Iterator[tuple[str, Expr, sympy.Symbol, Expr]]:
    """Function, argument and derivative, in every form in which it looks different."""
    for seed in range(FUNCTIONS):
        choice = random.Random(seed)
        function = made(choice, choice.choice([1, 2, 2]))
        argument = choice.choice([symbol for symbol in (x, a, b) if symbol in function.free_symbols])
        derivative = sympy.diff(function, argument)
        seen = set()
        for name, form in FORMS.items():
            rewritten = form(derivative)
            if rewritten not in seen and not rewritten.has(sympy.I):
                seen.add(rewritten)
                yield f"{seed} {name}", function, argument, rewritten


CASES = list(cases())


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 100 and len({case[1] for case in CASES}) >= 35


@pytest.mark.parametrize(
    ("function", "argument", "derivative"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_right_derivative_is_right(function: Expr, argument: sympy.Symbol, derivative: Expr) -> None:
    verdict = check_derivative(on_tensors(derivative), on_tensors(function), argument.name)
    assert verdict.verdict == "right", f"∂({function})/∂{argument} = {derivative}: {verdict.sentence}"


@pytest.mark.parametrize("case", CASES[::10], ids=[case[0] for case in CASES[::10]])
def test_the_same_derivative_a_thousandth_off_is_wrong(case: tuple[str, Expr, sympy.Symbol, Expr]) -> None:
    _, function, argument, derivative = case
    if derivative == 0:
        pytest.skip("nothing to be off by")
    with messages.speaking("en"):
        verdict = check_derivative(on_tensors(1.001 * derivative), on_tensors(function), argument.name)
    assert (verdict.verdict, verdict.diagnosis) == ("wrong", "factor")
    assert verdict.factor == pytest.approx(1.001)
