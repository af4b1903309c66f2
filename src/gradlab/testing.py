"""Asserts for a teacher's notebook cells and tests: they fail with the sentence that tells what is wrong."""

from gradlab._types import ObjectiveFunction, Params
from gradlab.gradcheck import Mine, Verdict, check_derivative, check_gradient
from gradlab.gradcheck.calling import Function


def assert_derivative(f_d_arg: Function, f: Function, argument: str) -> None:
    """Fail unless `f_d_arg` is the derivative of `f` by `argument`, as `check_derivative` judges it.

    What cannot be judged fails too: a test that compared nothing must not pass.

    >>> assert_derivative(lambda x: 2 * x, lambda x: x**2, "x")
    """
    __tracebackhide__ = True
    _assert_right(check_derivative(f_d_arg, f, argument))


def assert_gradient(mine: Mine, objective: ObjectiveFunction, params: Params) -> None:
    """Fail unless `mine` is the gradient of `objective`, as `check_gradient` judges it.

    >>> import torch
    >>> assert_gradient({"a": 4.0}, lambda p: (p["a"] - 1) ** 2, {"a": torch.tensor(3.0)})
    """
    __tracebackhide__ = True
    _assert_right(check_gradient(mine, objective, params))


def _assert_right(verdict: Verdict) -> None:
    __tracebackhide__ = True
    if verdict.verdict != "right":
        raise AssertionError(verdict.sentence)
