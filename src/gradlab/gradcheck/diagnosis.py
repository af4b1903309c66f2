"""What is wrong with a derivative: the smallest mistake that explains its numbers at every sample.

First the whole: a constant, N or 1/N, components in another order. Then one place in the computation, then a term too
many, then two places at once. What explains the numbers equally well is named together. The order decides between
explanations of the same numbers:

- a factor −1 is a sign, though leaving out an inner derivative of −1 would do the same;
- an inner derivative left out comes before everything else that one place can explain, so also x forgotten in ∂L/∂m;
- the derivative by another argument comes before a factor left out of a product (∂(m x + b)/∂m = 1 is that by b);
- a constant of the right derivative that is missing (the 2 of a square, the ½ of ½u²) is a missing factor.
"""

from collections.abc import Callable, Sequence
from functools import cache

from gradlab.gradcheck import whole
from gradlab.gradcheck.evidence import Evidence
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.hypotheses import CODES
from gradlab.gradcheck.search import Search, search

_KNOWN = tuple(code for code in CODES if code != "other")


def diagnose(evidence: Sequence[Evidence]) -> Diagnosis:
    """The smallest explanation of the wrong components; code "other" where there is none."""
    evidence = [each for each in evidence if each.tells_something]
    if not evidence:
        return Diagnosis("other")
    single = search(evidence)
    terms = cache(lambda: whole.at_hand(evidence))
    steps: Sequence[Callable[[], Diagnosis | None]] = (
        lambda: whole.constant_factor(evidence, single),
        lambda: whole.permuted(evidence),
        lambda: single.named("missing-inner-derivative", "value-instead-of-sign", "sum-instead-of-mean"),
        lambda: whole.value_for_sign(evidence),
        lambda: whole.of_another(evidence),
        lambda: single.named(*_KNOWN),
        single.path_times_constant,
        lambda: whole.at_other_arguments(evidence),
        lambda: whole.term_too_many(evidence, terms()),
        lambda: _with_constant(single),
        lambda: whole.times_a_quantity(evidence, terms()),
        lambda: single.named("other"),
        single.two_places,
        lambda: _one_by_one(evidence),
    )
    for step in steps:
        if (found := step()) is not None:
            return found
    return Diagnosis("other")


def _with_constant(single: Search) -> Diagnosis | None:
    found = single.with_constant(*_KNOWN)
    if found is None:
        return None
    hypothesis, fit = found
    return Diagnosis(hypothesis.code, also="sign" if fit.plain == -1 else "factor")


def _one_by_one(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Each wrong component with a mistake of its own; named together only if it is the same kind of mistake."""
    names = list(evidence[0].mine)
    if len(names) < 2:
        return None
    found = [diagnose([each.only(name) for each in evidence]) for name in names]
    if len({one.code for one in found}) > 1:
        return Diagnosis("other")
    alike = len({one.factor for one in found}) == 1
    return Diagnosis(found[0].code, found[0].factor if alike else None, found[0].where, found[0].other)
