"""Points out of a file and into a file: CSV with a header, or Parquet."""

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gradlab.data.bundled import datasets, find, side_by_side
from gradlab.data.csv_file import read_csv
from gradlab.data.parquet_file import read_parquet
from gradlab.data.points import Points
from gradlab.errors import DataError, listed, shortened
from gradlab.files import check_output, write_atomically

if TYPE_CHECKING:
    import pyarrow

READERS: Mapping[str, Callable[[Path, Sequence[str]], list[Tensor]]] = {".csv": read_csv, ".parquet": read_parquet}
"""How a file is read, by its ending."""


def read(
    source: str | os.PathLike[str],
    x: str | Sequence[str] | None = None,
    y: str = "y",
    dtype: torch.dtype = torch.float64,
) -> Points:
    """Points from a CSV file with a header, from a Parquet file, or from a bundled dataset by its name.

    `x` names the column or columns of x (without it "x", or all predictors of a bundled dataset), `y` the one of y.
    A CSV file is cut by commas, in UTF-8, with decimal points. Several columns give x of shape (n, k).

    Raises DataError for a file that is not there or cannot be read so, a column that is not there, and a cell that is
    empty, NaN, infinite or no number, with its row and line.

    >>> read("Longley").x.shape, read("Longley", x="x2").names
    (torch.Size([16, 6]), ('x2',))
    """
    entry = find(os.fspath(source))
    path = Path(source) if entry is None else entry["path"]
    default = ("x",) if entry is None else tuple(entry["predictors"])
    names = (x,) if isinstance(x, str) else tuple(x or default)
    try:
        _check_file(path)
        *inputs, response = READERS[path.suffix.lower()](path, (*names, y))
    except OSError as failure:
        raise _unreadable(path, failure) from None
    return Points(side_by_side(inputs), response, names).to(dtype)


def _check_file(path: Path) -> None:
    shown = shortened(os.fspath(path), 1_000)
    try:
        missing, folder, ordinary = not path.exists(), path.is_dir(), path.is_file()
    except ValueError:  # a NUL in the name
        missing, folder, ordinary = True, False, False
    if missing:
        raise DataError.unknown("data.missing_file", path.name, _readable(path.parent), path=shown)
    if folder:
        raise DataError("data.is_folder", path=shown, known=listed(_readable(path)) or "-")
    if path.suffix.lower() not in READERS:
        raise DataError("data.suffix", path=shown, suffix=path.suffix or "-", known=listed(READERS))
    if not ordinary:
        raise DataError("data.not_a_file", path=shown)


def _readable(folder: Path) -> list[str]:
    """Names that could have been meant: the files of a folder that can be read, and the bundled datasets."""
    try:
        files = [path.name for path in islice(folder.iterdir(), 1_000) if path.suffix.lower() in READERS]
    except (OSError, ValueError):
        files = []
    return [*sorted(files), *datasets()]


def _unreadable(path: Path, failure: OSError) -> DataError:
    return DataError("data.unreadable", path=shortened(os.fspath(path), 1_000), reason=failure.strerror or str(failure))


def write(points: Points, path: str | os.PathLike[str]) -> None:
    """Points into a CSV or Parquet file that `read` gives back to the last digit; y is the last column.

    Raises OutputError where the file cannot be written, DataError where a column of x is called y.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Points([0.1, 0.2], [1, 2]), f"{folder}/points.csv")
    ...     Path(folder, "points.csv").read_text().split()
    ['x,y', '0.1,1', '0.2,2']
    """
    import pyarrow

    check_output(path, READERS)
    names = (*points.names, "y")
    if len(set(names)) < len(names):
        raise DataError("data.written_twice", names=listed(names))
    columns = [*(points.x.unsqueeze(1) if points.x.dim() == 1 else points.x).unbind(1), points.y]
    wide = [column if column.element_size() >= 4 else column.float() for column in columns]  # no CSV of half precision
    table = pyarrow.table([column.cpu().numpy() for column in wide], names=list(names))
    with write_atomically(path) as temporary:
        _write_csv(table, temporary) if temporary.suffix.lower() == ".csv" else _write_parquet(table, temporary)


def _write_csv(table: "pyarrow.Table", path: Path) -> None:
    """The shortest decimals that read back as the same number; names are quoted only where they have to be."""
    from pyarrow.csv import WriteOptions, write_csv

    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(table.column_names)
    with path.open("ab") as file:
        write_csv(table, file, WriteOptions(include_header=False))


def _write_parquet(table: "pyarrow.Table", path: Path) -> None:
    from pyarrow.parquet import write_table

    with path.open("wb") as file:
        write_table(table, file)
