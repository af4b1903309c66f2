"""`fit_many`: what differs from run to run is given as a sequence, all else is as for `fit`."""

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from gradlab import gradients, models
from gradlab import optimizers as known_optimizers
from gradlab._types import LossFunction, Params, State
from gradlab.batch.ends import Ending, endings, free_slopes
from gradlab.batch.runs import OnDemand, Runs
from gradlab.batch.together import Group, Together, evaluate, walk_together
from gradlab.data import Points
from gradlab.descent import fit
from gradlab.descent.batches import order_of_epoch
from gradlab.descent.eager import Walked
from gradlab.descent.plan import Plan, history_of, planned
from gradlab.errors import OptionError
from gradlab.history import History
from gradlab.models import Model
from gradlab.models.start import Start, free_names
from gradlab.optimizers import Optimizer

_FIT = inspect.signature(fit)


def fit_many(
    model: str | Callable[..., Any] | Model,
    points: Points | Sequence[Points],
    *,
    starts: Sequence[Start] | None = None,
    lrs: Sequence[float] | None = None,
    seeds: Sequence[int] | None = None,
    optimizers: Sequence[str | Optimizer] | None = None,
    loss: str | LossFunction = "mse",
    steps: int = 100,
    freeze: Collection[str] = (),
    **options: Any,
) -> Runs:
    """Many runs of `fit` at once: run i takes the i-th of each sequence, and shares all that is no sequence.

    `points` may be a sequence too (a bootstrap), `starts`, `lrs`, `seeds` and `optimizers` are the plural of the
    arguments of `fit`; all sequences are of one length. `options` are those of `fit`, the same for all runs.

    Equal to separate runs but for the order in which means are summed (about 1e-15 of them a step). Each run's outcome
    is its own: one that diverges or converges (`until`) ends where it would have ended alone. What cannot go side by
    side (a model that branches on values, a gradient that is not autograd's, points of different number, an optimizer
    from elsewhere) goes run by run.

    Raises OptionError for sequences of different lengths or none, and all that `fit` raises.

    >>> from gradlab.data import noisy_line
    >>> runs = fit_many("line", noisy_line(0.5, 0.0, 50), lrs=[1e-4, 1e-3, 1e-2], steps=200)
    >>> runs.kinds, runs.histories[1].steps
    (('steps-done', 'steps-done', 'diverged'), 200)
    """
    common = {"loss": loss, "steps": steps, "freeze": freeze, **options}
    each = _each(points, {"start": starts, "lr": lrs, "seed": seeds, "optimizer": optimizers})
    resolved = models.resolve(model, each[0]["points"].names)
    plans = [_plan(resolved, {**common, **own}) for own in each]
    together = _together(plans, each, isinstance(points, Points)) if _side_by_side(plans) else None
    if together is None:
        return _one_by_one([fit(resolved, **common, **own) for own in each])
    order, many = together
    columns, states = walk_together(many, steps)
    return _runs([plans[i] for i in order], order, many, columns, states)


