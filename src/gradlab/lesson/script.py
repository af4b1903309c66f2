"""The lesson as it is kept: one Python file a language, in jupytext's percent format.

`# %% [markdown]` opens a cell of prose, whose lines are comments; `# %%` opens a cell of code. The file runs as it is,
opens as a notebook in Jupyter and in editors, and is read here into `Cell`s.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from gradlab.errors import OptionError

LANGUAGES = ("en", "es")
_MARKER = re.compile(r"# %%(?: \[(?P<kind>markdown)\])?(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `kind` is "prose" or "code", `line` the line of the script where its source begins, counted from 1.

    `station` is the last heading of the first or second level at or above it, `number` its place among the station's
    code cells.
    """

    kind: str
    source: str
    line: int
    station: str
    number: int
    is_parameters: bool = False


def path_of(language: str) -> Path:
    """Where the script of `language` lies, in a checkout and in an installed wheel alike."""
    if language not in LANGUAGES:
        raise OptionError("lesson.unknown_language", language=language, known=", ".join(LANGUAGES))
    return Path(str(files("gradlab.lesson") / "scripts" / f"lesson_{language}.py"))


def read(path: Path) -> list[Cell]:
    """The cells of the script at `path`, empty ones left out."""
    return list(_cells(path.read_text(encoding="utf-8").splitlines()))


def _cells(lines: list[str]) -> Iterator[Cell]:
    starts = [index for index, line in enumerate(lines) if _MARKER.fullmatch(line)]
    station, number = "", 0
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = _MARKER.fullmatch(lines[start])
        assert marker is not None  # `starts` are the lines that match
        body = lines[start + 1 : end]
        is_prose = marker["kind"] is not None
        source = "\n".join(map(_uncomment, body) if is_prose else body).strip("\n")
        if not source:
            continue
        if is_prose and (heading := re.search(r"^##? (.+)$", source, re.MULTILINE)):
            station, number = heading[1], 0
        number += not is_prose
        skipped = next(index for index, line in enumerate(body) if line.strip("# "))
        yield Cell(
            kind="prose" if is_prose else "code",
            source=source,
            line=start + 2 + skipped,
            station=station,
            number=number,
            is_parameters="parameters" in marker["rest"],
        )


def _uncomment(line: str) -> str:
    return line.removeprefix("#").removeprefix(" ")
