"""An objective at one place, and the gradient that someone computed there: compared, and looked into where wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Evaluation, Params
from gradlab.gradcheck.calling import RefusalError, in_single, numbers
from gradlab.gradcheck.cases import RELATIVE, SINGLE, Case
from gradlab.gradcheck.edges import Computation, recorded
from gradlab.gradcheck.evidence import Evidence
from gradlab.gradcheck.hypotheses import points_averaged, quantities
from gradlab.gradcheck.kinks import Kink
from gradlab.gradcheck.truth import Right, right_slopes

_SIDE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """`answer` is to be the gradient of `objective` at `params`, float64; `followable` computes it with PyTorch alone.

    `n` is the number of points, None where nobody knows. `per_point`: the loss is elementwise, so that an answer with
    one gradient per point is right if its mean is.
    """

    objective: Callable[[Params], Any]
    followable: Callable[[Params], Any]
    params: Params
    answer: Any
    n: int | None = None
    per_point: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A situation with its case. `kinks`: where it stands on one, by component; `followed`: autograd's numbers."""

    situation: Situation
    case: Case
    kinks: Mapping[str, Kink]
    followed: bool


def judged(situation: Situation) -> Judged:
    """Compare component by component. Raises RefusalError for an answer that is no gradient of this shape."""
    params = situation.params
    mine = components(situation.answer, params, situation.n, situation.per_point)
    right, error, followed = {}, {}, True
    for name in params:
        found = _right(situation, name)
        right[name], error[name], followed = found.slopes, found.error, followed and found.followed
    single = any(in_single(part) for part in _parts(situation.answer))
    relative = SINGLE if single or in_single(situation.objective(params)) else RELATIVE
    bends = {name: kink for name in params if (kink := _kink(situation, name, mine[name], right[name])) is not None}
    excused = {name: mine[name] if name in bends and bends[name].is_between else right[name] for name in params}
    return Judged(situation, Case(situation.n or 1, mine, excused, error, relative), bends, followed)


def _right(situation: Situation, name: str) -> Right:
    def along(moved: Tensor) -> Tensor:
        return numbers(situation.objective({**situation.params, name: moved})).detach()

    def follow(leaf: Tensor) -> Any:
        return situation.followable({**situation.params, name: leaf})

    single = in_single(situation.objective(situation.params))
    return right_slopes(along, follow, situation.params[name], "elements", single=single)


def components(answer: Any, params: Params, n: int | None = None, per_point: bool = False) -> dict[str, Tensor]:
    """A gradient however it was returned, by name; each with its parameter's shape.

    One for each of `n` points where one is wanted is summed, which leaves a factor N; averaged if `per_point`. Raises
    RefusalError where there is not one component per parameter, or its shape does not go with the parameter's.

    >>> components(torch.tensor([1.0, 2.0]), {"m": torch.tensor(0.0), "b": torch.tensor(0.0)})["b"].item()
    2.0
    """
    named = _named(answer, params)
    if missing := [name for name in params if name not in named]:
        raise RefusalError("gradcheck.component_missing", names=", ".join(missing))
    return {name: _shaped(name, numbers(named[name]).detach(), at.shape, n, per_point) for name, at in params.items()}


def _named(answer: Any, params: Params) -> Mapping[str, Any]:
    if isinstance(answer, Evaluation):
        return answer.gradient
    if isinstance(answer, Mapping):
        return answer
    if len(params) == 1 and not (isinstance(answer, list | tuple) and len(answer) == 1):
        return dict.fromkeys(params, answer)
    parts = list(answer) if isinstance(answer, list | tuple) else list(numbers(answer).detach().reshape(_rows(answer)))
    if len(parts) != len(params) and sum(at.numel() for at in params.values()) == len(parts):
        sizes = [at.numel() for at in params.values()]
        parts = list(torch.stack([numbers(part).detach() for part in parts]).split(sizes))
    if len(parts) != len(params):
        raise RefusalError("gradcheck.component_count", found=len(parts), wanted=len(params), names=", ".join(params))
    return dict(zip(params, parts, strict=True))


def _rows(answer: Any) -> tuple[int, ...]:
    shape = tuple(numbers(answer).shape)
    return shape or (1,)


def _shaped(name: str, component: Tensor, shape: torch.Size, n: int | None, per_point: bool) -> Tensor:
    if component.numel() == 1 or component.numel() == shape.numel():
        return component.reshape(shape) if component.numel() == shape.numel() else component.expand(shape)
    if component.shape == (n, *shape):
        return component.mean(0) if per_point else component.sum(0)
    raise RefusalError("gradcheck.component_shape", name=name, found=tuple(component.shape), wanted=tuple(shape))


def _parts(answer: Any) -> Sequence[Any]:
    if isinstance(answer, Evaluation):
        return list(answer.gradient.values())
    if isinstance(answer, Mapping):
        return list(answer.values())
    return answer if isinstance(answer, list | tuple) else [answer]


def _kink(situation: Situation, name: str, mine: Tensor, right: Tensor) -> Kink | None:
    """Whether the objective bends just here along a single parameter, and what was answered."""
    at = situation.params[name]
    if at.dim() or not bool(torch.isfinite(mine)):
        return None

    def value(shift: float) -> Tensor:
        return numbers(situation.objective({**situation.params, name: at + shift})).detach()

    step = _SIDE * (1 + float(at.abs()))
    here = value(0.0)
    left, right_hand = (here - value(-step)) / step, (value(step) - here) / step
    if float((right_hand - left).abs()) <= 1e-3 * float(1 + left.abs() + right_hand.abs()):
        return None
    return Kink(*(round(float(each), 4) for each in (left, right_hand, mine)))


def evidence(found: Judged, wrong: Sequence[str]) -> Evidence:
    """What a diagnosis needs of one situation."""
    situation, case = found.situation, found.case
    computation = recorded(situation.followable, situation.params) if found.followed else None
    computation = computation if computation and (found.kinks or computation.gives(case.right)) else None
    trusted = case.trusted()
    at_hand = dict(situation.params) | (quantities(computation) if computation else {})
    return Evidence(
        _points(situation, computation),
        {name: case.mine[name] for name in wrong},
        {name: trusted[name] for name in wrong},
        numbers(situation.objective(situation.params)).detach(),
        case.relative,
        computation,
        case.right,
        at_hand,
        reduced=True,
    )


def _points(situation: Situation, computation: Computation | None) -> int:
    return situation.n or (points_averaged(computation) if computation else 1)
