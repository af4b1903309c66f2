"""Formulas: what they mean, where a refusal points, what they compute."""

import math
import operator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.errors import FormulaError
from gradlab.expressions import ALIASES, Call, Name, Number, compile_expression, names, parse
from gradlab.messages import speaking
from gradlab.rules import FORMULA_FUNCTIONS, TENSOR_FUNCTIONS


def test_places_are_counted_in_characters_and_shown():
    with speaking("en"), pytest.raises(FormulaError) as refusal:
        parse("  ñandú*é + zzz(x)", FORMULA_FUNCTIONS)
    assert refusal.value.values["column"] == 13
    _, shown, caret, *_ = str(refusal.value).split("\n")
    assert shown[caret.index("^") :].startswith("zzz")


@pytest.mark.parametrize(
    ("text", "said"),
    [("x^2", r"\*\*"), ("2x", r"2\*x"), ("sn(x)", "did you mean sin"), ("a(x)", r"write a\*\(")],
)
def test_usual_slips_are_told_the_remedy(text, said):
    with speaking("en"), pytest.raises(FormulaError, match=said):
        parse(text, FORMULA_FUNCTIONS)


def test_other_names_of_functions():
    for alias, name in ALIASES.items():
        assert parse(f"{alias}(x)", FORMULA_FUNCTIONS) == Call(name, (Name("x"),))


def test_constants_are_computed_while_reading():
    assert parse("2*π/12", {}) == Number(2 * math.pi / 12)
    assert parse("sigmoid(-50)", FORMULA_FUNCTIONS) == Number(math.exp(-50) / (1 + math.exp(-50)))
    assert parse("sigmoid(-1000)*x", FORMULA_FUNCTIONS) == Call("mul", (Number(0.0), Name("x")))


# What is computed
def lifted(function):
    """PyTorch's function, for bare numbers as well."""
    return lambda a: function(torch.as_tensor(a, dtype=torch.float64))


BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
FUNCTIONS = "exp sin cos tanh atan sqrt log abs".split()
LIFTED = {name: lifted(getattr(torch, name)) for name in FUNCTIONS}
VALUES = {"x": 0.75, "a": -1.5, "b": 3.25}
numbers = st.floats(0.01, 9).map(lambda value: (repr(value), value))
leaves = st.one_of(numbers, st.sampled_from(list(VALUES.items())))


def combined(parts):
    """A larger expression as its text and its value by Python's own arithmetic; None where Python has no value."""

    def binary(left, sign, right):
        return f"({left[0]}) {sign} ({right[0]})", value_of(BINARY[sign], left[1], right[1])

    def power(base, exponent):
        return f"({base[0]})**{exponent}", value_of(math.pow, base[1], exponent)

    def called(name, inner):
        return f"{name}({inner[0]})", value_of(abs if name == "abs" else getattr(math, name), inner[1])

    return st.one_of(
        st.builds(binary, parts, st.sampled_from(list(BINARY)), parts),
        st.builds(power, parts, st.integers(-3, 3)),
        st.builds(lambda inner: (f"-({inner[0]})", value_of(operator.neg, inner[1])), parts),
        st.builds(called, st.sampled_from(FUNCTIONS), parts),
    )


def value_of(function, *arguments):
    try:
        return None if None in arguments else function(*arguments)
    except (ArithmeticError, ValueError):
        return None


@given(st.recursive(leaves, combined, max_leaves=12))
@settings(max_examples=200, deadline=None)
def test_expressions_compute_what_python_and_torch_compute(written):
    text, value = written
    if value is None or not math.isfinite(value):
        return
    expression = parse(text, FORMULA_FUNCTIONS)
    assert set(names(expression)) <= set(VALUES)
    compute = compile_expression(expression, TENSOR_FUNCTIONS)
    tensors = {name: torch.tensor([number, number], dtype=torch.float64) for name, number in VALUES.items()}
    result = torch.as_tensor(compute(tensors), dtype=torch.float64)
    assert result.shape in {(), (2,)}
    by_torch = eval(text, {"__builtins__": {}}, {**LIFTED, **tensors})  # the test's own text
    torch.testing.assert_close(result, torch.as_tensor(by_torch, dtype=torch.float64).expand_as(result))
    assert result.flatten()[0].item() == pytest.approx(value, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", sorted(FORMULA_FUNCTIONS))
def test_every_function_of_formulas_takes_tensors_and_numbers(name):
    def computed(first):
        arguments = ", ".join([first, "0.25", "0.75"][: FORMULA_FUNCTIONS[name]])
        compute = compile_expression(parse(f"{name}({arguments})", FORMULA_FUNCTIONS), TENSOR_FUNCTIONS)
        return torch.as_tensor(compute({"x": torch.tensor([0.3, 0.6], dtype=torch.float64)}), dtype=torch.float64)

    torch.testing.assert_close(computed("x"), torch.stack([computed("0.3"), computed("0.6")]))
