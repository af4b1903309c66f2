"""Models: the registered ones against their formulas, formulas typed by a person, functions."""

import functools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradlab import models
from gradlab.errors import FormulaError, ModelError
from gradlab.models import resolve

X = torch.linspace(0.1, 4, 9, dtype=torch.float64)
AS_FORMULA = {
    "line": "m*x + b",
    "polynomial:3": "c0 + c1*x + c2*x**2 + c3*x**3",
    "exponential": "a*exp(b*x)",
    "gaussian": "a*exp(-(x - mu)**2/(2*sigma**2))",
    "logistic": "a/(1 + exp(-k*(x - x0)))",
    "sine": "a*sin(omega*x + phi) + c",
    "michaelis-menten": "vmax*x/(km + x)",
}
PLACES = st.floats(0.2, 3)


@pytest.mark.parametrize("name", AS_FORMULA)
@given(numbers=st.lists(PLACES, min_size=4, max_size=4))
def test_a_registered_model_is_its_formula(name, numbers):
    model, formula = resolve(name), resolve(AS_FORMULA[name])
    params = dict(zip(model.parameters, torch.tensor(numbers, dtype=torch.float64), strict=False))
    assert set(params) == set(formula.parameters)
    torch.testing.assert_close(model(X, **params), formula(X, **params))


@pytest.mark.parametrize("name", [*AS_FORMULA, "plane"])
def test_every_start_is_a_place_that_a_descent_can_leave(name):
    model = resolve(name)
    params = {key: torch.as_tensor(value, dtype=torch.float64).requires_grad_() for key, value in model.start.items()}
    prediction = model(X, **params)
    assert prediction.shape == X.shape
    gradient = torch.autograd.grad(((prediction - 3) ** 2).mean(), list(params.values()))
    assert all(part.isfinite().all() for part in gradient)
    assert any(part.abs().max() > 1e-6 for part in gradient)


def test_the_partials_of_the_line_are_autograds():
    m, b = torch.tensor([0.7, 0.2], dtype=torch.float64)
    by_m, by_b = torch.func.jacrev(models.line, argnums=(1, 2))(X, m, b)
    assert torch.equal(by_m, models.line_d_m(X, m, b))
    assert torch.equal(by_b, models.line_d_b(X, m, b) * torch.ones_like(X))


def test_a_line_starts_at_0_and_a_typed_line_too():
    assert resolve("line").start == resolve("m*x + b").start == {"m": 0.0, "b": 0.0}


@pytest.mark.parametrize(
    ("formula", "start"),
    [("a*x**2 + b*sin(x)/3 - c", 0), ("a*b*x", 1), ("exp(a)*x", 1), ("x/a", 1), ("x**a", 1), ("a*(b + x)", 1)],
)
def test_formulas_start_at_0_where_linear_else_at_1(formula, start):
    assert set(resolve(formula).start.values()) == {start}


def test_a_polynomial_of_degree_0_is_a_constant():
    assert resolve("polynomial:0")(X, c0=torch.tensor(2.0)).tolist() == [2.0] * 9


def test_a_plane_over_columns():
    x = torch.arange(6.0).reshape(3, 2)
    plane = resolve("plane", ("u", "v"))
    assert plane.start["w"].tolist() == [0, 0]
    assert plane(x, w=torch.tensor([10.0, 1.0]), b=torch.tensor(0.5)).tolist() == [1.5, 23.5, 45.5]
    assert resolve("plane", columns=5).start["w"].shape == (5,)
    assert resolve("plane")(X, w=torch.tensor([2.0]).double(), b=1).tolist() == (2 * X + 1).tolist()


# Formulas
def test_columns_by_name():
    x = torch.tensor([[1.0, 10.0], [2.0, 20.0]])
    model = resolve("speed*a + mass - c", ("mass", "speed"))
    assert model.parameters == ("a", "c")
    assert model(x, a=torch.tensor(2.0), c=torch.tensor(0.5)).tolist() == [20.5, 41.5]


@pytest.mark.parametrize("formula", ["a*x", "a*t"])
@pytest.mark.parametrize("x", [X, X.unsqueeze(1)])
def test_a_single_column_is_x_or_has_its_own_name(formula, x):
    assert torch.equal(resolve(formula, ("t",))(x, a=torch.tensor(2.0)), 2 * X)


