"""A diagnosis, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A code of the public list; `factor` = mine / right where that is a constant: a number, "N" or "1/N".

    `where` names the operations at which the mistake would explain the numbers, `other` what was taken instead or is
    too much; `also` is the code of a second mistake, where it takes two.
    """

    code: str
    factor: float | str | None = None
    where: tuple[str, ...] = ()
    other: str | None = None
    also: str | None = None
