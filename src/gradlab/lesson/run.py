"""Run the cells of a lesson, in order, in one namespace."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gradlab.errors import LessonError
from gradlab.lesson.outputs import Output, collecting
from gradlab.lesson.script import Cell


@dataclass(frozen=True, slots=True)
class Executed:
    """A cell and what it left; prose leaves nothing."""

    cell: Cell
    outputs: tuple[Output, ...] = ()


def run(cells: list[Cell], path: Path, **parameters: object) -> Iterator[Executed]:
    """Run `cells` one by one, yielding each as soon as it is done.

    The cell tagged "parameters" is replaced by `parameters`, so that what is shown is what ran. `path` is the script's,
    for tracebacks and for the recorder, which reads the source of the code that it watches.

    Raises LessonError, naming station and cell, when a cell fails.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        if cell.is_parameters:
            cell = replace(cell, source="\n".join(f"{name} = {value!r}" for name, value in parameters.items()))
        yield Executed(cell, _execute(cell, path, namespace) if cell.kind == "code" else ())


def _execute(cell: Cell, path: Path, namespace: dict[str, Any]) -> tuple[Output, ...]:
    """Empty lines before the source give each statement the line number that it has in the script."""
    try:
        code = compile("\n" * (cell.line - 1) + cell.source, str(path), "exec")
        with collecting() as outputs:
            exec(code, namespace)
    except Exception as failure:
        raise LessonError(
            "lesson.failed_cell",
            station=cell.station,
            number=cell.number,
            file=path.name,
            line=_line_of(failure, path) or cell.line,
            failure=f"{type(failure).__name__}: {failure}",
        ) from failure
    return tuple(outputs)


def _line_of(failure: Exception, path: Path) -> int | None:
    """The line of the script that was running when `failure` arose; None for a cell that is no Python at all."""
    frames = traceback.extract_tb(failure.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)
