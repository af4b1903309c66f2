"""A History as a CSV file: the rows alone."""

import csv
import math
import os
from array import array
from collections.abc import Iterator
from pathlib import Path

import torch

from gradlab.errors import DataError, shortened
from gradlab.history.columns import MEASURES, History
from gradlab.history.notes import check_steps
from gradlab.history.steps import Outcome
from gradlab.history.table import Shapes, flat_names, shapes_of, whole_columns


def write_csv(history: History, path: Path) -> None:
    """The shortest decimals that read back as the same float64; nan, inf and -inf by those names."""
    table = history.table()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def read_csv(path: Path) -> History:
    """The History out of the file, in float64, without settings and state."""
    shown = os.fspath(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        try:
            lines = csv.reader(file)
            names = next(lines, [])
            shapes = _shapes(shown, names)
            numbers = array("d")
            for row in lines:
                numbers.extend(_numbers(shown, lines.line_num, row, names))
        except (csv.Error, UnicodeDecodeError):
            raise DataError("history.not_csv", path=shown) from None
    if not numbers:
        raise DataError("history.no_rows", path=shown)
    flat = torch.frombuffer(numbers, dtype=torch.float64).reshape(-1, len(names))
    table = {name: column.clone() for name, column in zip(names, flat.unbind(1), strict=True)}
    try:
        columns = whole_columns(table, shapes)
        columns["step"] = columns["step"].long()
        check_steps(columns["step"])
    except (KeyError, ValueError):
        raise DataError("history.damaged", path=shown, part="step") from None
    return History(columns, tuple(shapes), _outcome(columns, shapes))


def _shapes(path: str, names: list[str]) -> Shapes:
    """The parameters that the header tells of; DataError where it is no header of a History."""
    count = len(names) // 2 - len(MEASURES) // 2
    parameters = names[len(MEASURES) :][:count]
    if not parameters or names != [*MEASURES, *parameters, *(f"grad_{name}" for name in parameters)]:
        raise DataError("history.header", path=path)
    try:
        shapes = shapes_of(parameters)
    except ValueError:
        raise DataError("history.header", path=path) from None
    # Counted before they are listed: a header may claim an element w[999999999].
    if sum(map(math.prod, shapes.values())) != count or parameters != flat_names(shapes):
        raise DataError("history.header", path=path)
    return shapes


def _numbers(path: str, line: int, row: list[str], names: list[str]) -> Iterator[float]:
    if len(row) != len(names):
        raise DataError("history.ragged", path=path, line=line, given=len(row), wanted=len(names))
    for name, cell in zip(names, row, strict=True):
        try:
            yield float(cell)
        except ValueError:
            raise DataError(
                "history.cell", path=path, line=line, column=shortened(name), value=shortened(cell)
            ) from None


def _outcome(columns: dict[str, torch.Tensor], shapes: Shapes) -> Outcome:
    """What can be said of a run from its rows: where it stood at the end, and whether on finite numbers."""
    loss, slopes = columns["loss"][-1], [columns[f"grad_{name}"][-1].reshape(-1) for name in shapes]
    norm = float(torch.linalg.vector_norm(torch.cat(slopes)))
    finite = math.isfinite(loss) and math.isfinite(norm)
    last = len(columns["step"]) - 1
    if finite:
        return Outcome("steps-done", last, float(loss), norm)
    return Outcome("diverged", last, float(loss), norm, "non-finite")
