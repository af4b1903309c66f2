"""Every sentence that a person reads, in Spanish and English, from one catalogue.

The catalogue is `locale/<language>/<room>.json`; the key `"data.missing_file"` is the entry `missing_file` of the
room `data`. A room is read from disk when its first sentence is wanted, so that `gradlab --help` reads only its own.
Placeholders are those of `str.format`, format specifications included: `"loss {loss:.6g} at step {step}"`.
"""

import json
import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("en", "es")
LOCALE = Path(__file__).with_name("locale")


def language_of_locale() -> str:
    """The language that the environment asks for: Spanish if it does so, English otherwise.

    Read in the order of POSIX: `LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`.

    >>> language_of_locale() in LANGUAGES
    True
    """
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "es" if value.lower().startswith("es") else "en"
    return "en"


_language: ContextVar[str | None] = ContextVar("gradlab_language", default=None)


def language() -> str:
    """The language in force here: the one chosen, or else the locale's."""
    return _language.get() or language_of_locale()


def set_language(code: str | None) -> None:
    """Choose the language of all sentences from here on; `None` goes back to the locale's."""
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"language {code!r} is not one of {', '.join(LANGUAGES)}")
    _language.set(code)


@contextmanager
def speaking(code: str) -> "Iterator[None]":
    """Speak `code` within a `with` block.

    >>> with speaking("es"):
    ...     text("outcome.name_converged")
    'convergió'
    """
    before = _language.get()
    set_language(code)
    try:
        yield
    finally:
        _language.set(before)


def text(key: str, /, **values: object) -> str:
    """The sentence `key` in the language in force, its placeholders filled with `values`.

    >>> with speaking("en"):
    ...     text("outcome.name_converged")
    'converged'
    """
    room, _, entry = key.partition(".")
    return catalogue(language(), room)[entry].format(**values)


@cache
def catalogue(code: str, room: str) -> dict[str, str]:
    """All sentences of one room in one language, by entry."""
    return json.loads((LOCALE / code / f"{room}.json").read_text(encoding="utf-8"))
