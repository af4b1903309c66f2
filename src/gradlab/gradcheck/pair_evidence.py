"""What a diagnosis needs of the samples of a function and a written derivative that differ."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from gradlab.gradcheck.calling import RefusalError, name_of, numbers, result_of
from gradlab.gradcheck.edges import Computation, recorded
from gradlab.gradcheck.evidence import Evidence, Variation
from gradlab.gradcheck.hypotheses import quantities
from gradlab.gradcheck.pair import Compared, Pair
from gradlab.gradcheck.samples import Sample
from gradlab.gradcheck.written import Written, written

_LOOKED_INTO = 8


def evidence_of(pair: Pair, found: Sequence[Compared]) -> list[Evidence]:
    """The samples that are wrong first: where a function has branches, only some may be."""
    worst_first = sorted(found, key=lambda each: -_number(each.case.wrong_share(pair.argument)))[:_LOOKED_INTO]
    mine_depends, right_depends = _dependence(pair, worst_first[0])
    return [_evidence(pair, each, mine_depends, right_depends) for each in worst_first]


def _number(share: float) -> float:
    return share if share == share else 0.0


def _evidence(pair: Pair, compared: Compared, mine_depends: frozenset[str], right_depends: frozenset[str]) -> Evidence:
    laid_out, case = compared.written, compared.case
    computation = _computation(pair, compared)
    at_hand = _arguments(laid_out.sample) | (quantities(computation) if computation else {})
    shapes = {(), laid_out.value.shape, laid_out.at.shape}
    trusted = case.trusted()
    summed = laid_out.moves == "elements" and laid_out.value.dim() > 0
    return Evidence(
        case.n,
        {name: mine.sum(0) if summed else mine for name, mine in case.mine.items()},
        {name: right.sum(0) if summed else right for name, right in trusted.items()},
        laid_out.value,
        case.relative,
        computation,
        {} if summed else _others(pair, laid_out),
        {label: q for label, q in (at_hand | {name_of(pair.f): laid_out.value}).items() if q.shape in shapes},
        frozenset(_arguments(laid_out.sample)),
        mine_depends,
        right_depends,
        laid_out.reduced,
        lambda: {} if summed else dict(_variations(pair, laid_out.sample)),
    )


def _computation(pair: Pair, compared: Compared) -> Computation | None:
    """The recorded function, where what is walked back through it is what autograd says."""
    if not compared.followed:
        return None
    found = recorded(
        lambda leaves: compared.written.follow(leaves[pair.argument]), {pair.argument: compared.written.at}
    )
    return found if found is not None and found.gives(compared.case.right) else None


def _arguments(sample: Sample) -> dict[str, Tensor]:
    """The real numbers among the arguments."""
    return {name: numbers(value) for name, value in sample.arguments.items() if isinstance(value, Tensor | float)}


def _others(pair: Pair, laid_out: Written) -> dict[str, Tensor]:
    """The derivatives by the other arguments."""
    found = {}
    for name in _arguments(laid_out.sample):
        if name != pair.argument:
            try:
                found[name] = written(pair.f, pair.followable, laid_out.sample, name).quick()
            except RefusalError:
                continue
    return found


def _variations(pair: Pair, sample: Sample) -> Iterator[tuple[Variation, Tensor]]:
    """The right derivative where another argument has its sign turned, or a keyword is what it is by default."""
    for name, value in sample.arguments.items():
        changes = []
        if isinstance(value, Tensor | float) and name != pair.argument:
            changes.append((("sign", name), -value))
        if name in pair.keywords:
            changes.append((("other", name), pair.keywords[name]))
        for variation, changed in changes:
            try:
                yield variation, pair.at(Sample(sample.with_argument(name, changed), sample.n)).quick()
            except RefusalError:
                continue


def _dependence(pair: Pair, compared: Compared) -> tuple[frozenset[str], frozenset[str]]:
    """On which arguments the written and the right derivative depend: those that change them when they change."""
    sample = compared.written.sample
    mine, right = _both(pair, sample)
    mine_depends, right_depends = set(), set()
    for name in _arguments(sample):
        try:
            one, other = _both(pair, Sample(sample.with_argument(name, sample.arguments[name] * 1.1 + 0.01), sample.n))
        except RefusalError:
            continue
        mine_depends |= set() if _alike(one, mine) else {name}
        right_depends |= set() if _alike(other, right) else {name}
    return frozenset(mine_depends), frozenset(right_depends)


def _both(pair: Pair, sample: Sample) -> tuple[Tensor, Tensor]:
    return result_of(pair.mine, sample.arguments), pair.at(sample).quick()


def _alike(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.allclose(one, other, rtol=1e-6, equal_nan=True)
