"""Files of at most 300 lines and functions of at most 40: `python tools/sizes.py [FOLDER]...` names what is larger.

Of the lab's JavaScript only the files are measured.

A function counts from its `def` to its last line without its docstring, which may be as long as it needs to be; a
function inside another counts in both.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
FOLDERS = ("src", "tests", "tools", "bench", "front/src")
ENDS = (".py", ".js")
TEXTS = "lesson/scripts"
"""The lesson's scripts are texts to read from top to bottom, with code between: as long as the lesson."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def docstring_lines(function: Function) -> int:
    first = function.body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0


def function_lines(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1 - docstring_lines(function)


def too_large(path: Path) -> Iterator[str]:
    """A sentence for the file, if it is too long, and for each function in it that is."""
    source = path.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines, at most {FILE_LINES}: does it hold two rooms?"
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function) and function_lines(node) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {function_lines(node)} lines, at most {FUNCTION_LINES}"


def main(folders: list[str]) -> int:
    paths = sorted(path for folder in folders or FOLDERS for end in ENDS for path in Path(folder).rglob(f"*{end}"))
    paths = [path for path in paths if TEXTS not in path.as_posix() and "static" not in path.parts]
    sentences = [sentence for path in paths for sentence in too_large(path)]
    print("\n".join(sentences) or f"{len(paths)} files, none too large")
    return bool(sentences)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
