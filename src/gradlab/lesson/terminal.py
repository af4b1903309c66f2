"""The lesson in a terminal: Markdown as plain, wrapped text."""

import re
import shutil
import textwrap

MAX_WIDTH = 92


def width() -> int:
    """Columns to fill: the terminal's, but no more than reads well."""
    return min(shutil.get_terminal_size((MAX_WIDTH, 24)).columns, MAX_WIDTH)


def plain(markdown: str) -> str:
    """Markdown without its marks: headings underlined, paragraphs and list entries wrapped, links spelled out.

    >>> print(plain("# A title\\n\\nRead **this**: [here](https://example.org)."))
    A title
    =======
    <BLANKLINE>
    Read this: here (https://example.org).
    """
    return "\n\n".join(map(_block, re.split(r"\n{2,}", markdown.strip())))


def _block(block: str) -> str:
    if heading := re.fullmatch(r"(#+) (.+)", block):
        rule = "=" if len(heading[1]) == 1 else "-"
        return f"{_inline(heading[2])}\n{rule * len(_inline(heading[2]))}"
    if block.startswith("|"):
        return _table(block.splitlines())
    if block.startswith(">"):
        return textwrap.indent(_inline(re.sub(r"^> ?", "", block, flags=re.MULTILINE)), "    ")
    if re.match(r"(-|\d+\.) ", block):
        entries = re.split(r"\n(?=(?:-|\d+\.) )", block)
        return "\n".join(_wrapped(entry, hanging=len(entry.split(" ", 1)[0]) + 1) for entry in entries)
    return _wrapped(block)


def _wrapped(text: str, hanging: int = 0) -> str:
    return textwrap.fill(
        " ".join(_inline(text).split()), width(), subsequent_indent=" " * hanging, break_long_words=False
    )


def _inline(text: str) -> str:
    text = re.sub(r"\[([^]]+)\]\(([^)]+)\)", r"\1 (\2)", text)
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text, flags=re.DOTALL)
    text = re.sub(r"(?<![\w*])\*(?![\s*])(.+?)(?<![\s*])\*(?![\w*])", r"\1", text, flags=re.DOTALL)
    return text.replace("`", "")


def _table(lines: list[str]) -> str:
    """Columns as wide as their widest entry; the row of dashes under the heading stays."""
    rows = [[_inline(entry).strip() for entry in line.strip("|").split("|")] for line in lines]
    rows[1] = []
    widths = [max(map(len, column)) for column in zip(*(row for row in rows if row), strict=True)]
    rows[1] = ["─" * columns for columns in widths]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
