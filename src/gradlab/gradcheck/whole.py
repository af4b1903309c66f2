"""Explanations of a derivative as a whole: a constant on it, another derivative in its place, a term too many."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gradlab.gradcheck.evidence import Evidence, Fit, fitted, right_of, zero
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.search import LEFT_OUT, Search


def constant_factor(evidence: Sequence[Evidence], search: Search) -> Diagnosis | None:
    """mine = c · right, c · N · right or c / N · right."""
    fit = fitted(evidence, zero, right_of, (0, 1, -1))
    if fit is None or fit == Fit(1.0):
        return None
    if fit.power == -1:
        return Diagnosis("factor", "1/N" if fit.constant == 1 else None, other="1/N")
    return _by_n(fit, evidence, search) if fit.power == 1 else _by_constant(fit.constant, search)


def _by_n(fit: Fit, evidence: Sequence[Evidence], search: Search) -> Diagnosis:
    """A sum where a mean was meant, if there is a mean: something whose leaving out gives the N."""
    factor = "N" if fit.constant == 1 else None
    averaged = search.named() or (search.with_constant() if factor is None else None)
    if any(each.reduced for each in evidence) and (averaged or not search.evidence):
        where = averaged.where if isinstance(averaged, Diagnosis) else ()
        return Diagnosis("sum-instead-of-mean", factor, where, also=None if factor else "missing-factor")
    return Diagnosis("factor", factor, other="N")


def _by_constant(constant: float, search: Search) -> Diagnosis:
    """A constant that was left out of the right derivative, or one that was put in."""
    if constant == 0:
        return Diagnosis("missing-term")
    if constant == -1:
        turned = search.named("sign")
        return Diagnosis("sign", -1.0, turned.where if turned else ())
    if left_out := search.named(*LEFT_OUT):
        return Diagnosis(left_out.code, constant, left_out.where)
    path = search.path_times_constant()
    if path is not None and path.code == "missing-term":  # u · u: one of two equal terms
        return Diagnosis("missing-factor", constant, path.where)
    if constant < 0 and (found := search.with_constant(LEFT_OUT)) is not None and found[1].constant == -1:
        return Diagnosis("sign", constant, also=found[0].code)
    if abs(constant) < 1 and (two := search.two_places(LEFT_OUT)) is not None:
        return Diagnosis(two.code, constant, two.where, also=two.also)
    if not search.evidence and 0 < constant < 1 and (1 / constant).is_integer():
        return Diagnosis("missing-factor", constant)
    return Diagnosis("factor", constant)


def permuted(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """The wrong components are the right ones in another order."""
    names = list(evidence[0].mine)
    if len(names) < 2:
        return None
    taken = {
        name: [o for o in names if o != name and all(e.equals_at(name, e.right[o]) for e in evidence)] for name in names
    }
    order = [found[0] for found in taken.values() if found]
    return Diagnosis("swapped", other=", ".join(names)) if sorted(order) == sorted(names) else None


def of_another(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """The derivative by another argument, or another component."""
    taken = [
        next((o for o in evidence[0].others if o != name and _all_are(evidence, name, o)), None)
        for name in evidence[0].mine
    ]
    return Diagnosis("swapped", other=", ".join(map(str, taken))) if all(taken) else None


def _all_are(evidence: Sequence[Evidence], name: str, other: str) -> bool:
    return all(other in each.others and each.equals_at(name, each.others[other]) for each in evidence)


def value_for_sign(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Of a function with slopes ±k only, such as |u| however written: k |u| or k u where k sign(u) is right."""
    if not all(_is_bent_line(each) for each in evidence):
        return None

    def value(each: Evidence) -> Mapping[str, Tensor] | None:
        return dict.fromkeys(each.mine, each.value)

    def signed(each: Evidence) -> Mapping[str, Tensor] | None:
        return {name: each.value * right for name, right in each.right.items()}

    found = fitted(evidence, zero, value) or fitted(evidence, zero, signed)
    return Diagnosis("value-instead-of-sign") if found and found.constant > 0 else None


def _is_bent_line(evidence: Evidence) -> bool:
    slopes = torch.cat([right.reshape(-1).abs() for right in evidence.right.values()])
    return bool(slopes.min() > 0) and bool(torch.isclose(slopes.min(), slopes.max(), rtol=1e-5))


AtHand = Mapping[Evidence, Mapping[str, Tensor]]


def at_hand(evidence: Sequence[Evidence]) -> AtHand:
    """Of each sample what a derivative may wrongly contain; the same labels for all."""
    terms = {each: each.terms() for each in evidence}
    common = set.intersection(*(set(found) for found in terms.values()))
    return {each: {label: q for label, q in found.items() if label in common} for each, found in terms.items()}


def by_what_is_at_hand(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """A term too many or too few, or the whole times a quantity."""
    terms = at_hand(evidence)
    return term_too_many(evidence, terms) or times_a_quantity(evidence, terms)


def term_too_many(evidence: Sequence[Evidence], terms: AtHand) -> Diagnosis | None:
    """mine = right + c · (some quantity that was at hand), or right without a term of that kind."""
    for label in terms[evidence[0]]:

        def term(each: Evidence, label: str = label) -> Mapping[str, Tensor]:
            return dict.fromkeys(each.mine, terms[each][label])

        fit = fitted(evidence, right_of, term)
        if fit is not None and fit.constant != 0:
            code = "missing-term" if _belongs(evidence, terms, label) else "extra-term"
            return Diagnosis(code, other=_multiple(fit.constant, label))
    return None


def _multiple(constant: float, label: str) -> str:
    if label == "1":
        return f"{constant:g}"
    return label if constant == 1 else f"{constant:g} · {label}"


def _belongs(evidence: Sequence[Evidence], terms: AtHand, label: str) -> bool:
    """Whether the right derivative goes with the quantity more than the written one does: then it is missing there."""
    parts = []
    for each in evidence:
        for name, mine in each.mine.items():
            triple = torch.broadcast_tensors(mine, each.right[name], terms[each][label])
            parts.append(torch.stack([part.reshape(-1) for part in triple]))
    together = torch.cat(parts, dim=1)
    together = together[:, torch.isfinite(together).all(0)]
    if together.shape[1] < 3 or float(together[2].std()) == 0:
        return False
    with_mine, with_right = torch.corrcoef(together)[2, :2].nan_to_num().abs().tolist()
    return bool(with_right > with_mine)


def times_a_quantity(evidence: Sequence[Evidence], terms: AtHand) -> Diagnosis | None:
    """mine = c · right · q or c · right / q with a quantity q at hand: a power too high or too low, or a factor."""
    for label in [label for label in terms[evidence[0]] if label != "1"]:
        for sign in (1, -1):

            def term(each: Evidence, label: str = label, sign: int = sign) -> Mapping[str, Tensor]:
                return {name: right * terms[each][label] ** sign for name, right in each.right.items()}

            fit = fitted(evidence, zero, term)
            if fit is not None and fit.constant != 0:
                depends = label in evidence[0].depending
                code = "wrong-power" if depends else "factor" if sign == 1 else "missing-factor"
                return Diagnosis(code, other=label)
    return None
