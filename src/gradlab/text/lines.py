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
    sides = ["<" if column < left else ">" for column in range(len(widths))]
    lines = (zip(row, sides, widths, strict=True) for row in rows)
    return ["  ".join(f"{cell:{side}{width}}" for cell, side, width in line).rstrip() for line in lines]
