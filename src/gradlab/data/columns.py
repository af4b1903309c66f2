"""Which columns of a file are meant, and a column as a tensor: the same for every kind of file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gradlab.errors import DataError, shortened

if TYPE_CHECKING:
    import pyarrow


def positions(names: Sequence[str], wanted: Sequence[str], path: Path) -> list[int]:
    """Where the columns `wanted` stand among `names`; each must be there once, and be wanted once."""
    shown = os.fspath(path)
    for name in wanted:
        if name not in names:
            raise DataError.unknown("data.missing_column", name, names, path=shown)
        if names.count(name) > 1:
            raise DataError("data.column_twice", path=shown, name=shortened(name), count=names.count(name))
        if wanted.count(name) > 1:
            raise DataError("data.wanted_twice", name=shortened(name))
    return [names.index(name) for name in wanted]


def to_tensor(column: "pyarrow.ChunkedArray", name: str, path: Path, place: Callable[[int], dict[str, int]]) -> Tensor:
    """A column of float64 as a tensor of shape (n,); `place(row)` says what else tells where a row stands.

    Raises DataError with the number of cells that are empty, NaN or infinite, and the first of them.
    """
    values = torch.tensor(column.to_numpy())
    missing = ~torch.isfinite(values)
    if missing.any():
        row = int(missing.to(torch.uint8).argmax()) + 1
        found = {"path": os.fspath(path), "column": shortened(name), "count": int(missing.sum()), "row": row}
        where = place(row)
        raise DataError("data.missing_values_line" if where else "data.missing_values", **found, **where)
    return values
