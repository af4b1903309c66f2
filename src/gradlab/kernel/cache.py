"""Compiled code kept on disk from one process to the next.

A file is named by the hash of everything that its code depends on (the whole text, rules included, the compiler's
version, the processor) and begins with the hash of what it holds. Whatever is wrong with the folder or the file, the
code is compiled again: a cache may save time, and nothing else.
"""

import os
from hashlib import blake2b
from pathlib import Path

MOST_FILES = 500
_HASH = 32


def folder() -> Path:
    """`GRADLAB_CACHE`, or `gradlab` in the cache folder of the user."""
    if own := os.environ.get("GRADLAB_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "gradlab"


def kept(key: str) -> bytes | None:
    """The code under `key`, if it is there and whole."""
    try:
        content = _file(key).read_bytes()
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return None
    return content[_HASH:] if _hash(content[_HASH:]) == content[:_HASH] else None


def keep(key: str, code: bytes) -> None:
    """Write `code` under `key`, whole or not at all; the oldest files go when there are too many."""
    try:
        file = _file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(_hash(code) + code)
        temporary.replace(file)
        _make_room(file.parent)
    except (OSError, RuntimeError):
        return


def _make_room(place: Path) -> None:
    files = sorted(place.glob("*.o"), key=lambda file: file.stat().st_mtime)
    for file in files[:-MOST_FILES]:
        file.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return folder() / f"{_hash(key.encode()).hex()}.o"


def _hash(content: bytes) -> bytes:
    return blake2b(content, digest_size=_HASH).digest()
