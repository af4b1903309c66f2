"""The first line of a CSV file: is this text at all, how is it cut into columns, and what are they called."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from gradlab.errors import DataError

_SNIFFED_BYTES = 1 << 16
_LONGEST_HEADER = 1 << 26
_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")
_OTHER_SEPARATORS = {";": "data.semicolons", "\t": "data.tabs"}


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns; the number of lines and of bytes up to the end of the header."""

    names: tuple[str, ...]
    lines: int
    length: int


def read_header(path: Path) -> Header:
    """The header of a CSV file; names lose the blanks around them, and the file its byte order mark.

    Raises DataError for a file that is empty, is no text, is not in UTF-8, or is cut by something else than commas.
    """
    shown = os.fspath(path)
    with path.open("rb") as file:
        _check_text(file.read(_SNIFFED_BYTES), shown)
        file.seek(0)
        lines = 1
        while (line := file.readline(_LONGEST_HEADER)) and not line.strip():
            lines += 1
        length = file.tell()
    if not line:
        raise DataError("data.empty", path=shown)
    return Header(_names(line, shown), lines, length)


def _check_text(start: bytes, path: str) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("data.utf16", path=path)
    if not _NO_TEXT.isdisjoint(start):
        raise DataError("data.binary", path=path)


def _names(line: bytes, path: str) -> tuple[str, ...]:
    try:
        text = line.decode("utf-8-sig").splitlines()[0]
        names = tuple(name.strip() for name in next(csv.reader([text], strict=True)))
    except UnicodeDecodeError:
        raise DataError("data.not_utf8", path=path) from None
    except csv.Error as failure:
        raise DataError("data.not_csv", path=path, reason=str(failure)) from None
    if len(names) == 1:
        for separator, key in _OTHER_SEPARATORS.items():
            if separator in names[0]:
                raise DataError(key, path=path)
    if all(map(_is_number, names)):
        raise DataError("data.no_header", path=path)
    return names


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
