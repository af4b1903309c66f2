"""What was typed as text, read as numbers and pairs; a mistake names the option and what it takes."""

import math
from collections.abc import Sequence

from gradlab.errors import OptionError

MOST = 1_000
"""Numbers that one option may stand for."""


def number(option: str, typed: str | None) -> float | None:
    """A real number; None where the option was not given.

    >>> number("--lr", "1e-3")
    0.001
    """
    return None if typed is None else real(option, typed)


def real(option: str, typed: str) -> float:
    """A real number that has to be there."""
    try:
        return float(typed)
    except ValueError:
        raise OptionError("cli.not_a_number", option=option, typed=typed) from None


def whole(option: str, typed: str | None) -> int | None:
    """A whole number; `1e4` counts as one. None where the option was not given.

    >>> whole("--steps", "1e4")
    10000
    """
    value = number(option, typed)
    if value is not None and not (math.isfinite(value) and value == int(value)):
        raise OptionError("cli.not_whole", option=option, typed=typed)
    return None if value is None else int(value)


def assignments(option: str, typed: Sequence[str]) -> dict[str, float]:
    """`NAME=VALUE`, several times or separated by commas; brackets belong to a name (`w[0,1]=2`).

    >>> assignments("--start", ["m=0.8", "b=0"])
    {'m': 0.8, 'b': 0.0}
    """
    found = {}
    for each in typed:
        name, equals, value = each.partition("=")
        if not (equals and name.strip()):
            raise OptionError("cli.not_an_assignment", option=option, typed=each)
        found[name.strip()] = real(f"{option} {name.strip()}", value)
    return found


def axis(option: str, typed: str) -> tuple[str, tuple[float, float, int]]:
    """`NAME=LO:HI:N`, one axis of a grid.

    >>> axis("--over", "m=-5:5:100")
    ('m', (-5.0, 5.0, 100))
    """
    name, _, span = typed.partition("=")
    parts = span.split(":")
    if not name.strip() or len(parts) != 3:
        raise OptionError("cli.not_an_axis", option=option, typed=typed)
    low, high = (real(f"{option} {name}", part) for part in parts[:2])
    return name.strip(), (low, high, whole(f"{option} {name}", parts[2]) or 0)


def intervals(option: str, typed: Sequence[str]) -> dict[str, tuple[float | None, float | None]]:
    """`NAME=LO:HI`, several times; an end that is left out is open.

    >>> intervals("--bounds", ["a=0:1", "b=:5"])
    {'a': (0.0, 1.0), 'b': (None, 5.0)}
    """
    found = {}
    for each in typed:
        name, equals, span = (part.strip() for part in each.partition("="))
        low, colon, high = (part.strip() for part in span.partition(":"))
        if not (name and equals and colon):
            raise OptionError("cli.not_an_interval", option=option, typed=each)
        found[name] = (_end(f"{option} {name}", low), _end(f"{option} {name}", high))
    return found


def _end(option: str, typed: str) -> float | None:
    return real(option, typed) if typed else None


def decades(option: str, typed: str) -> list[float]:
    """`LO:HI:N`, N numbers from LO to HI in equal ratios.

    >>> [round(lr, 9) for lr in decades("--lr", "1e-4:1e-2:3")]
    [0.0001, 0.001, 0.01]
    """
    parts = typed.split(":")
    if len(parts) != 3:
        raise OptionError("cli.not_decades", option=option, typed=typed)
    low, high = (real(option, part) for part in parts[:2])
    count = whole(option, parts[2]) or 0
    if not (0 < low < high < math.inf and 2 <= count <= MOST):
        raise OptionError("cli.decades_range", option=option, typed=typed, most=MOST)
    return [low * (high / low) ** (i / (count - 1)) for i in range(count)]


def point(option: str, typed: str) -> tuple[float, float]:
    """`X,Y`, one point.

    >>> point("--point", "4,4")
    (4.0, 4.0)
    """
    parts = typed.split(",")
    if len(parts) != 2:
        raise OptionError("cli.not_a_point", option=option, typed=typed)
    x, y = (real(option, part) for part in parts)
    return x, y


def one_of(option: str, typed: str | None, known: Sequence[str]) -> str | None:
    """A word out of a list; None where the option was not given.

    >>> one_of("--dtype", "float32", ["float64", "float32"])
    'float32'
    """
    if typed is not None and typed not in known:
        raise OptionError("cli.not_one_of", option=option, typed=typed, known=", ".join(known))
    return typed


def needed(what: str, typed: str | None, example: str) -> str:
    """An argument without which the command cannot start; the sentence shows a whole command.

    >>> needed("DATA", "norris", "gradlab fit norris --model line")
    'norris'
    """
    if not typed:
        raise OptionError("cli.needed", what=what, example=example)
    return typed
