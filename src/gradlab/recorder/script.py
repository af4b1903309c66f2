"""Running a person's script as `python SCRIPT.py ARG...` would: same `__name__`, arguments, folder and output."""

import difflib
import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from gradlab.errors import BadInputError, shortened


def read_script(path: str | os.PathLike[str]) -> CodeType:
    """The script at `path`, compiled.

    Raises BadInputError: no such file (the nearest there is), a folder, not readable, no Python (line and reason).
    """
    shown = os.fspath(path)
    try:
        return compile(Path(path).read_bytes(), shown, "exec", dont_inherit=True)
    except FileNotFoundError:
        raise _missing(Path(path)) from None
    except IsADirectoryError:
        raise BadInputError("script.is_folder", path=shown) from None
    except OSError as failure:
        raise BadInputError("script.unreadable", path=shown, reason=failure.strerror or str(failure)) from None
    except SyntaxError as failure:
        line, reason = failure.lineno or 1, failure.msg
        quoted = shortened(linecache.getline(shown, line).strip())
        raise BadInputError("script.syntax", path=shown, line=line, reason=reason, quoted=quoted) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as failure:  # a NUL, brackets without end
        reason = shortened(str(failure))
        raise BadInputError("script.syntax", path=shown, line=1, reason=reason, quoted="") from None


def _missing(path: Path) -> BadInputError:
    beside = [other.name for other in path.parent.glob("*.py")] if path.parent.is_dir() else []
    nearest = difflib.get_close_matches(path.name, beside, 1)
    if nearest:
        return BadInputError(
            "script.missing_nearest", path=os.fspath(path), nearest=os.fspath(path.parent / nearest[0])
        )
    return BadInputError("script.missing", path=os.fspath(path))


def run_script(code: CodeType, path: str | os.PathLike[str], arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Run what `read_script` gave, as `__main__`; its variables at the end. What it raises passes through.

    `sys.exit` is left to the caller, as `SystemExit`.
    """
    module = ModuleType("__main__")
    module.__file__ = os.fspath(path)
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]  # what the interpreter gives to every module
    with _as_main(module, Path(path), arguments):
        exec(code, vars(module))
    return vars(module)


@contextmanager
def _as_main(module: ModuleType, path: Path, arguments: Sequence[str]) -> Iterator[None]:
    main, argv, search = sys.modules["__main__"], sys.argv, sys.path[:]
    sys.modules["__main__"], sys.argv = module, [os.fspath(path), *arguments]
    sys.path.insert(0, os.fspath(path.resolve().parent))
    try:
        yield
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = main, argv, search


def line_of_failure(failure: BaseException, path: str | os.PathLike[str]) -> int:
    """The last line of the script itself on the way to what it raised."""
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == os.fspath(path) and frame.lineno]
    return lines[-1] if lines else 1
