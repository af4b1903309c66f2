"""The first gate: only what arithmetic is written with gets as far as Python's parser.

No dot but in a number, no quote, bracket, colon, comment or line end: attributes, strings, subscripts and whatever a
later Python may add cannot even be spelt. A refusal stands exactly at the character that is wrong.
"""

import re

_TOKEN = re.compile(
    r"""
    (?P<space>[ ]+)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<operator>\*\*|[-+*,]|/(?!/))
  | (?P<condition>[<>]=?|[!=]=|[&|~])
    """,
    re.VERBOSE,
)
_ENDS_A_VALUE = {"number", "name", "close"}
_BEGINS_A_VALUE = {"number", "name", "open"}


def first_wrong(text: str, *, conditions: bool, depth: int) -> tuple[str, int] | None:
    """What is wrong first, as a key of the room `formula`, and where; None where nothing is.

    At most `depth` parentheses, or signs in a row, may be open at once.

    >>> first_wrong("a*x^2", conditions=False, depth=9), first_wrong("2x", conditions=False, depth=9)
    (('formula.power', 3), ('formula.operator_missing', 1))
    """
    position, nesting, signs, before = 0, 0, 0, ""
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token.lastgroup == "condition" and not conditions):
            return ("formula.power" if text[position] == "^" else "formula.not_allowed"), position
        kind = token.lastgroup or ""
        if kind != "space":
            called = before == "name" and kind == "open"
            if before in _ENDS_A_VALUE and kind in _BEGINS_A_VALUE and not called:
                return "formula.operator_missing", position
            nesting += (kind == "open") - (kind == "close")
            signs = signs + 1 if kind == "operator" else 0
            if nesting > depth or signs > depth:
                return "formula.too_deep", position
            before = kind
        position = token.end()
    return None
