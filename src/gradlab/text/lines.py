"""Lines of at most 80 columns: lists that wrap, sentences that hang from a label, tables with aligned columns."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

WIDTH = 80
INDENT = "    "


def plain(name: str, width: int = 24) -> str:
    """A name on one line, without control characters, the middle of a long one left out.

    >>> plain("price of\\nthe goods in the warehouse", 16)
    'price o…arehouse'
    """
    printable = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return printable if len(printable) <= width else f"{printable[: (width - 1) // 2]}…{printable[-(width // 2) :]}"


def listed(label: str, pieces: Iterable[str]) -> Iterator[str]:
    """A label and pieces with commas; a line breaks between two pieces, never inside one.

    >>> list(listed("gradient: ", ["∂L/∂m = 1", "∂L/∂b = 2"]))
    ['gradient: ∂L/∂m = 1, ∂L/∂b = 2']
    """
    line, separator = label, ""
    for piece in pieces:
        if separator and len(line) + len(piece) + 3 > WIDTH:
            yield f"{line},"
            line, separator = INDENT, ""
        line, separator = f"{line}{separator}{piece}", ", "
    yield line


def hanging(label: str, sentence: str) -> list[str]:
    """A sentence beside its label, wrapped so that no line begins under the label."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=label, subsequent_indent=" " * len(label), break_on_hyphens=False
    )


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows with their columns one below the other: the first `left` of them on the left, the others on the right.

    >>> aligned([["name", "n"], ["Norris", "36"]])
    ['name     n', 'Norris  36']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            f"{cell:<{w}}" if i < left else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
