"""Checking a whole gradient: what someone computed, against the objective that it should belong to."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gradlab._types import ObjectiveFunction, Params
from gradlab.gradcheck.calling import RefusalError, name_of, numbers, quietly, told
from gradlab.gradcheck.cases import wrong_components
from gradlab.gradcheck.diagnosis import diagnose
from gradlab.gradcheck.kinks import Kink
from gradlab.gradcheck.situation import Judged, Situation, evidence, judged
from gradlab.gradcheck.taylor import taylor_slope
from gradlab.gradcheck.verdict import Measured, Verdict, example, right, unsure, wrong
from gradlab.messages import text
from gradlab.objective import Objective

_PLACES = 6
_LOOKED_INTO = 8
_LENGTHS = (None, 3, 7, None, 5, 12)

Mine = Callable[..., Any] | Mapping[str, Any] | Sequence[Any] | Tensor
"""A function that returns a gradient, or the gradient at the parameters given."""


def check_gradient(mine: Mine, objective: ObjectiveFunction, params: Params, *, name: str | None = None) -> Verdict:
    """Is `mine` the gradient of `objective`? At `params` and, where it is a function, at random places around them.

    `mine` is a function of `params`, of the parameters by their names (`mine(m, b)`), or of an objective and `params`
    like gradlab's own gradients: then also with fewer points. It returns, or is, the gradient by name, as a sequence or
    as one tensor in the order of `params`. All is evaluated in float64. The verdict has the slope of the Taylor
    remainder besides: 2 for a right gradient, 1 for a wrong one; at a kink any value between the two slopes is right.

    >>> objective = lambda p: (p["a"] - 1) ** 2 + 3 * p["b"]
    >>> at = {"a": torch.tensor(3.0), "b": torch.tensor(0.0)}
    >>> check_gradient(lambda p: [2 * (p["a"] - 1), torch.tensor(3.0)], objective, at).verdict
    'right'
    >>> check_gradient({"a": 4.0, "b": -3.0}, objective, at).argument
    'b'
    """
    name = name or (name_of(mine) if callable(mine) else text("gradcheck.this_gradient"))
    widened = any(value.dtype != torch.float64 for value in params.values())
    with quietly():
        try:
            found = [judged(situation) for situation in _situations(mine, objective, params)]
        except RefusalError as refusal:
            return unsure(name, None, str(refusal))
        return verdict_on(name, found, [text("gradcheck.widened")] if widened else [])


def verdict_on(name: str, found: Sequence[Judged], notes: Sequence[str] = (), kinks: Sequence[Kink] = ()) -> Verdict:
    """The verdict on a gradient in several situations; `kinks` are explained besides those that were met."""
    cases = [each.case for each in found]
    bad = wrong_components(cases)
    single = [text("gradcheck.single")] if any(case.is_single for case in cases) else []
    some = len(bad) not in (0, 1, len(cases[0].mine))
    named = [text("gradcheck.wrong_components", names=", ".join(bad))] if some else []
    worst = max(case.worst() for case in cases)
    measured = Measured(_slope(found), worst, (*named, *single, *notes))
    if not bad:
        bends = [*kinks, *(kink for each in found for kink in each.kinks.values())]
        return right(name, None, sum(each.numel() for case in cases for each in case.right.values()), measured, bends)
    only = bad[0] if len(bad) == 1 and len(cases[0].mine) > 1 else None
    looked_into = [evidence(each, bad) for each in found[:_LOOKED_INTO]]
    return wrong(name, only, diagnose(looked_into), example(cases), measured)


def _slope(found: Sequence[Judged]) -> float:
    """Of a situation that does not stand on a kink, where no slope says anything."""
    smooth = (each for each in found if not each.kinks and not each.case.is_single)
    return next((_slope_at(each) for each in smooth), math.nan)


def _slope_at(judged: Judged) -> float:
    situation = judged.situation
    try:
        return taylor_slope(lambda p: numbers(situation.objective(dict(p))), situation.params, judged.case.mine)
    except RefusalError:
        return math.nan


def _situations(mine: Mine, objective: ObjectiveFunction, params: Params) -> Iterator[Situation]:
    exact = {key: value.detach().to(torch.float64) for key, value in params.items()}
    whole = _in_float64(objective)
    if not callable(mine):
        yield _situation(mine, whole, exact)
        return
    takes_objective = _takes_objective(mine, params)
    for length, place in zip(_LENGTHS, _places(exact), strict=True):
        here = whole
        if takes_objective and isinstance(whole, Objective) and length and length < len(whole.points):
            here = whole.rows(torch.arange(length))
        yield _situation(_answer(mine, here, place, takes_objective), here, place)


def _in_float64(objective: ObjectiveFunction) -> ObjectiveFunction:
    if isinstance(objective, Objective):
        return Objective(objective.model, objective.loss, objective.points.to(torch.float64))
    return objective


def _situation(answer: Any, objective: ObjectiveFunction, place: Params) -> Situation:
    n = len(objective.points) if isinstance(objective, Objective) else None
    return Situation(objective, objective, place, answer, n)


def _takes_objective(mine: Callable[..., Any], params: Params) -> bool:
    """Whether it wants two things, and they are not the parameters by name."""
    try:
        wanted = inspect.signature(mine).parameters.values()
    except (ValueError, TypeError):
        return False
    needed = [p.name for p in wanted if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return len(needed) == 2 and not set(needed) <= set(params)


def _answer(mine: Callable[..., Any], objective: ObjectiveFunction, place: Params, takes_objective: bool) -> Any:
    copies = {name: value.clone() for name, value in place.items()}
    try:
        if takes_objective:
            return mine(objective, copies)
        names = list(inspect.signature(mine).parameters)
        return mine(**copies) if names and set(names) <= set(copies) else mine(copies)
    except (Exception, SystemExit) as failure:
        raise RefusalError("gradcheck.raises", function=name_of(mine), raised=told(failure)) from failure


def _places(params: Params) -> Iterator[Params]:
    """The place given, and others around it."""
    yield params
    generator = torch.Generator().manual_seed(0)
    for _ in range(_PLACES - 1):
        shift = {n: torch.randn(p.shape, generator=generator, dtype=p.dtype) for n, p in params.items()}
        yield {n: p + (0.3 + 0.3 * p.abs()) * shift[n] for n, p in params.items()}
