"""A CSV file as columns of numbers; what pyarrow finds wrong with it, in a sentence with line and value."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gradlab.data.columns import positions, to_tensor
from gradlab.data.header import Header, read_header
from gradlab.errors import DataError, shortened

if TYPE_CHECKING:
    import pyarrow
    from torch import Tensor

_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_NO_NUMBER = re.compile(r"column #(\d+): Row #(\d+): .*invalid value '(.*)'", re.DOTALL)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def read_csv(path: Path, wanted: Sequence[str]) -> "list[Tensor]":
    """The columns `wanted` of a CSV file with a header, float64, each of shape (n,)."""
    header = read_header(path)
    chosen = positions(header.names, wanted, path)
    table = _parse(path, header, chosen)
    if not table.num_rows:
        raise DataError("data.header_only", path=os.fspath(path))

    def place(row: int) -> dict[str, int]:
        return {"line": _line(path, header, row)}

    return [to_tensor(table[str(index)], header.names[index], path, place) for index in chosen]


def _parse(path: Path, header: Header, chosen: Sequence[int]) -> "pyarrow.Table":
    """One thread only: with several, pyarrow cannot say in which row it stumbled."""
    import pyarrow
    from pyarrow import csv

    columns = [str(index) for index in range(len(header.names))]  # names may be double or empty; positions are not
    included = [str(index) for index in chosen]
    try:
        return csv.read_csv(
            os.fspath(path),
            csv.ReadOptions(
                use_threads=False,
                skip_rows=header.lines,
                column_names=columns,
                block_size=max(1 << 20, 4 * header.length),
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(included, pyarrow.float64()), include_columns=included
            ),
        )
    except pyarrow.ArrowInvalid as failure:
        _explain(str(failure), path, header)


def _explain(reason: str, path: Path, header: Header) -> NoReturn:
    shown = os.fspath(path)
    if match := _RAGGED.search(reason):
        line = _line(path, header, int(match[1]) - header.lines)
        raise DataError("data.ragged", path=shown, line=line, wanted=int(match[2]), given=int(match[3])) from None
    if match := _NO_NUMBER.search(reason):
        row, value = int(match[2]) - header.lines, match[3]
        key = "data.decimal_comma" if _DECIMAL_COMMA.fullmatch(value) else "data.not_a_number"
        raise DataError(
            key,
            path=shown,
            column=shortened(header.names[int(match[1])]),
            row=row,
            line=_line(path, header, row),
            value=shortened(value),
        ) from None
    if "Could not skip" in reason:
        raise DataError("data.header_only", path=shown) from None
    raise DataError("data.not_csv", path=shown, reason=shortened(reason)) from None


def _line(path: Path, header: Header, row: int) -> int:
    """The line of the file that holds a row of data, both counted from 1: pyarrow passes over empty lines."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if number > header.lines and line != "\n":
                row -= 1
                if not row:
                    return number
    return number
