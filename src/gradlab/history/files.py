"""A History in a file, and back, without losing a digit: CSV, JSON or Parquet by the file's ending.

All have one row per step and the columns `step,loss,mean_y,mean_prediction,<parameters>,grad_<parameters>`, elements of
a tensor parameter as `w[0,1]`. JSON and Parquet also carry what a run needs to go on: settings, outcome, the
optimizer's state (mini-batches need none, they follow from seed and step). A number is written as the float64 equal to
it. A CSV has rows only, and they come back as float64.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gradlab.errors import DataError, shortened
from gradlab.files import check_output, write_atomically
from gradlab.history.columns import History
from gradlab.history.csv_file import read_csv, write_csv
from gradlab.history.json_file import read_json, write_json
from gradlab.history.parquet_file import read_parquet, write_parquet

WRITERS: Mapping[str, Callable[[History, Path], None]] = {
    ".csv": write_csv,
    ".json": write_json,
    ".parquet": write_parquet,
}
READERS: Mapping[str, Callable[[Path], History]] = {".csv": read_csv, ".json": read_json, ".parquet": read_parquet}


def save(history: History, path: str | os.PathLike[str]) -> None:
    """Write `history` whole or not at all.

    Raises OutputError for an ending other than .csv, .json, .parquet, and for a file that cannot be written.
    """
    check_output(path, WRITERS)
    with write_atomically(path) as temporary:
        WRITERS[temporary.suffix.lower()](history, temporary)


def load(path: str | os.PathLike[str]) -> History:
    """The History in a file that `save` wrote.

    Raises DataError for a file that is not there, is none of ours, or is damaged.
    """
    path, shown = Path(path), shortened(os.fspath(path), 1_000)
    try:
        if path.is_dir():
            raise DataError("history.is_folder", path=shown)
        if path.suffix.lower() not in READERS:
            raise DataError("history.suffix", path=shown, suffix=path.suffix or "-", known=", ".join(READERS))
        if not path.exists():
            raise DataError("history.missing_file", path=shown)
        return READERS[path.suffix.lower()](path)
    except OSError as failure:
        raise DataError("history.unreadable", path=shown, reason=failure.strerror or failure) from None
