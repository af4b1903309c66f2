"""The search for mistakes at single places, and at two, that explain the evidence."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from torch import Tensor

from gradlab.gradcheck.edges import Change, Place, Step, text_of
from gradlab.gradcheck.evidence import Evidence, Fit, fitted, zero
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.hypotheses import Hypothesis, hypotheses, without

_PAIRS = 800
_FIRST = 3
"""So many samples are asked before all of them are: most explanations fail at the first."""

LEFT_OUT = ("missing-inner-derivative", "missing-factor")


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """The samples whose computation was recorded, the smallest first; all single mistakes that could be made in it."""

    evidence: tuple[Evidence, ...]
    candidates: tuple[Hypothesis, ...]
    places: Mapping[Place, Step]
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
        if not self.evidence:
            return None

        def rest(each: Evidence) -> Mapping[str, Tensor] | None:
            return each.slopes(without(place))

        def path(each: Evidence) -> Mapping[str, Tensor] | None:
            others = rest(each)
            return None if others is None else {name: right - others[name] for name, right in each.right.items()}

        for asked in (self.evidence[:_FIRST], self.evidence):
            fit = fitted(asked, rest, path, (0, 1, -1))
            if fit is None or (asked is self.evidence and fit == Fit(1.0)):
                return None
        return fit

    def with_constant(self, codes: Collection[str] = ()) -> tuple[Hypothesis, Fit] | None:
        """A single mistake (of these codes), and a constant on the whole besides."""
        for h in (h for h in self.candidates if not codes or h.code in codes):

            def mistaken(each: Evidence, h: Hypothesis = h) -> Mapping[str, Tensor] | None:
                return each.slopes(h.change)

            fits = [fitted(asked, zero, mistaken, (0, 1, -1)) for asked in (self.evidence[:_FIRST], self.evidence)[:1]]
            if self.evidence and fits[0] is not None:
                fit = fitted(self.evidence, zero, mistaken, (0, 1, -1))
                if fit is not None and fit.constant != 0:
                    return h, fit
        return None

    def two_places(self, codes: Collection[str] = ()) -> Diagnosis | None:
        """Two mistakes at two places, the likeliest pair."""
        single = [h for h in self.candidates if not codes or h.code in codes]
        pairs = [(one, two) for one, two in combinations(single, 2) if one.change.keys() != two.change.keys()]
        for one, two in islice(sorted(pairs, key=lambda pair: pair[0].weight + pair[1].weight), _PAIRS):
            if self.evidence and _explains(self.evidence, {**one.change, **two.change}):
                return Diagnosis(one.code, where=_texts([one.step, two.step]), also=two.code)
        return None


def search(evidence: Sequence[Evidence]) -> Search:
    """Look through all single mistakes. Samples may run through different branches: each adds its own places."""
    followed = tuple(sorted((each for each in evidence if each.computation is not None), key=lambda each: each.n))
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
    explaining = tuple(h for h in candidates if _explains(followed, h.change))
    return Search(followed, tuple(candidates), places, explaining)


def _explains(evidence: Sequence[Evidence], change: Change) -> bool:
    return all(each.equals(each.slopes(change)) for each in evidence)


def _places(found: Sequence[Hypothesis]) -> tuple[str, ...]:
    """Where the likeliest mistake may have been made: at each of several places it would give the same numbers."""
    return _texts([h.step for h in found if h.code == found[0].code])


def _texts(steps: Iterator[Step] | Sequence[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_of(step.operation) for step in steps))
