"""A finding: what is wrong with a training loop, where, and how one knows."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gradlab import messages
from gradlab.doctor.remedies import REMEDIES

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, told once: `line` of `file` (0 where no line can be named), and the `variable` it is about, or None.

    `evidence` holds the numbers of the sentence; `sentence`, `cause` and `fix` are made in the language in force
    when they are read. `station` is the station of the lesson (1–5) that explains it.
    """

    code: str
    severity: Severity
    line: int
    variable: str | None
    file: str = ""
    source: str = ""
    kind: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        told = messages.text(f"doctor.{self._key}", **self._values)
        others = self.evidence.get("others", 0)
        return f"{told} {messages.text('doctor.and_others', others=others)}" if others else told

    @property
    def cause(self) -> str:
        return messages.text(f"doctor.cause_{self.code.replace('-', '_')}", **self._values)

    @property
    def fix(self) -> str:
        """The remedy as code."""
        remedy = REMEDIES[self.code]
        code = remedy.many if remedy.many and self.evidence.get("others", 0) else remedy.fix
        return textwrap.dedent(code).strip().format(**self._values)

    @property
    def station(self) -> int:
        return REMEDIES[self.code].station

    @property
    def _key(self) -> str:
        return "_".join(part.replace("-", "_") for part in (self.code, self.kind) if part)

    @property
    def _values(self) -> dict[str, Any]:
        someone = self.variable or messages.text("doctor.unnamed")
        return {"variable": someone, "line": self.line, "source": self.source, **self.evidence}

    def as_dict(self) -> dict[str, Any]:
        """What `gradlab doctor --json` writes of it."""
        return {name: getattr(self, name) for name in ("code", "severity", "line", "variable", "sentence")}


def wrong(findings: Iterable[Finding]) -> bool:
    """Whether one of them is more than a note."""
    return any(finding.severity != "note" for finding in findings)
