"""Explanations of a derivative as a whole: a constant on it, another derivative in its place, a term too many."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gradlab.gradcheck.cases import Components
from gradlab.gradcheck.evidence import Evidence, Fit, as_factor, fitted
from gradlab.gradcheck.found import Diagnosis
from gradlab.gradcheck.search import LEFT_OUT, Search


def constant_factor(evidence: Sequence[Evidence], search: Search) -> Diagnosis | None:
    """mine = c · right, c · N · right or c / N · right."""
    fit = fitted(evidence, lambda each: as_factor(each.right), (0, 1, -1))
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
    if constant < 0 and (found := search.with_constant(*LEFT_OUT)) is not None and found[1].constant == -1:
        return Diagnosis("sign", constant, also=found[0].code)
    if abs(constant) < 1 and (two := search.two_places(*LEFT_OUT)) is not None:
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
    slopes = [torch.cat([right.reshape(-1).abs() for right in each.right.values()]) for each in evidence]
    together = [torch.cat(slopes)] if all(each.n == 1 for each in evidence) else slopes
    if not all(_is_one_number(each) for each in together):
        return None

    def value(each: Evidence) -> tuple[Components, Components]:
        return as_factor(dict.fromkeys(each.mine, each.value))

    def signed(each: Evidence) -> tuple[Components, Components]:
        return as_factor({name: each.value * right for name, right in each.right.items()})

    found = fitted(evidence, value) or fitted(evidence, signed)
    return Diagnosis("value-instead-of-sign") if found and found.constant > 0 else None


def _is_one_number(slopes: Tensor) -> bool:
    return bool(slopes.min() > 0) and bool(torch.isclose(slopes.min(), slopes.max(), rtol=1e-5))


def at_other_arguments(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Right but for the sign of an argument, as exp(b x) for exp(−b x); or right for a keyword's default only."""
    variations = [each.variations() for each in evidence]
    for code, name in variations[0]:
        candidates = [found.get((code, name)) for found in variations]
        if all(
            candidate is not None and all(each.equals_at(component, candidate) for component in each.mine)
            for each, candidate in zip(evidence, candidates, strict=True)
        ):
            return Diagnosis(code, other=name)
    return None


AtHand = Mapping[Evidence, Mapping[str, Tensor]]


def at_hand(evidence: Sequence[Evidence]) -> AtHand:
    """Of each sample what a derivative may wrongly contain; the same labels for all."""
    terms = {each: each.terms() for each in evidence}
    common = set.intersection(*(set(found) for found in terms.values()))
    return {each: {label: q for label, q in found.items() if label in common} for each, found in terms.items()}


def term_too_many(evidence: Sequence[Evidence], terms: AtHand) -> Diagnosis | None:
    """mine = right + c · (some quantity that was at hand), or right without a term of that kind."""
    for label in terms[evidence[0]]:

        def added(each: Evidence, label: str = label) -> tuple[Components, Components]:
            return each.right, dict.fromkeys(each.mine, terms[each][label])

        fit = fitted(evidence, added)
        if fit is not None and fit.constant != 0:
            return Diagnosis(_kind_of_term(evidence, terms, label), other=_multiple(fit.constant, label))
    return None


def _multiple(constant: float, label: str) -> str:
    if label == "1":
        return f"{constant:g}"
    return label if constant == 1 else f"{constant:g} · {label}"


def _kind_of_term(evidence: Sequence[Evidence], terms: AtHand, label: str) -> str:
    """Whether the right derivative has such a term and the written one not, or the other way; or both, with two signs.

    What only one of them depends on tells at once; else how much of the quantity is in either (a regression).
    """
    one = evidence[0]
    if (label in one.right_depends) != (label in one.mine_depends):
        return "missing-term" if label in one.right_depends else "extra-term"
    in_mine, in_right = _shares(evidence, terms, label)
    if in_mine * in_right < 0 and abs(in_mine + in_right) < 0.2 * (abs(in_mine) + abs(in_right)):
        return "sign"
    return "missing-term" if abs(in_mine) < abs(in_right) else "extra-term"


def _shares(evidence: Sequence[Evidence], terms: AtHand, label: str) -> tuple[float, float]:
    """The slopes of mine and of right over the quantity, within samples, each sample counting the same."""
    sums = torch.zeros(2, dtype=torch.float64)
    for each in evidence:
        for name, mine in each.mine.items():
            parts = torch.broadcast_tensors(mine, each.right[name], terms[each][label])
            rows = torch.stack([part.reshape(-1) for part in parts])
            centred = rows - rows.mean(1, keepdim=True)
            spread = float((centred[2] ** 2).sum())
            if spread > 0 and bool(torch.isfinite(centred).all()):
                sums += (centred[:2] @ centred[2]) / spread
    return float(sums[0]), float(sums[1])


def times_a_quantity(evidence: Sequence[Evidence], terms: AtHand) -> Diagnosis | None:
    """mine = c · right · q or c · right / q with a quantity q at hand: a power too high or too low, or a factor."""
    for label in [label for label in terms[evidence[0]] if label != "1"]:
        for sign in (1, -1):

            def times(each: Evidence, label: str = label, sign: int = sign) -> tuple[Components, Components]:
                return as_factor({name: right * terms[each][label] ** sign for name, right in each.right.items()})

            fit = fitted(evidence, times)
            if fit is not None and fit.constant != 0:
                return Diagnosis(_kind_of_factor(evidence[0], label, sign), other=label)
    return None


def _kind_of_factor(evidence: Evidence, label: str, sign: int) -> str:
    """What was there before, and still is, has the wrong power; else a factor came in, or went."""
    among_arguments = label in evidence.arguments
    if sign == 1:
        return "factor" if among_arguments and label not in evidence.right_depends else "wrong-power"
    return "missing-factor" if among_arguments and label not in evidence.mine_depends else "wrong-power"
