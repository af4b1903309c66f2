"""A run as columns, one row per point of the trajectory."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy import ndindex
from torch import Tensor, as_tensor

from gradlab import messages
from gradlab._types import Params, State
from gradlab.history.steps import Outcome

MEASURES = ("step", "loss", "mean_y", "mean_prediction")
"""The columns that every history has, before those of its parameters."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All that a run went through: rows 0..steps, the last one evaluated but not updated.

    `columns[name]` has one row per point of the trajectory, all taken at that row's parameters: `step`, `loss`,
    `mean_y`, `mean_prediction` and, per parameter p, `p` and `grad_p` (each row of the parameter's shape).
    `settings` can be written as JSON; `state` is the optimizer's at the last row, None where it is not known.

    >>> import torch
    >>> columns = {"step": torch.tensor([0, 1]), "loss": torch.tensor([4.0, 1.0]), "m": torch.tensor([2.0, 1.0])}
    >>> outcome = Outcome("steps-done", step=1, loss=1.0, gradient_norm=2.0)
    >>> history = History(columns | {"grad_m": torch.tensor([4.0, 2.0])}, ("m",), outcome)
    >>> history.steps, history.params, history.row(0)["loss"]
    (1, {'m': tensor(1.)}, 4.0)
    """

    columns: dict[str, Tensor]
    parameters: tuple[str, ...]
    outcome: Outcome
    settings: dict[str, Any] = field(default_factory=dict)
    state: State | None = None

    def __len__(self) -> int:
        return len(self.columns["step"])

    def __getitem__(self, column: str) -> Tensor:
        return self.columns[column]

    def __repr__(self) -> str:
        return f"History({', '.join(self.parameters)}; {len(self)} rows, {self.outcome.kind})"

    @property
    def losses(self) -> Tensor:
        """The loss at each row."""
        return self.columns["loss"]

    @property
    def steps(self) -> int:
        """The index of the last row."""
        return int(self.columns["step"][-1])

    @property
    def params(self) -> Params:
        """The parameters at the last row."""
        return {name: self.columns[name][-1] for name in self.parameters}

    @property
    def gradient(self) -> Params:
        """The gradient at the last row."""
        return {name: self.columns[f"grad_{name}"][-1] for name in self.parameters}

    @property
    def engine(self) -> str:
        """What did the arithmetic: `eager` (PyTorch, operation by operation) or `fused` (one compiled loop)."""
        return self.settings.get("engine", "eager")

    def engine_sentence(self) -> str | None:
        """Why the fused engine left this run to the eager one; None where it did not, or was not tried."""
        reason = self.settings.get("engine_reason")
        if reason is None:
            return None
        values = {name: value for name, value in reason.items() if name != "key"}
        return messages.text("kernel.not_fused", reason=messages.text(reason["key"], **values))

    @property
    def frozen(self) -> frozenset[str]:
        """The parameters that were held still; their gradient was computed all the same."""
        return frozenset(self.settings.get("freeze") or ())

    def elements(self) -> "Iterator[Element]":
        """Each number that was fitted with its partial derivative, one after the other: `w[0,0]`, `w[0,1]`, …"""
        for parameter in self.parameters:
            values, gradient = self.columns[parameter], self.columns[f"grad_{parameter}"]
            for index, name in elements(parameter, values.shape[1:]):
                rows = (slice(None), *index)
                yield Element(parameter, name, values[rows], gradient[rows])

    def row(self, index: int) -> dict[str, Any]:
        """One row as Python numbers, tensor parameters as nested lists; negative indices count from the end."""
        return {name: column[index].tolist() for name, column in self.columns.items()}

    def table(self) -> dict[str, list[Any]]:
        """All rows as columns of Python numbers, the elements of a tensor parameter apart: `w[0,1]`."""
        return {name: column.tolist() for name, column in flat_columns(self.columns)}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to a file that ends in .csv, .json or .parquet; see `history.files`."""
        from gradlab.history.files import save

        save(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> "History":
        """The run that `save` wrote; a CSV has the rows only, neither settings nor the optimizer's state."""
        from gradlab.history.files import load

        return load(path)


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One number of a parameter over all rows, and ∂L/∂ it; both of shape (rows,)."""

    parameter: str
    name: str
    values: Tensor
    gradient: Tensor


def flat_columns(columns: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """The columns with one number a row: `w` of rows (2, 3) gives `w[0,0]`, `w[0,1]`, …, `w[1,2]`.

    >>> import torch
    >>> [name for name, column in flat_columns({"m": torch.zeros(5), "w": torch.zeros(5, 2)})]
    ['m', 'w[0]', 'w[1]']
    """
    for name, column in columns.items():
        for index, element in elements(name, column.shape[1:]):
            yield element, column[(slice(None), *index)]


def named_numbers(params: Mapping[str, float | Tensor]) -> dict[str, float]:
    """Each number of some parameters by its name, the elements of tensors apart.

    >>> import torch
    >>> named_numbers({"m": 2.0, "w": torch.tensor([1.0, 3.0])})
    {'m': 2.0, 'w[0]': 1.0, 'w[1]': 3.0}
    """
    numbers = {}
    for parameter, value in params.items():
        tensor = value if isinstance(value, Tensor) else as_tensor(value)
        for index, name in elements(parameter, tensor.shape):
            numbers[name] = tensor[index].item()
    return numbers


def elements(name: str, shape: Iterable[int]) -> list[tuple[tuple[Any, ...], str]]:
    """The place and the name of each element of a parameter; of a single number, `name` itself.

    >>> elements("w", (2,)), elements("m", ())
    ([((0,), 'w[0]'), ((1,), 'w[1]')], [((), 'm')])
    """
    return [(index, f"{name}[{','.join(map(str, index))}]" if index else name) for index in ndindex(*shape)]
