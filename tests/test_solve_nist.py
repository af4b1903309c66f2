"""The certified values of NIST: parameters, standard errors, residual sum of squares, from both starts."""

import math

import pytest

import gradlab
from gradlab.data import Dataset

NONLINEAR = [name for name in gradlab.datasets() if gradlab.dataset(name).starts and gradlab.dataset(name).certified]
LINEAR = ["Norris", "Pontius", "NoInt1", "Longley", "Wampler1"]
PRINTED = 10.3
"""A certified value has 11 digits and may be rounded in the last one: the exact answer agrees to this much at least."""


def digits(found: dict[str, float], certified: dict[str, float]) -> float:
    """Agreeing digits of the worst value; absolute where the certified one is 0."""
    wrong = max(abs(found[name] - value) / (abs(value) or 1) for name, value in certified.items())
    return -math.log10(wrong) if wrong else math.inf


def solve(dataset: Dataset, start: int | None = None) -> gradlab.Solution:
    return gradlab.solve(dataset.formula, dataset.points, None if start is None else dataset.starts[start])


def test_there_are_as_many_problems_as_were_shared() -> None:
    assert len(NONLINEAR) == 15


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", NONLINEAR)
def test_nonlinear_problems_to_the_last_printed_digit(name: str, start: int) -> None:
    dataset = gradlab.dataset(name)
    solution = solve(dataset, start)
    assert digits(solution.values(), dict(dataset.certified)) > PRINTED
    errors = {name: float(error) for name, error in solution.standard_errors.items()}
    assert digits(errors, dict(dataset.standard_errors)) > PRINTED
    assert digits({"rss": solution.rss}, {"rss": dataset.residual_sum_of_squares or 0.0}) > PRINTED
    assert digits({"sd": solution.residual_sd}, {"sd": dataset.residual_standard_deviation or 0.0}) > PRINTED
    assert solution.outcome == "converged"


@pytest.mark.parametrize("name", LINEAR)
def test_linear_problems_to_thirteen_digits(name: str) -> None:
    dataset = gradlab.dataset(name)
    solution = solve(dataset)
    assert solution.outcome == "exact"
    assert digits(solution.values(), dict(dataset.certified)) > 13.5
    errors = {name: float(error) for name, error in solution.standard_errors.items()}
    assert digits(errors, dict(dataset.standard_errors)) > 12


def test_without_a_constant_r_squared_compares_with_zero() -> None:
    """As NIST certifies it for NoInt1; for Norris, which has an intercept, with the mean."""
    assert solve(gradlab.dataset("NoInt1")).r_squared == pytest.approx(0.999365492298663, rel=1e-14)
    assert solve(gradlab.dataset("Norris")).r_squared == pytest.approx(0.999993745883712, rel=1e-14)


def test_no_start_is_needed_where_the_model_is_linear() -> None:
    dataset = gradlab.dataset("Longley")
    far = gradlab.solve(dataset.formula, dataset.points, dict.fromkeys(dataset.parameters, 1e9))
    assert far.values() == solve(dataset).values()
