"""Formulas as a security border: any text is an expression, or a refusal with a place in it."""

import math
import string
import subprocess
import sys
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradlab.errors import FormulaError
from gradlab.expressions import (
    MAX_DEPTH,
    MAX_LENGTH,
    Call,
    Name,
    Number,
    parse,
    walk,
)
from gradlab.messages import LANGUAGES, speaking
from gradlab.rules import FORMULA_FUNCTIONS, TENSOR_FUNCTIONS

NODES = (Number, Name, Call)
SECONDS = 5  # bounds a hang; a parse takes milliseconds


def read_or_refused(text):
    """The expression, or the refusal; both as they have to be, soon."""
    began = time.perf_counter()
    try:
        expression = parse(text, FORMULA_FUNCTIONS)
    except FormulaError as refusal:
        assert 0 <= refusal.values["position"] < max(1, len(text))
        for language in LANGUAGES:
            with speaking(language):
                sentence = str(refusal)
            assert len(sentence) < 1_000
            sentence.encode()
            assert all(line.isprintable() for line in sentence.split("\n"))
        return refusal
    finally:
        assert time.perf_counter() - began < SECONDS
    for node in walk(expression):
        assert isinstance(node, NODES)
        assert not isinstance(node, Number) or (type(node.value) is float and math.isfinite(node.value))
        assert not isinstance(node, Name) or (node.name.isidentifier() and not node.name.startswith("_"))
        assert not isinstance(node, Call) or node.function in TENSOR_FUNCTIONS
    return expression


# Whatever the text
@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text(text):
    read_or_refused(text)


@given(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_characters_within_a_formula(before, after):
    read_or_refused(f"{before}a*x{after}+ exp(b)")


ALPHABET = [*"abx019.+-*/()^,= \n\t", *"** exp sin( __class__ 1e9 .x lambda if not π é".split()]


@given(st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_texts_that_look_like_formulas(text):
    read_or_refused(text)


@given(st.lists(st.sampled_from([*string.punctuation, "x", "a", "2", "exp"]), max_size=30).map("".join))
@example("a//x")
@settings(max_examples=200, deadline=None)
def test_what_is_read_is_spelt_with_the_letters_of_arithmetic(text):
    if not isinstance(read_or_refused(text), FormulaError):
        assert set(text) <= set("+-*/(),._xa2exp")


HOSTILE = {
    "9**9**9**9": 6,
    "2**-101": 3,
    "x**1e300": 3,
    "9" * 3_999: 0,
    "9" * 5_000: MAX_LENGTH,
    "x" * 1_000_000: MAX_LENGTH,
    "(" * 1_000_000: MAX_LENGTH,
    "(" * 3_000 + "x" + ")" * 3_000: MAX_LENGTH,
    "(" * 1_500 + "x" + ")" * 1_500: MAX_DEPTH,
    "-" * 3_000 + "x": MAX_DEPTH,
    "exp(" * 700 + "x" + ")" * 700: 4 * MAX_DEPTH + 3,
    "1e999": 0,
    "1/0*x": 0,
    "x + log(0)": 4,
    "sqrt(-1)*x": 0,
    "x.real": 1,
    "x.__class__": 1,
    "().__class__.__bases__": 2,
    "__import__('os')": 11,
    "__import__(os)": 0,
    "_x": 0,
    "a*_x": 2,
    "＿x": 0,
    "x := 3": 2,
    "(x:=3)": 2,
    "f'{x}'": 1,
    "'x'": 0,
    'a*"x"': 2,
    "lambda: x": 6,
    "lambda x: x": 7,
    "x if x else a": 2,
    "not x": 4,
    "x and a": 2,
    "x in a": 2,
    "x is a": 2,
    "x < a": 2,
    "x == a": 2,
    "x & a": 2,
    "~x": 0,
    "x % a": 2,
    "x // a": 2,
    "x @ a": 2,
    "x << a": 2,
    "x^2": 1,
    "a*x^2": 3,
    "2x": 1,
    "2(x + 1)": 1,
    "(x + 1)(x - 1)": 7,
    "x a": 2,
    "x[0]": 1,
    "{x}": 0,
    "x, a": 0,
    "exp(*x)": 4,
    "exp(x=a)": 5,
    "exp(x for x in a)": 6,
    "exp(x)(a)": 6,
    "exp": 0,
    "a + exp": 4,
    "exp()": 0,
    "a + exp(x, a)": 4,
    "zzz(x)": 0,
    "a + zzz(x)": 4,
    "True": 0,
    "a*None": 2,
    "...": 0,
    "1j": 1,
    "0x10": 1,
    "1_000": 1,
    "007": 0,
    "a*x # the rest": 4,
    "a*x\\": 3,
    "a*x; a": 3,
    "await x": 6,
    "yield": 0,
    "x\0a": 1,
    "\0": 0,
    "\ud800": 0,
    "a*\udfffx": 2,
    "a*\x1b[31mx": 2,
    "x²": 1,
    "٣*x": 0,
    "a·x": 1,
    "a−x": 1,
    "a*é.x": 3,
    "año + é*exp": 8,
    "": 0,
    "   \n\t ": 0,
    "a*(x": 2,
    "a*x)": 3,
    "a*": 1,
    "*x": 0,
    "   a +\n * x": 8,
}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20])[1:-1])
def test_hostile_texts_are_refused_at_the_character(text):
    refusal = read_or_refused(text)
    assert isinstance(refusal, FormulaError)
    assert refusal.values["position"] == HOSTILE[text]


def test_sums_and_powers_that_are_endless():
    assert isinstance(read_or_refused("+".join("x" * 2_000)), FormulaError)
    assert isinstance(read_or_refused("**".join("x" * 1_300)), FormulaError)
    assert not isinstance(read_or_refused("+".join("x" * (MAX_DEPTH - 1))), FormulaError)


def test_deep_in_the_stack_and_still_a_refusal():
    def below(frames):
        return below(frames - 1) if frames else read_or_refused("-(" * 140 + "x" + ")" * 140)

    limit = sys.getrecursionlimit()
    for frames in range(0, limit - 300, 50):
        assert isinstance(below(frames), (FormulaError, *NODES))


def test_nothing_is_said_on_stderr():
    """Python's parser warns of `1if x` and the like; a person who types a formula in a browser is not its reader."""
    code = (
        "from gradlab.expressions import parse\n"
        "for text in ('1if x else 2', '1(2)', '0_7', '1is x', '\"\\\\d\"', 'x is 1'):\n"
        "    try: parse(text, {})\n"
        "    except ValueError: pass\n"
    )
    outcome = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=True)
    assert outcome.stderr == ""
