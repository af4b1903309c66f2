"""The certified answer as a value: parameters, how sure they are, and what to think of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.messages import text
from gradlab.solve.notes import Note
from gradlab.solve.problem import Problem
from gradlab.solve.statistics import correlation, student

if TYPE_CHECKING:
    from gradlab.solve.band import Band
    from gradlab.solve.validation import Validation

LEVEL = 0.95
Kind = Literal["exact", "converged", "undetermined", "unsettled"]
Intervals = dict[str, tuple[float, float]]
"""Lowest and highest value, by the name of the parameter or of its element (`w[0]`)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Solution:
    """The optimum of a model on points, with its uncertainty.

    `params` has all parameters, float64; `covariance` (k, k) is that of the free ones in the order of `names`, with the
    scatter of the residuals as the scale: standard deviations that were given count relative to each other. Infinite
    where the points do not determine a parameter. `fitted` are the predictions (n,) at x as it was given, `shifts` the
    best shifts of it (n, columns) where errors in x were allowed. `loss` is the mean loss, as in a descent; `rss` the
    sum of (weighted) squared residuals, `residual_sd` = √(rss/dof) with dof = n − k; `r_squared` compares with the mean
    of y, or with 0 for a linear model that cannot hold a constant, as NIST and R do. `aic` and `bic` are those of
    Gaussian residuals, k + 1 parameters with their variance, as in R; NaN for other losses. `outcome` is exact (a
    linear problem, solved), converged, undetermined (others are as good) or unsettled; `warnings` are diagnoses
    with a sentence each.
    """

    problem: Problem = field(metadata={"shown": False})
    params: Params
    covariance: Tensor
    fitted: Tensor
    shifts: Tensor | None
    loss: float
    rss: float
    r_squared: float
    aic: float
    bic: float
    outcome: Kind
    method: str
    iterations: int
    warnings: tuple[Note, ...]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} = {value:.6g}" for name, value in self.values().items())
        return f"Solution({self.problem.model.name}: {shown}; {self.outcome})"

    @property
    def names(self) -> tuple[str, ...]:
        """The free parameters, element by element."""
        return self.problem.names

    @property
    def n(self) -> int:
        """The number of points."""
        return len(self.problem.points)

    @property
    def dof(self) -> int:
        """Degrees of freedom: points less free parameters."""
        return self.n - len(self.names)

    @property
    def residual_sd(self) -> float:
        """The standard deviation of the residuals, √(rss/dof), in the units of y (or of σ where it was given)."""
        return math.sqrt(self.rss / self.dof) if self.dof else math.nan

    @property
    def residuals(self) -> Tensor:
        """y − prediction, shape (n,)."""
        return self.problem.points.y - self.fitted

    @property
    def standard_errors(self) -> Params:
        """√(diagonal of the covariance), in the shapes of the free parameters."""
        errors = self.problem.params(self.covariance.diagonal().sqrt().numpy())
        return {name: errors[name] for name in self.problem.free}

    @property
    def correlation(self) -> Tensor:
        """The covariance in units of the standard errors, (k, k)."""
        return torch.from_numpy(correlation(self.covariance.numpy()))

    def values(self) -> dict[str, float]:
        """The free parameters as numbers, element by element."""
        return dict(zip(self.names, self.problem.row(self.params).tolist(), strict=True))

    def intervals(self, level: float = LEVEL) -> Intervals:
        """value ± t·standard error, t of Student with dof degrees of freedom: covers the truth in `level` of cases.

        It takes the model for linear around the optimum; `profile` does not.
        """
        reach = student(level, self.dof)
        errors = self.covariance.diagonal().sqrt().tolist()
        return {
            name: (value - reach * error, value + reach * error)
            for (name, value), error in zip(self.values().items(), errors, strict=True)
        }

    def profile(self, level: float = LEVEL, names: Sequence[str] | None = None) -> Intervals:
        """Profile-likelihood intervals; see `solve.profile`."""
        from gradlab.solve.profile import profile

        return profile(self, level, names)

    def prediction(self, x: Any, level: float = LEVEL) -> "Band":
        """The curve at other x, with its bands; see `solve.band`."""
        from gradlab.solve.band import band

        return band(self, x, level)

    def validate(self, folds: int = 5, seed: int = 0) -> "Validation":
        """How well points that it has not seen are predicted; see `solve.validation`."""
        from gradlab.solve.validation import validate

        return validate(self, folds, seed)

    def sentence(self) -> str:
        """How it ended, in the language in force."""
        return text(f"solve.outcome_{self.outcome}", iterations=self.iterations, rss=self.rss, loss=self.loss)