def _each(points: Points | Sequence[Points], plural: dict[str, Sequence[Any] | None]) -> list[dict[str, Any]]:
    """The arguments of each run's own."""
    given: dict[str, Sequence[Any]] = {name: values for name, values in plural.items() if values is not None}
    if not isinstance(points, Points):
        given["points"] = points
    lengths = {name: len(values) for name, values in given.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        raise OptionError("batch.lengths", lengths=", ".join(f"{name} {length}" for name, length in lengths.items()))
    shared = {"points": points} if isinstance(points, Points) else {}
    return [{**shared, **dict(zip(given, own, strict=True))} for own in zip(*given.values(), strict=True)]


def _plan(model: Model, arguments: dict[str, Any]) -> Plan:
    """The run that `fit` would make of these arguments; what is not given is its default there."""
    bound = _FIT.bind(model, **arguments)
    bound.apply_defaults()
    return planned(**{name: value for name, value in bound.arguments.items() if name != "progress"})


def _side_by_side(plans: list[Plan]) -> bool:
    """Whether the runs have what it takes: the same shapes, autograd's gradient, optimizers known to be elementwise."""
    shapes = {(p.objective.points.x.shape, p.objective.points.y.dtype, p.objective.points.y.device) for p in plans}
    parameters = {tuple(value.shape for value in p.beginning.params.values()) for p in plans}
    return (
        len(shapes) == len(parameters) == 1
        and all(_is_known(plan.optimizer) and plan.beginning.earlier is None for plan in plans)
        and plans[0].gradient is gradients.autograd()
    )


def _is_known(optimizer: Optimizer) -> bool:
    return optimizer.name in known_optimizers.NAMES and optimizer.step.__module__ == known_optimizers.__name__


def _together(plans: list[Plan], each: list[dict[str, Any]], shared: bool) -> tuple[list[int], Together] | None:
    """The runs in order of their optimizers, and the walk they take; None where the model refuses to be batched."""
    keys = [_key(plan, own) for plan, own in zip(plans, each, strict=True)]
    order = sorted(range(len(plans)), key=lambda i: keys[i])
    plans, keys = [plans[i] for i in order], [keys[i] for i in order]
    groups, first = [], 0
    for _, same in groupby(keys):
        after = first + len(list(same))
        groups.append(Group(slice(first, after), plans[first].optimizer))
        first = after
    one, names = plans[0], plans[0].beginning.params
    points = [plan.objective.points for plan in (plans[:1] if shared else plans)]
    many = Together(
        one.objective,
        {name: torch.stack([plan.beginning.params[name] for plan in plans]) for name in names},
        points[0].x if shared else torch.stack([each.x for each in points]),
        points[0].y if shared else torch.stack([each.y for each in points]),
        _batches([plan.settings["seed"] for plan in plans], len(points[0]), one.settings["batch_size"]),
        tuple(groups),
        free_names(names, one.settings["freeze"]),
        one.settings["until"],
    )
    try:
        evaluate(many, many.params, 0)
    except Exception:  # whatever vmap refuses; an error of the model itself comes again, as itself, run by run
        return None
    return order, many


def _key(plan: Plan, own: dict[str, Any]) -> tuple[str, float, int]:
    """Equal for runs that one optimizer can take along; an Optimizer that was handed over may have more to it."""
    made = own.get("optimizer")
    return plan.optimizer.name, plan.optimizer.lr, id(made) if isinstance(made, Optimizer) else 0


def _batches(seeds: list[int], n: int, batch_size: int | None) -> Callable[[int], Tensor] | None:
    """The rows that each run's mini-batch of a step takes, (runs, size): those of a single run with its seed."""
    if batch_size is None or batch_size >= n:
        return None

    @lru_cache(maxsize=1)
    def orders(epoch: int) -> Tensor:
        order = {seed: order_of_epoch(n, seed, epoch) for seed in set(seeds)}
        return torch.stack([order[seed] for seed in seeds])

    def batch(step: int) -> Tensor:
        epoch, position = divmod(step, -(-n // batch_size))
        return orders(epoch)[:, position * batch_size : (position + 1) * batch_size]

    return batch


def _runs(plans: list[Plan], order: list[int], many: Together, columns: Params, states: list[State]) -> Runs:
    """Each run's end found, and the runs back in the order in which they were asked for."""
    ends = endings(columns["loss"], free_slopes(columns, many.free), many.until)
    place = torch.tensor(order).argsort()
    last = torch.tensor([row for row, _, _ in ends])

    def history(run: int) -> History:
        here = int(place[run])
        return _history(plans[here], here, ends[here], columns, _state_of(many, here, states))

    return Runs(
        params={name: columns[name][last[place], place] for name in many.params},
        losses=columns["loss"][last[place], place],
        steps=last[place],
        kinds=tuple(ends[i][1] for i in place.tolist()),
        histories=OnDemand(len(plans), history),
    )


def _history(plan: Plan, run: int, end: Ending, columns: Params, state: State) -> History:
    last, kind, reason = end
    own = {name: column[: last + 1, run].clone().cpu() for name, column in columns.items()}
    at_the_end = last == len(columns["loss"]) - 1  # of an earlier row the state is not kept
    walked = Walked({"step": torch.arange(last + 1), **own}, state if at_the_end else {}, kind, reason)
    plan.settings["engine"] = "eager"
    history = history_of(plan, walked)
    return history if at_the_end else replace(history, state=None)


def _state_of(many: Together, run: int, states: list[State]) -> State:
    """One run's part of its group's state."""
    group = next(i for i, group in enumerate(many.groups) if run < group.runs.stop)
    within = run - many.groups[group].runs.start

    def part(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: part(each) for key, each in value.items()}
        return value[within] if isinstance(value, Tensor) else value

    return part(states[group])


def _one_by_one(histories: list[History]) -> Runs:
    return Runs(
        params={name: torch.stack([each.params[name] for each in histories]) for name in histories[0].parameters},
        losses=torch.stack([each.losses[-1] for each in histories]),
        steps=torch.tensor([each.steps for each in histories]),
        kinds=tuple(each.outcome.kind for each in histories),
        histories=tuple(histories),
    )
