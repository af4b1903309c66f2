"""The exception tree: misuse is an exception that says what happened, your numbers, the likely cause, the next move.

Outcomes of a computation (diverged, non-finite, steps done) are no exceptions but values in the History.
"""

import difflib
from collections.abc import Collection
from itertools import islice
from typing import Self

from gradlab import messages

SHOWN_NAMES = 40
SHOWN_CHARACTERS = 60
SHOWN_CHARACTERS_OF_NAMES = 160
SEARCHED_NAMES = 1_000


def shortened(shown: str, limit: int = SHOWN_CHARACTERS) -> str:
    """What a person wrote, as a sentence can quote it: one line, not too long, nothing invisible.

    >>> shortened("tab\\there")
    'tab\\\\there'
    """
    start = "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown[: limit + 1])
    return start if len(start) <= limit else start[: limit - 1] + "…"


def listed(names: Collection[str]) -> str:
    """Names in a row, the first few of many with their number.

    >>> listed(["x", "y"]), listed([f"c{i}" for i in range(1000)])[-15:]
    ('x, y', ', c39, … (1000)')
    """
    shown = [shortened(name) for name in islice(names, SHOWN_NAMES)]
    while sum(map(len, shown)) > SHOWN_CHARACTERS_OF_NAMES:
        shown.pop()
    return ", ".join(shown) if len(shown) == len(names) else f"{', '.join(shown)}, … ({len(names)})"


class GradlabError(Exception):
    """The root: a sentence of the catalogue and the numbers that fill it.

    The sentence is made when it is read, in the language in force then, so that one error can be shown in both.

    >>> with messages.speaking("en"):
    ...     print(DataError("data.missing_file", path="points.csv"))
    There is no file points.csv here, and no bundled dataset has that name. Bundled: gradlab data list.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    @classmethod
    def unknown(cls, key: str, name: str, known: Collection[str], **values: object) -> Self:
        """A name that is not one of those known: sentence `key_nearest` where one looks like it, `key` otherwise.

        A sentence stays a sentence, and comes at once, whatever was known: of a million names it lists the first few.
        """
        values = {"name": shortened(name), "known": listed(known), **values}
        in_small_letters = {candidate.casefold(): candidate for candidate in islice(known, SEARCHED_NAMES)}
        close = difflib.get_close_matches(name[:SHOWN_CHARACTERS].casefold(), in_small_letters, 1)
        if not close:
            return cls(key, **values)
        return cls(f"{key}_nearest", **values, nearest=shortened(in_small_letters[close[0]]))

    def __str__(self) -> str:
        return messages.text(self.key, **self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[GradlabError], key: str, values: dict[str, object]) -> GradlabError:
    """Errors cross process borders (pytest-xdist, multiprocessing); keyword-only values need this."""
    return kind(key, **values)


class BadInputError(GradlabError, ValueError):
    """Something that the caller handed over cannot be used as it is (exit status 2)."""


class DataError(BadInputError):
    """The points, or the file that should hold them."""


class ModelError(BadInputError):
    """The model: an unknown name, a function that cannot be called so, a wrong shape."""


class FormulaError(ModelError):
    """A formula that is refused; `values["position"]` is the offending character, counted from 0."""


class ShapeError(BadInputError):
    """Two shapes that would only fit by silent broadcasting."""


class OptionError(BadInputError):
    """An option out of its range, or a name that is not one of those known."""


class OutputError(BadInputError):
    """A file that cannot be written where it was asked for."""


class RecordingError(GradlabError):
    """Code that ran, but that the recorder or one of its readers cannot follow."""


class LessonError(GradlabError):
    """A cell of the lesson that failed."""
