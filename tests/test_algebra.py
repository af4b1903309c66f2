"""Algebra on expressions: simplification keeps the value, spelling can be read back."""

import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.algebra import number_text, simplified, spelled, substituted
from gradlab.expressions import Call, Expression, Name, Number, compile_expression, parse, walk

FUNCTIONS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "square": lambda a: a * a,
}
LEAVES = st.one_of(st.sampled_from("xyz").map(Name), st.integers(-3, 3).map(float).map(Number))


def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    unary = st.builds(lambda f, a: Call(f, (a,)), st.sampled_from(["neg", "square"]), inner)
    binary = st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(["add", "sub", "mul"]), inner, inner)
    return unary | binary


def pieces(expression: Expression) -> int:
    """A sign counts as a piece, whether it is an operation or a part of a number."""
    return sum(1 + (isinstance(part, Number) and part.value < 0) for part in walk(expression))


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=12)
PLACES = st.fixed_dictionaries({name: st.integers(-5, 5).map(float) for name in "xyz"})


@given(EXPRESSIONS, PLACES)
@settings(max_examples=200, deadline=None)
def test_simplified_has_the_same_value_and_no_more_pieces(expression: Expression, at: dict[str, float]) -> None:
    shorter = simplified(expression)
    assert compile_expression(shorter, FUNCTIONS)(at) == compile_expression(expression, FUNCTIONS)(at)
    assert pieces(shorter) <= pieces(expression)
    assert simplified(shorter) == shorter


@given(EXPRESSIONS, PLACES)
@settings(max_examples=200, deadline=None)
def test_spelled_text_means_what_the_expression_means(expression: Expression, at: dict[str, float]) -> None:
    typed = spelled(expression).replace("·", "*").replace("−", "-").replace("²", "**2")
    assert compile_expression(parse(typed, {}), FUNCTIONS | {"pow": operator.pow})(at) == pytest.approx(
        compile_expression(expression, FUNCTIONS)(at)
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1*x", "x"),
        ("x*1 + 0", "x"),
        ("-(-x)", "x"),
        ("x*2*3", "6·x"),
        ("0*x + y", "y"),
        ("x - (-y)", "x + y"),
        ("3*x**(3 - 1)", "3·x²"),
        ("x*(1/y)", "x/y"),
        ("-(x - y)", "y − x"),
        ("x**1", "x"),
        ("where(3 == 0, 0, 3*x)", "3·x"),
        ("where(x > 0, y, y)", "y"),
    ],
)
def test_what_a_person_would_write(typed: str, expected: str) -> None:
    assert spelled(simplified(parse(typed, {"where": 3}, conditions=True))) == expected


def test_substituted_names_everywhere() -> None:
    whole = substituted(parse("a*b + a", {}), {"a": Name("x"), "b": Number(2.0)})
    assert spelled(whole) == "x·2 + x"


def test_numbers_have_four_digits() -> None:
    assert [number_text(v) for v in (0.000123456, 123456.0, -1.5, 1e12)] == ["0.0001235", "123500", "−1.5", "1e+12"]
