"""What is said about a derivative: right, wrong or unsure, and when wrong, what is wrong with it."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gradlab.gradcheck.cases import Case
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.kinks import Kink
from gradlab.messages import text

Judgement = Literal["right", "wrong", "unsure"]

_MARKS = {"right": "✓", "wrong": "✗", "unsure": "?"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one derivative or gradient.

    `function` is the name of what was checked, `argument` the argument or component that it is about (None: all).
    `diagnosis` is a code of the public list where it is wrong; `factor` = mine / right where that is a constant: a
    number, "N" or "1/N". `taylor_slope` is 2 for a right gradient and 1 for a wrong one; `worst` the largest
    |mine − right| / (|mine| + |right|) that was seen, 1/3 for a factor of 2.
    """

    function: str
    argument: str | None
    verdict: Judgement
    sentence: str
    diagnosis: str | None = None
    factor: float | str | None = None
    taylor_slope: float | None = None
    worst: float | None = None

    def as_dict(self) -> dict[str, object]:
        """The public fields, as `gradlab check --json` prints them."""
        names = ("function", "argument", "verdict", "diagnosis", "factor", "sentence")
        return {name: getattr(self, name) for name in names}

    def with_note(self, note: str) -> "Verdict":
        """The same with a sentence more."""
        return replace(self, sentence=f"{self.sentence} {note}")


def verdicts_as_text(verdicts: Sequence[Verdict]) -> str:
    """One line per checked function: a mark, then the sentence; and at the end how many of which."""
    lines = [f"{_MARKS[verdict.verdict]} {verdict.sentence}" for verdict in verdicts]
    counts = {judgement: sum(verdict.verdict == judgement for verdict in verdicts) for judgement in _MARKS}
    return "\n".join([*lines, text("gradcheck.summary", **counts)])


def verdicts_as_json(verdicts: Sequence[Verdict]) -> str:
    """A list of objects, one per checked function."""
    return json.dumps([verdict.as_dict() for verdict in verdicts], indent=1, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Measured:
    """Evidence besides the comparison, and sentences that go with the verdict."""

    taylor_slope: float
    worst: float
    notes: tuple[str, ...] = ()


def right(function: str, argument: str | None, points: int, measured: Measured, kinks: Sequence[Kink] = ()) -> Verdict:
    """Right; a kink is explained, never failed: any value between the two slopes will do there."""
    sentence = text("gradcheck.right", function=function, points=points)
    told = [sentence, *(kink.sentence for kink in kinks[:1]), *measured.notes]
    return _verdict(function, argument, "right", told, measured)


def unsure(function: str, argument: str | None, reason: str) -> Verdict:
    """Not judged, and why."""
    return Verdict(function, argument, "unsure", text("gradcheck.unsure", function=function, reason=reason))


def wrong(
    function: str, argument: str | None, found: Diagnosis, example: tuple[float, float], measured: Measured
) -> Verdict:
    """Wrong, with the smallest explanation that there is and one pair of numbers."""
    mine, wanted = example
    sentences = [text("gradcheck.wrong", function=function, mine=mine, right=wanted), explanation(found, argument)]
    if found.also:
        sentences.append(text("gradcheck.also", second=text(f"gradcheck.name_{found.also.replace('-', '_')}")))
    if found.where:
        sentences.append(text("gradcheck.where", places="; ".join(found.where)))
    told = _verdict(function, argument, "wrong", [*sentences, *measured.notes], measured)
    return replace(told, diagnosis=found.code, factor=found.factor)


def _verdict(
    function: str, argument: str | None, judgement: Judgement, sentences: Sequence[str], measured: Measured
) -> Verdict:
    slope = measured.taylor_slope if math.isfinite(measured.taylor_slope) else None
    return Verdict(function, argument, judgement, " ".join(sentences), taylor_slope=slope, worst=measured.worst)


def explanation(found: Diagnosis, argument: str | None) -> str:
    """The sentence of a diagnosis."""
    kind = ""
    if found.code in ("factor", "missing-factor", "sum-instead-of-mean") and found.factor is None:
        kind = "_varying"
    if found.code == "missing-term" and found.other is None:
        kind = "_varying"
    if found.code == "other" and found.other is not None:
        kind = "_default"
    factor = f"{found.factor:.6g}" if isinstance(found.factor, float) else found.factor
    key = f"gradcheck.{found.code.replace('-', '_')}{kind}"
    return text(key, factor=factor, argument=argument or "", other=found.other or "")


def example(cases: Sequence[Case]) -> tuple[float, float]:
    """A pair of numbers, mine and right: where the first sample that is wrong is farthest off."""
    wrong = [case for case in cases if any(case.wrong_share(name) > 0 for name in case.right)]
    pairs = [
        pair
        for name, wanted in wrong[0].right.items()
        for pair in zip(wrong[0].mine[name].reshape(-1).tolist(), wanted.reshape(-1).tolist(), strict=True)
        if math.isfinite(pair[0]) and math.isfinite(pair[1])
    ]
    return max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
