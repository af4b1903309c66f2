"""Running a training script unchanged, under watch."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from gradlab.doctor.finding import Finding
from gradlab.doctor.watching import watch
from gradlab.errors import DataError

INTERRUPTED = 130
"""The exit status after ctrl-C."""


class Diagnosis(NamedTuple):
    """What was found, the script's own exit status, and the exception that ended it, where one did."""

    findings: tuple[Finding, ...]
    status: int
    exception: Exception | None


def diagnose_script(path: str, argv: Sequence[str] = ()) -> Diagnosis:
    """Run the script at `path` with the arguments `argv` as Python would, and watch its training loop.

    Its output, arguments, `__name__`, `__file__`, working folder and `sys.path[0]` are as without us, and so is its
    status: 0, what it gave to `sys.exit`, 1 for an exception, 130 for ctrl-C. The exception carries our note and none
    of our frames; printing it, as `sys.excepthook(type(e), e, e.__traceback__)` does, is left to the caller.
    Raises DataError if there is no such file, or if it does not parse.
    """
    code = _compiled(path)
    watching = watch()
    exception: Exception | None = None
    status = 0
    with _as_main(path, code, argv) as script:
        try:
            with watching:
                exec(code, vars(script))
        except SystemExit as leaving:
            status = _status(leaving)
        except KeyboardInterrupt:
            status = INTERRUPTED
        except Exception as raised:
            exception = raised.with_traceback(raised.__traceback__ and raised.__traceback__.tb_next)
            status = 1
    return Diagnosis(watching.findings, status, exception)


def _compiled(path: str) -> CodeType:
    try:
        source = Path(path).read_bytes()
    except OSError as failure:
        raise DataError("doctor.missing_script", path=path, reason=failure.strerror) from None
    try:
        return compile(source, str(Path(path).absolute()), "exec", dont_inherit=True)
    except SyntaxError as failure:
        line, reason = failure.lineno or 0, failure.msg
    except ValueError as failure:  # a NUL byte
        line, reason = 0, str(failure)
    raise DataError("doctor.unreadable_script", path=path, line=line, reason=reason)


@contextmanager
def _as_main(path: str, code: CodeType, argv: Sequence[str]) -> Iterator[ModuleType]:
    """The script's module as `__main__`, with the arguments and the first search folder that Python would give it."""
    script = ModuleType("__main__")
    vars(script).update(
        __file__=code.co_filename,
        __builtins__=sys.modules["builtins"],
        __cached__=None,
        __loader__=SourceFileLoader("__main__", code.co_filename),
        __annotations__={},
    )
    before = sys.modules["__main__"], sys.argv, list(sys.path)
    sys.modules["__main__"], sys.argv = script, [path, *argv]
    sys.path[:1] = [str(Path(path).resolve().parent)]
    try:
        yield script
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = before


def _status(leaving: SystemExit) -> int:
    """What the interpreter makes of the argument of sys.exit: a text is printed and counts as failure."""
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code
    print(leaving.code, file=sys.stderr)
    return 1