@pytest.mark.parametrize("formula", ["a", "a + 1", "sin(a)*2"])
def test_a_formula_without_x_predicts_one_number_for_all(formula):
    prediction = resolve(formula)(X, a=torch.tensor(0.5))
    assert prediction.shape == X.shape
    assert len(set(prediction.tolist())) == 1


def test_letters_of_other_alphabets_are_names():
    assert resolve("µ*x + año").parameters == ("μ", "año")  # Python normalises the micro sign to the letter mu
    assert resolve("a*µ", ("µ",)).parameters == ("a",)


def test_words_that_python_would_trip_over_are_parameters():
    assert resolve("self*x + polynomial")(X, self=2.0, polynomial=1.0).tolist() == (2 * X + 1).tolist()


@pytest.mark.parametrize(
    ("formula", "names", "said"),
    [
        ("a*x + u", ("u", "v"), "several columns: u, v"),
        ("a*x + t", ("t",), "both x and t"),
        ("2*x + 1", ("x",), "no parameter"),
        ("x", ("x",), "no parameter"),
        ("a*x + y", ("x",), "y is what it predicts"),
        ("a*pi", ("pi",), "column pi cannot be meant"),
        ("loss*x", ("x",), "called loss"),
        ("a*step*x", ("x",), "called step"),
        ("a*x + grad_a", ("x",), "called grad_a"),
    ],
)
def test_a_formula_whose_names_clash_is_refused(formula, names, said):
    with pytest.raises(ModelError, match=said):
        resolve(formula, names)


def test_what_is_no_formula_points_at_the_character():
    with pytest.raises(FormulaError) as refusal:
        resolve("a*x + import")
    assert refusal.value.values["column"] == 7


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lien", "did you mean line"),
        ("Line", "did you mean line"),
        ("michaelis-mentn", "did you mean michaelis-menten"),
        ("gausian", "did you mean gaussian"),
        ("zzzz", "line, exponential, gaussian"),
        ("sine:3", "no model sine:3"),
        ("polynomial", "polynomial:K"),
        ("polynomial:", "polynomial:K"),
        ("polynomial:-1", "polynomial:K"),
        ("polynomial:1e3", "polynomial:K"),
        ("polynomial:99999999999999999999", "polynomial:K"),
        ("polynomial:²", "polynomial:K"),
        ("polynomial:000099", "polynomial:K"),
    ],
)
def test_an_unknown_model_is_refused_with_those_known(name, said):
    with pytest.raises(ModelError, match=said):
        resolve(name)


@pytest.mark.parametrize("name", ["line", "polynomial:2", "sine"])
def test_a_model_of_one_column_refuses_several(name):
    with pytest.raises(ModelError, match="2"):
        resolve(name, ("u", "v"))


# Functions
def test_a_function_names_its_parameters_and_their_starts():
    ones = torch.ones(2)

    def model(x, m, b=3, *, w=ones):
        return m * x + b

    resolved = resolve(model)
    assert resolved.start["w"].tolist() == [1, 1]
    assert resolved.name == "model"
    assert resolved.parameters == ("m", "b", "w")
    assert resolved.start["m"] == 0
    assert resolved.start["b"] == 3
    assert resolve(resolved) is resolved


def test_a_registered_function_keeps_its_own_start():
    assert resolve(models.gaussian).start == resolve("gaussian").start


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x, *m: x, r"\*m"),
        (lambda x, **m: x, r"\*\*m"),
        (lambda: 1, "no argument for x"),
        (lambda *, x: x, "no argument for x"),
        (lambda x: x, "no parameter"),
        (lambda x, m, /: x, "by position"),
        (lambda x, m="two": x, "m='two'"),
        (lambda x, loss: x, "called loss"),
        (torch.sin, "which parameters sin has"),
        (3, "which parameters int has"),
    ],
)
def test_a_function_that_cannot_be_a_model_is_refused(function, said):
    with pytest.raises(ModelError, match=said):
        resolve(function)


def test_a_partial_function_is_a_function():
    assert resolve(functools.partial(models.line, b=1.0)).start == {"m": 0.0, "b": 1.0}
