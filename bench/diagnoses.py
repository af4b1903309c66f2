"""How often the doctor is right: precision and recall by code, on the half of the corpus on which nothing was tuned.

Run as `python -m bench.diagnoses`, it writes the table into docs/doctor.md.
"""

import io
import json
import warnings
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from gradlab.doctor import diagnose_script

CORPUS = Path(__file__).parent.parent / "tests" / "loops"
PAGE = Path(__file__).parent.parent / "docs" / "doctor.md"
BEGIN, END = "<!-- begin: measured -->", "<!-- end: measured -->"


@dataclass(slots=True)
class Tally:
    """Over one half: by code what was there, what was told of it, on the line, and what was told besides."""

    healthy: int = 0
    silent: int = 0
    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    on_the_line: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any], findings: list[dict[str, Any]]) -> None:
        serious = [one for one in findings if one["severity"] != "note"]
        accepted = {row["code"], *row["also_ok"]}
        told = [one for one in (findings if row["severity"] == "note" else serious) if one["code"] in accepted]
        self.wrong.update({one["code"] for one in serious} - accepted)
        if row["healthy"]:
            self.healthy += 1
            self.silent += not serious
            return
        self.there[row["code"]] += 1
        self.found[row["code"]] += bool(told)
        self.on_the_line[row["code"]] += any(one["line"] in (row["line"], *row["also_lines"]) for one in told)

    def table(self) -> str:
        lines = [
            "| code | scripts | found | on the line | told elsewhere | recall | precision |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        lines += [self._row(code, code) for code in sorted({*self.there, *self.wrong})]
        return "\n".join([*lines, self._row("**all**", None)])

    def _row(self, name: str, code: str | None) -> str:
        there, found, line, wrong = (
            sum(counter.values()) if code is None else counter[code]
            for counter in (self.there, self.found, self.on_the_line, self.wrong)
        )
        recall = f"{found / there:.2f}" if there else "–"
        precision = f"{found / (found + wrong):.2f}" if found + wrong else "–"
        return f"| {name} | {there} | {found} | {line} | {wrong} | {recall} | {precision} |"


def diagnosed(file: str) -> list[dict[str, Any]]:
    """The findings of one script, run here; what it did to PyTorch's settings is undone."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        findings = diagnose_script(str(CORPUS / file)).findings
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    return [finding.as_dict() for finding in findings]


def tally(half: str) -> Tally:
    counted = Tally()
    for row in json.loads((CORPUS / "expected.json").read_text(encoding="utf-8")):
        if row["half"] == half:
            counted.add(row, diagnosed(row["file"]))
    return counted


def measured() -> str:
    """The page's table for the half that was held back, and one line on the half that was not."""
    held, tuned = tally("hold"), tally("tune")
    found, there = sum(tuned.found.values()), sum(tuned.there.values())
    return (
        f"Silent on {held.silent} of {held.healthy} healthy loops. Of the sick ones:\n\n{held.table()}\n\n"
        f"For comparison, on the half that the rules were tuned on: silent on {tuned.silent} of {tuned.healthy}, "
        f"{found} of {there} found, {sum(tuned.wrong.values())} told elsewhere."
    )


def main() -> None:
    torch.set_num_threads(1)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    table = measured()
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
