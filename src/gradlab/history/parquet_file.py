"""A History as a Parquet table, its notes in the table's metadata."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gradlab.errors import DataError
from gradlab.history.columns import History, flat_columns
from gradlab.history.notes import history_from, notes_of
from gradlab.history.table import Shapes

if TYPE_CHECKING:
    import pyarrow

KEY = b"gradlab"


def write_parquet(history: History, path: Path) -> None:
    """float32 and float64 as they are; Parquet has no shorter floats, so those are widened."""
    import pyarrow
    from pyarrow.parquet import write_table

    columns = {name: _storable(column).numpy() for name, column in flat_columns(history.columns)}
    table = pyarrow.table(columns)
    notes = json.dumps(notes_of(history), allow_nan=False)
    with path.open("wb") as file:
        write_table(table.replace_schema_metadata({KEY: notes}), file)


def _storable(column: Tensor) -> Tensor:
    return column if column.dtype in (torch.float32, torch.float64, torch.int64) else column.double()


def read_parquet(path: Path) -> History:
    """The History out of the file."""
    import pyarrow
    from pyarrow.parquet import read_table

    with path.open("rb") as file:
        try:
            table = read_table(file)
        except (pyarrow.ArrowException, OSError) as failure:
            reason = str(failure).partition("\n")[0]
            raise DataError("history.not_parquet", path=os.fspath(path), reason=reason) from None
    try:
        notes = json.loads((table.schema.metadata or {}).get(KEY, b"null"))
    except (ValueError, RecursionError):
        notes = None

    def flat(shapes: Shapes) -> dict[str, Tensor]:
        return {name: _column(table[name]) for name in table.column_names}

    return history_from(os.fspath(path), notes, flat)


def _column(column: "pyarrow.ChunkedArray") -> Tensor:
    if column.null_count:
        raise ValueError("a cell is empty")
    return torch.tensor(column.to_numpy())
