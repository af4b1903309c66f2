"""The loop: evaluate, hand out the step, update. Whoever iterates decides when to stop."""

from collections.abc import Collection, Iterator
from itertools import count, repeat

from gradlab._types import Gradient, ObjectiveFunction, Params, State
from gradlab.descent.batches import mini_batches
from gradlab.history import Step
from gradlab.models.start import free_names
from gradlab.optimizers import Optimizer


def descend(
    objective: ObjectiveFunction,
    params: Params,
    *,
    gradient: Gradient,
    optimizer: Optimizer,
    freeze: Collection[str] = (),
    state: State | None = None,
    first: int = 0,
    batch_size: int | None = None,
    seed: int = 0,
) -> Iterator[Step]:
    """Walk down `objective` from `params`: the step `first` (where it starts), then one after the other, without end.

        p ← p − lr · ∂L/∂p        (for plain gradient descent; `optimizer` has the others)

    The minus is there because the gradient points uphill. Each Step is evaluated at its own parameters, before the
    update; those named in `freeze` keep their gradient in it, and stay. To go on with an earlier walk, hand over the
    `params`, `state` and `index` (as `first`) of its last Step. With `batch_size` each step sees one mini-batch only,
    which depends on `seed` and the step's index alone, and loss and means are the batch's.

    Raises OptionError for an unknown name in `freeze`, for nothing left free, for a batch_size below 1.

    >>> from gradlab import gradients, optimizers
    >>> walk = descend(
    ...     lambda params: params["m"] ** 2,
    ...     {"m": torch.tensor(1.0)},
    ...     gradient=gradients.autograd(),
    ...     optimizer=optimizers.sgd(lr=0.25),
    ... )
    >>> [float(next(walk).params["m"]) for _ in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """
    params = {name: p.detach() for name, p in params.items()}
    free = free_names(params, freeze)
    objectives = repeat(objective) if batch_size is None else mini_batches(objective, batch_size, seed, first)
    state = optimizer.init({name: params[name] for name in free}) if state is None else state
    return _walk(objectives, params, free, state, gradient, optimizer, first)


def _walk(
    objectives: Iterator[ObjectiveFunction],
    params: Params,
    free: tuple[str, ...],
    state: State,
    gradient: Gradient,
    optimizer: Optimizer,
    first: int,
) -> Iterator[Step]:
    for index, objective in zip(count(first), objectives, strict=False):
        evaluation = gradient(objective, params)
        yield Step(index, params, evaluation, state)
        moved, state = optimizer.step({name: params[name] for name in free}, evaluation.gradient, state)
        params = {**params, **moved}
