"""Findings as text."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from gradlab import messages
from gradlab.doctor.finding import Finding


def report(findings: Sequence[Finding]) -> str:
    """All findings as the command prints them; one line where there are none.

    >>> from gradlab import messages
    >>> with messages.speaking("en"):
    ...     print(report([]))
    gradlab doctor: nothing wrong was seen in this loop.
    """
    if not findings:
        return messages.text("doctor.nothing")
    return "\n\n".join(_told(finding) for finding in findings)


def note(finding: Finding) -> str:
    """What is added to the user's own exception."""
    return messages.text("doctor.note", code=finding.code, sentence=finding.sentence, fix=_indented(finding.fix))


def _told(finding: Finding) -> str:
    severity = messages.text(f"doctor.severity_{finding.severity}")
    where = f"{Path(finding.file).name}:{finding.line}" if finding.line else ""
    head = "  ".join(part for part in (f"{severity}:", finding.code, where, finding.variable or "") if part)
    body = [f"    > {finding.source}"] if finding.source else []
    told = [finding.sentence, messages.text("doctor.likely_cause", cause=finding.cause)]
    body += [textwrap.fill(part, 110, initial_indent="    ", subsequent_indent="    ") for part in told]
    if finding.fix:
        body += [f"    {messages.text('doctor.remedy')}", _indented(finding.fix)]
        body += [f"    {messages.text('doctor.station', station=finding.station)}"]
    return "\n".join([head, *body])


def _indented(code: str) -> str:
    return textwrap.indent(code, " " * 8)
