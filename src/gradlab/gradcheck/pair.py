"""A function and a written derivative of it: compared in the layout that fits, and looked into where they differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gradlab.gradcheck.calling import (
    Function,
    RefusalError,
    called,
    in_single,
    name_of,
    numbers,
    parameters_of,
    result_of,
)
from gradlab.gradcheck.cases import RELATIVE, SINGLE, Case, Components, wrong_components
from gradlab.gradcheck.edges import recorded
from gradlab.gradcheck.evidence import Evidence
from gradlab.gradcheck.hypotheses import depending, quantities
from gradlab.gradcheck.samples import Layout, Sample, layouts, samples
from gradlab.gradcheck.taylor import taylor_slope
from gradlab.gradcheck.translate import translated
from gradlab.gradcheck.written import Written, written

_TRIES = 3
"""A layout in which so many samples are refused at once is given up."""

_LOOKED_INTO = 10
_NUDGE = 2.0**-50


@dataclass(frozen=True, slots=True)
class Pair:
    """`mine` is to be the derivative of `f` by `argument`; `followable` is `f` with PyTorch alone."""

    mine: Function
    f: Function
    argument: str
    followable: Function = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "followable", translated(self.f))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A sample, and what was compared there. `followed`: the right numbers are autograd's."""

    written: Written
    case: Case
    followed: bool


def compared(pair: Pair) -> tuple[list[Compared], RefusalError | None]:
    """The samples of the layout that fits, and why those of others could not be compared.

    The first layout in which both functions can be evaluated. But a function that ends in a mean or sum does not tell
    from its numbers which of its arguments are vectors: there the derivative is right if it is so in one such layout.
    """
    best: list[Compared] = []
    refusal: RefusalError | None = None
    for layout in layouts(pair.f, pair.argument):
        if best and not layout.has_vectors:
            continue
        found, refused = _in_layout(pair, layout)
        refusal = refusal or refused
        if found and (not found[0].written.reduced or not wrong_components([each.case for each in found])):
            return (found if not best or found[0].written.reduced else best), refusal
        best = best or found
    return best, refusal


def _in_layout(pair: Pair, layout: Layout) -> tuple[list[Compared], RefusalError | None]:
    common = parameters_of(pair.f).keys() & parameters_of(pair.mine).keys()
    keywords = {n: p.default for n, p in parameters_of(pair.f).items() if n in common and n not in layout.shapes}
    found: list[Compared] = []
    refusal: RefusalError | None = None
    for tried, sample in enumerate(samples(layout, keywords, {pair.argument})):
        if tried == _TRIES and not found:
            break
        try:
            found.append(_at(pair, sample))
        except RefusalError as refused:
            refusal = refusal or refused
    return found, refusal


def _at(pair: Pair, sample: Sample) -> Compared:
    laid_out = written(pair.f, pair.followable, sample, pair.argument)
    answer = called(pair.mine, sample.arguments)
    mine = result_of(pair.mine, sample.arguments)
    found = laid_out.right()
    relative = SINGLE if laid_out.single or in_single(answer) else RELATIVE
    case = Case(
        sample.n,
        {pair.argument: _laid_out(mine, found.slopes, pair)},
        {pair.argument: found.slopes},
        {pair.argument: found.error},
        relative,
        lambda: _noise(pair, laid_out, mine, found.slopes),
    )
    return Compared(laid_out, case, found.followed)


def _laid_out(mine: Tensor, right: Tensor, pair: Pair) -> Tensor:
    """One number for all points counts at each; a column beside a row must not be spread out to a square."""
    if right.dim() == 0 and mine.numel() == 1:
        return mine.reshape(())
    try:
        return mine.expand(right.shape)
    except RuntimeError:
        shapes = {"mine": tuple(mine.shape), "right": tuple(right.shape)}
        raise RefusalError("gradcheck.shape", function=name_of(pair.mine), **shapes) from None


def _noise(pair: Pair, laid_out: Written, mine: Tensor, right: Tensor) -> Components:
    """How far a few units in the last place of the arguments move either side."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.zeros_like(right)
    for _ in range(2):
        sample = laid_out.sample
        nudged = {name: _nudged(value, generator) for name, value in sample.arguments.items()}
        try:
            there = written(pair.f, pair.followable, Sample(nudged, sample.n), pair.argument).right().slopes
            noise = torch.maximum(noise, (there - right).abs() + (result_of(pair.mine, nudged) - mine).abs())
        except RefusalError:
            break
    return {pair.argument: noise}


def _nudged(value: object, generator: torch.Generator) -> object:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value * (1 + _NUDGE * torch.randint(-4, 5, value.shape, generator=generator))
    return value * (1 + _NUDGE) if isinstance(value, float) else value


def taylor_slope_of(compared: Compared) -> float:
    """The slope of the Taylor remainder of the sum over the points."""
    argument, at = compared.written.argument, compared.written.at
    mine = compared.case.mine[argument]
    mine = mine.sum(0) if mine.dim() > at.dim() else mine
    try:
        return taylor_slope(lambda p: compared.written.along(p["at"]).sum(), {"at": at}, {"at": mine})
    except RefusalError:
        return math.nan


def evidence_of(pair: Pair, found: Sequence[Compared]) -> list[Evidence]:
    """What a diagnosis needs of the samples, those that are wrong first."""
    worst_first = sorted(found, key=lambda each: -_number(each.case.wrong_share(pair.argument)))
    return [_evidence(pair, each) for each in worst_first[:_LOOKED_INTO]]


def _number(share: float) -> float:
    return 0.0 if math.isnan(share) else share


def _evidence(pair: Pair, compared: Compared) -> Evidence:
    laid_out, case, argument = compared.written, compared.case, pair.argument
    computation = recorded(lambda leaves: laid_out.follow(leaves[argument]), {argument: laid_out.at})
    if not (compared.followed and computation and computation.gives(case.right)):
        computation = None
    arguments = {name: numbers(a) for name, a in laid_out.sample.arguments.items() if isinstance(a, Tensor | float)}
    at_hand = arguments | (quantities(computation) if computation else {}) | {name_of(pair.f): laid_out.value}
    shapes = {(), laid_out.value.shape, laid_out.at.shape}
    summed = laid_out.moves == "elements" and laid_out.value.dim() > 0
    return Evidence(
        case.n,
        {name: mine.sum(0) if summed else mine for name, mine in case.mine.items()},
        {name: right.sum(0) if summed else right for name, right in case.right.items()},
        laid_out.value,
        case.relative,
        computation,
        _others(pair, laid_out) if not summed else {},
        {label: q for label, q in at_hand.items() if q.shape in shapes},
        frozenset({argument, *(depending(computation) if computation else ())}),
        laid_out.reduced,
    )


def _others(pair: Pair, laid_out: Written) -> dict[str, Tensor]:
    """The derivatives by the other arguments."""
    found = {}
    for name, value in laid_out.sample.arguments.items():
        if name != pair.argument and isinstance(value, Tensor | float):
            try:
                found[name] = written(pair.f, pair.followable, laid_out.sample, name).right().slopes
            except RefusalError:
                continue
    return found
