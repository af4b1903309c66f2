"""What was seen for certain while the loop ran: each cause once, with its first numbers and how often it came back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gradlab.doctor.finding import Finding, Severity
from gradlab.doctor.leaves import Leaf
from gradlab.doctor.names import common_name
from gradlab.doctor.places import Place, site


@dataclass(slots=True, eq=False)
class Fact:
    """One cause at one place; `leaves` are all the parameters that it concerns, `failure` is the identity
    of the exception that PyTorch raised."""

    code: str
    kind: str
    severity: Severity
    place: Place | None
    variable: str | None
    evidence: dict[str, Any]
    tick: int
    leaves: list[Leaf] = field(default_factory=list)
    failure: int | None = None
    times: int = 1

    def finding(self) -> Finding:
        at = site(self.place)
        return Finding(
            code=self.code,
            severity=self.severity,
            line=at.line if at else 0,
            variable=(common_name(self.leaves) if len(self.leaves) > 1 else None) or self.variable,
            file=at.file if at else "",
            source=at.statement if at else "",
            kind=self.kind,
            evidence={**self.evidence, "times": self.times, "others": self._others()},
        )

    def _others(self) -> int:
        """How many parameters besides the one named."""
        return max(len({id(leaf) for leaf in self.leaves}) - 1, 0)


class Facts:
    """All facts, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, Place | None], Fact] = {}

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def add(self, fact: Fact) -> Fact:
        """Keep `fact`, or count it if the same cause at the same place is known already."""
        key = (fact.code, fact.place)
        known = self._facts.get(key)
        if known is None:
            self._facts[key] = fact
            return fact
        known.times += 1
        known.leaves += [leaf for leaf in fact.leaves if leaf not in known.leaves]
        known.failure = known.failure or fact.failure
        return known
