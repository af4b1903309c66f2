"""Writing a file whole or not at all: under a temporary name beside its place, then renamed."""

import errno
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from gradlab.errors import OutputError, listed

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def check_output(path: str | os.PathLike[str], suffixes: Collection[str] = ()) -> Path:
    """The place where `path` can be written, said before any long work is done for it.

    `suffixes` are the endings that are understood, such as `(".csv", ".json")`; none means any.

    Raises OutputError: an ending not understood, no such folder, a folder itself, no permission.
    """
    shown, path = os.fspath(path), Path(path)
    if suffixes and path.suffix.lower() not in suffixes:
        raise OutputError("files.suffix", path=shown, suffix=path.suffix or "-", known=listed(suffixes))
    try:
        place = Path(os.path.realpath(path))  # a link stays a link: what it points to is replaced
        exists, is_folder, has_folder = place.exists(), place.is_dir(), place.parent.is_dir()
    except (OSError, ValueError) as failure:  # a name too long, or with a NUL
        raise _failed(shown, failure) from None
    if is_folder:
        raise OutputError("files.is_folder", path=shown)
    if not has_folder:
        raise OutputError("files.no_folder", path=shown, folder=os.fspath(path.parent))
    if not os.access(place if exists else place.parent, os.W_OK):
        raise OutputError("files.not_writable", path=shown)
    return place


@contextmanager
def write_atomically(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`, with its ending, for a `with` block to write; renamed at the end of the block.

    Whatever goes wrong in the block, no temporary file is left and `path` is as it was before. What is no regular file
    (/dev/stdout) is written directly.

    Raises OutputError for what `check_output` refuses, a full disk, and any other failure to write.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_atomically(Path(folder) / "note.txt") as temporary:
    ...         _ = temporary.write_text("whole")
    ...     [(file.name, file.read_text()) for file in Path(folder).iterdir()]
    [('note.txt', 'whole')]
    """
    place = check_output(path)
    replaceable = place.is_file() or not place.exists()
    temporary = place.with_name(f".{secrets.token_hex(8)}{place.suffix}") if replaceable else place
    try:
        yield temporary
        if replaceable:
            if place.exists():
                temporary.chmod(place.stat().st_mode)
            temporary.replace(place)
    except OSError as failure:
        raise _failed(os.fspath(path), failure) from failure
    finally:
        if replaceable:
            temporary.unlink(missing_ok=True)


def _failed(path: str, failure: OSError | ValueError) -> OutputError:
    if isinstance(failure, OSError) and failure.errno in _FULL:
        return OutputError("files.disk_full", path=path)
    reason = getattr(failure, "strerror", None) or str(failure)
    return OutputError("files.failed", path=path, reason=reason)
