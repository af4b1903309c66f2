"""Runs that were asked for, remembered for a while: a step, an export or a trap looks into the run just solved."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gradlab import losses, models
from gradlab.data import Points
from gradlab.descent import fit
from gradlab.descent.standardise import standardised
from gradlab.errors import OptionError
from gradlab.history import History
from gradlab.lab.state import State
from gradlab.models import Model
from gradlab.objective import Objective

MAX_SECONDS = 5.0
T = TypeVar("T")
TRIED = 4
"""Steps that are timed to know how long one takes."""

FEW_STEPS = 200
"""Up to so many steps PyTorch itself takes about as long as the fused engine's preparations."""

KEPT = 8
"""Runs, and times of a step."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A state that was run: `points` are those that the descent saw."""

    state: State
    model: Model
    points: Points
    history: History

    def start(self) -> dict[str, float]:
        """Where it starts, a number for each parameter. Raises OptionError for parameters that are whole tensors."""
        first = {name: self.history[name][0] for name in self.history.parameters}
        for name, value in first.items():
            if value.dim():
                raise OptionError("lab.tensor_parameter", name=name, shape=tuple(value.shape))
        return {name: value.item() for name, value in first.items()}

    @property
    def objective(self) -> Objective:
        return Objective(self.model, losses.resolve(self.state.loss), self.points)


class Runs:
    """The runs of a session; `own` are models that are Python functions, by name, from whoever opened it."""

    def __init__(self, own: Mapping[str, Model] | None = None) -> None:
        self._own = own or {}
        self._runs: OrderedDict[Any, Run] = OrderedDict()
        self._seconds: OrderedDict[Any, float] = OrderedDict()

    def of(self, state: State) -> Run:
        """The run of `state`, made now unless it is remembered.

        Raises BadInputError as `fit` does, and OptionError where it would take longer than five seconds.
        """
        return _remembered(self._runs, state.key(), lambda: self._made(state))

    def _made(self, state: State) -> Run:
        model = self._own.get(state.model) or models.resolve(state.model, state.points.names)
        points = standardised(state.points)[0] if state.standardise else state.points
        self._check_time(state, model)
        engine = "fused" if state.steps > FEW_STEPS else "eager"
        return Run(state, model, points, fit(model, state.points, engine=engine, **state.settings()))

    def _check_time(self, state: State, model: Model) -> None:
        """A few steps tell how long all will take; what takes as long is not tried again."""

        def seconds_of(steps: int) -> float:
            began = time.perf_counter()
            fit(model, state.points, **state.settings() | {"steps": steps})
            return time.perf_counter() - began

        def seconds_of_a_step() -> float:
            seconds_of(0)  # the first fit of a process imports what it needs
            return min(seconds_of(TRIED) for _ in range(3)) / TRIED  # the least: others may be at work here too

        likes = (state.model, state.loss, state.gradient, state.optimizer, state.batch, len(state.points))
        seconds = _remembered(self._seconds, likes, seconds_of_a_step) * state.steps
        if seconds > MAX_SECONDS * 2:
            most = int(state.steps * MAX_SECONDS / seconds)
            raise OptionError("lab.too_slow", field="steps", steps=state.steps, seconds=seconds, most=most)


def _remembered(store: "OrderedDict[Any, T]", key: Any, make: Callable[[], T]) -> T:
    """The value under `key`, made if it is not there; the one that was not asked for the longest is forgotten."""
    if key not in store:
        store[key] = make()
        while len(store) > KEPT:
            store.popitem(last=False)
    store.move_to_end(key)
    return store[key]
