"""The search for mistakes at single places, and at two, that explain the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from gradlab.gradcheck.cases import Components
from gradlab.gradcheck.edges import Change, Place, Step, text_of
from gradlab.gradcheck.evidence import Evidence, Fit, as_factor, fitted
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.hypotheses import Hypothesis, hypotheses, without

_PAIRS, _WALKED = 800, 6_000
"""At most so many pairs, and so many operations walked back through for all of them, so that nobody has to wait."""

LEFT_OUT = ("missing-inner-derivative", "missing-factor")


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """The samples whose computation was recorded, wrong and small ones first, and all single mistakes that can be made.

    `first` are the slopes that each candidate gives at the first sample; `explaining` those candidates that give what
    was written at all of them.
    """

    evidence: tuple[Evidence, ...]
    places: Mapping[Place, Step]
    candidates: tuple[Hypothesis, ...]
    first: tuple[Components | None, ...]
    explaining: tuple[Hypothesis, ...]

    def named(self, *codes: str) -> Diagnosis | None:
        """The likeliest single mistake that explains everything, of these codes or of any."""
        found = [h for h in self.explaining if not codes or h.code in codes]
        return Diagnosis(found[0].code, where=_places(found)) if found else None

    def path_times_constant(self) -> Diagnosis | None:
        """All right but for a constant on the paths through one place: −1 a sign turned, 0 a term forgotten."""
        fits = [(fit, step) for place, step in self.places.items() if (fit := self._along(place)) is not None]
        for code, wanted in (("sign", -1.0), ("missing-term", 0.0)):
            if found := [step for fit, step in fits if fit.plain == wanted]:
                return Diagnosis(code, where=_texts(found))
        if not fits:
            return None
        fit, _ = fits[0]
        here = _texts([step for other, step in fits if other == fit])
        if fit.power == 1:
            return Diagnosis("sum-instead-of-mean" if self.evidence[0].reduced else "factor", where=here, other="N")
        left_out = fit.power == 0 and 0 < fit.constant < 1 and (1 / fit.constant).is_integer()
        shown = f"{fit.constant:g}" if fit.power == 0 else "1/N"
        return Diagnosis("missing-factor" if left_out else "factor", where=here, other=shown)

    def _along(self, place: Place) -> Fit | None:
        def without_and_with(each: Evidence) -> tuple[Components, Components] | None:
            rest = each.slopes(without(place))
            return None if rest is None else (rest, {name: right - rest[name] for name, right in each.right.items()})

        fit = fitted(self.evidence, without_and_with, (0, 1, -1))
        return None if fit == Fit(1.0) else fit

    def with_constant(self, *codes: str) -> tuple[Hypothesis, Fit] | None:
        """A single mistake (of these codes), and a constant on the whole besides."""
        for candidate, first in zip(self.candidates, self.first, strict=True):

            def mistaken(
                each: Evidence, candidate: Hypothesis = candidate, first: Components | None = first
            ) -> tuple[Components, Components] | None:
                slopes = first if each is self.evidence[0] else each.slopes(candidate.change)
                return None if slopes is None else as_factor(slopes)

            fit = fitted(self.evidence, mistaken, (0, 1, -1)) if not codes or candidate.code in codes else None
            if fit is not None and fit.constant != 0:
                return candidate, fit
        return None

    def two_places(self, *codes: str) -> Diagnosis | None:
        """Two mistakes at two places, the likeliest pair."""
        single = [h for h in self.candidates if not codes or h.code in codes]
        pairs = [(one, two) for one, two in combinations(single, 2) if one.change.keys() != two.change.keys()]
        affordable = min(_PAIRS, _WALKED // max(len(self.places), 1))
        for one, two in islice(sorted(pairs, key=lambda pair: pair[0].weight + pair[1].weight), affordable):
            if _explains(self.evidence, {**one.change, **two.change}):
                return Diagnosis(one.code, where=_texts([one.step, two.step]), also=two.code)
        return None


def search(evidence: Sequence[Evidence]) -> Search:
    """Look through all single mistakes. Samples may run through different branches: each adds its own places."""
    followed = [each for each in evidence if each.computation is not None]
    followed.sort(key=lambda each: (each.equals(each.right), each.n))
    candidates: list[Hypothesis] = []
    places: dict[Place, Step] = {}
    known: set[Place] = set()
    for each in followed:
        assert each.computation is not None
        new = {place: step for place, step, _ in each.computation.places if place not in known}
        if new:
            candidates += hypotheses(each.computation, known)
            places |= new
            known |= new.keys() | {step.place for step in each.computation.steps}
    candidates.sort(key=lambda hypothesis: hypothesis.weight)
    first = tuple(followed[0].slopes(h.change) for h in candidates)
    promising = [h for h, slopes in zip(candidates, first, strict=True) if followed[0].equals(slopes)]
    explaining = tuple(h for h in promising if _explains(followed[1:], h.change))
    return Search(tuple(followed), places, tuple(candidates), first, explaining)


def _explains(evidence: Sequence[Evidence], change: Change) -> bool:
    return all(each.equals(each.slopes(change)) for each in evidence)


def _places(found: Sequence[Hypothesis]) -> tuple[str, ...]:
    """Where the likeliest mistake may have been made: at each of several places it would give the same numbers."""
    return _texts([h.step for h in found if h.code == found[0].code])


def _texts(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_of(step.operation) for step in steps))
