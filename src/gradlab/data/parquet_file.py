"""A Parquet file as columns of numbers."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradlab.data.columns import positions, to_tensor
from gradlab.errors import DataError, shortened

if TYPE_CHECKING:
    import pyarrow
    from torch import Tensor


def read_parquet(path: Path, wanted: Sequence[str]) -> "list[Tensor]":
    """The columns `wanted` of a Parquet file, whatever their kind of number, as float64, each of shape (n,)."""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            chosen = positions(file.schema_arrow.names, wanted, path)
            _check_kinds(file.schema_arrow, chosen, path)
            table = file.read(columns=list(wanted))
    except (pyarrow.ArrowException, OSError) as failure:
        raise DataError("data.not_parquet", path=os.fspath(path), reason=shortened(str(failure))) from None
    if not table.num_rows:
        raise DataError("data.no_rows", path=os.fspath(path))
    return [to_tensor(table[name].cast(pyarrow.float64(), safe=False), name, path, lambda row: {}) for name in wanted]


def _check_kinds(schema: "pyarrow.Schema", chosen: Sequence[int], path: Path) -> None:
    from pyarrow import types

    for index in chosen:
        kind = schema.field(index).type
        if not (types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)):
            raise DataError(
                "data.kind_of_column", path=os.fspath(path), column=shortened(schema.names[index]), kind=str(kind)
            )
