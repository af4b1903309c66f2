"""A function and a written derivative of it: compared in the layout that fits, and looked into where they differ."""

import math
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from gradlab.gradcheck.calling import (
    Function,
    RefusalError,
    called,
    in_single,
    name_of,
    parameters_of,
    result_of,
)
from gradlab.gradcheck.cases import RELATIVE, SINGLE, Case, wrong_components
from gradlab.gradcheck.samples import Layout, Sample, layouts, samples
from gradlab.gradcheck.taylor import taylor_slope
from gradlab.gradcheck.translate import translated
from gradlab.gradcheck.written import Written, written

_TRIES = 3
"""A layout in which so many samples are refused at once is given up."""

_LOOKED_INTO = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """`mine` is to be the derivative of `f` by `argument`; `followable` is `f` with PyTorch alone."""

    mine: Function
    f: Function
    argument: str
    followable: Function = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "followable", translated(self.f))

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments with a default that both functions know; what only `f` knows stays as it is."""
        known = parameters_of(self.mine)
        return {n: p.default for n, p in parameters_of(self.f).items() if n in known and p.default is not p.empty}

    def at(self, sample: Sample) -> Written:
        """The function laid out at a sample."""
        return written(self.f, self.followable, sample, self.argument)


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
    refusals: list[RefusalError] = []
    for layout in layouts(pair.f, pair.argument):
        if not layout.has_vectors and (best or any(_mixes_points(each) for each in refusals)):
            break
        found, refused = _in_layout(pair, layout, on_trial=bool(best))
        if refused is not None and not layout.has_matrix:
            refusals.append(refused)
        if found and (not found[0].written.reduced or not wrong_components([each.case for each in found])):
            return (found if not best or found[0].written.reduced else best), None
        best = best or found
    return best, min(refusals, key=lambda each: not _mixes_points(each), default=None)


def _mixes_points(refusal: RefusalError) -> bool:
    """A function of this kind would look elementwise if there were one point only."""
    return refusal.key == "gradcheck.not_elementwise"


def _in_layout(pair: Pair, layout: Layout, on_trial: bool) -> tuple[list[Compared], RefusalError | None]:
    """All samples of one layout; on trial, none if the first few are wrong."""
    keywords = {name: value for name, value in pair.keywords.items() if name not in layout.shapes}
    found: list[Compared] = []
    refusal: RefusalError | None = None
    for tried, sample in enumerate(samples(layout, keywords, {pair.argument})):
        if tried == _TRIES and (not found or (on_trial and wrong_components([each.case for each in found]))):
            return [], refusal
        try:
            found.append(_at(pair, sample))
        except RefusalError as refused:
            refusal = refusal or refused
    return found, refusal


def _at(pair: Pair, sample: Sample) -> Compared:
    laid_out = pair.at(sample)
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


def taylor_slope_of(compared: Compared) -> float:
    """The slope of the Taylor remainder of the sum over the points."""
    argument, at = compared.written.argument, compared.written.at
    mine = compared.case.mine[argument]
    mine = mine.sum(0) if mine.dim() > at.dim() else mine
    try:
        return taylor_slope(lambda p: compared.written.along(p["at"]).sum(), {"at": at}, {"at": mine})
    except RefusalError:
        return math.nan
