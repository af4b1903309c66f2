"""A surface as a value: the grid, the loss at each of its cells, and how it was found."""

import math
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.files import write_atomically


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The loss over a grid: `values[i, j]` at `names[0] = axes[0][i]` and `names[1] = axes[1][j]`.

    `values` has shape (len(axes[0]), len(axes[1])): first name first, as `torch.meshgrid(indexing="ij")`. `at` holds
    the parameters that were held still, `n` the number of points averaged.

    `method` is the way to the values. Exact, from sums over the points: `sums` (MSE of a prediction linear in both
    parameters), `bins` (its MAE and quantile losses, where one of the two is added to all predictions alike), `ranks`
    (its Huber loss). Every cell by itself: `vectorised` (many in one pass) or `loop` (one after the other).
    """

    names: tuple[str, str]
    axes: tuple[Tensor, Tensor]
    values: Tensor
    method: str
    loss: str
    n: int
    at: Params

    def lowest(self) -> dict[str, float]:
        """The cell with the lowest finite loss: its two parameters and its `loss`; NaN where no cell is finite."""
        finite = self.values.nan_to_num(math.inf, math.inf, math.inf)
        row, column = divmod(int(finite.argmin()), finite.shape[1])
        value = self.values[row, column].item()
        place = (math.nan, math.nan) if not math.isfinite(value) else (self.axes[0][row], self.axes[1][column])
        return {self.names[0]: float(place[0]), self.names[1]: float(place[1]), "loss": value}

    def save(self, path: str | Path) -> None:
        """Write one CSV row per cell, full precision: the two parameters and `loss`. Raises OutputError."""
        first, second = torch.meshgrid(*self.axes, indexing="ij")
        columns = (first, second, self.values)
        arrays = [pa.array(column.detach().cpu().flatten().numpy()) for column in columns]
        with write_atomically(path) as temporary:
            pyarrow.csv.write_csv(pa.table(arrays, names=[*self.names, "loss"]), temporary)
