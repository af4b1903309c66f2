"""A model out of a file of Python: `FILE.py:FUNCTION`."""

import inspect
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from gradlab.errors import ModelError, shortened

_MODULE = "_gradlab_model_file"


def from_file(reference: str) -> Any:
    """What `FILE.py:FUNCTION` names, the file having been run as a module (its `__name__` is not `"__main__"`).

    Raises ModelError: no such file, it does not parse (line), it raises while being loaded (what, line), it has no such
    function (those there are).
    """
    file, _, name = reference.rpartition(":") if not reference.endswith(".py") else (reference, "", "")
    path = Path(file)
    module = _run(path)
    functions = [
        known for known, value in vars(module).items() if inspect.isfunction(value) and value.__module__ == _MODULE
    ]
    if not functions and name not in vars(module):
        raise ModelError("models.file_without_functions", path=file)
    if name not in vars(module):
        raise ModelError.unknown("models.no_function", name or "-", functions, path=file)
    if not callable(vars(module)[name]) or inspect.isclass(vars(module)[name]):
        raise ModelError("models.not_a_function", path=file, name=name)
    return vars(module)[name]


def _run(path: Path) -> ModuleType:
    shown = os.fspath(path)
    module = ModuleType(_MODULE)
    module.__file__ = shown
    try:
        code = compile(path.read_bytes(), shown, "exec")
    except OSError as failure:
        key = "models.missing_file" if isinstance(failure, FileNotFoundError) else "models.unreadable_file"
        raise ModelError(key, path=shown, reason=failure.strerror or str(failure)) from None
    except SyntaxError as failure:
        raise ModelError("models.syntax", path=shown, line=failure.lineno or 1, reason=failure.msg) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as failure:
        raise ModelError("models.syntax", path=shown, line=1, reason=shortened(str(failure))) from None
    with _as_if_imported(module, path):
        try:
            exec(code, vars(module))
        except (Exception, SystemExit) as failure:
            raise _raised(failure, shown) from failure
    return module


@contextmanager
def _as_if_imported(module: ModuleType, path: Path) -> Iterator[None]:
    """Files beside it can be imported; what it prints goes to stderr, for stdout may be somebody's JSON."""
    sys.modules[_MODULE] = module
    sys.path.insert(0, os.fspath(path.resolve().parent))
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.path.pop(0)


def _raised(failure: BaseException, path: str) -> ModelError:
    lines = [frame.lineno for frame in traceback.extract_tb(failure.__traceback__) if frame.filename == path]
    reason = shortened(f"{type(failure).__name__}: {failure}", 200)
    return ModelError("models.raised", path=path, line=lines[-1] if lines else 1, reason=reason)
