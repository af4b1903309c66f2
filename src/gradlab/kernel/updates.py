"""An optimizer's step, recorded like a model: its arithmetic is written once, in `optimizers`.

Whatever its state counts in whole numbers (Adam's steps) goes in as a tensor of float64, so that what is computed from
it is recorded too; such numbers stay in double precision until they meet a parameter, as Python's do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params, State
from gradlab.kernel.cells import of_numbers
from gradlab.kernel.nodes import Leaf, Node, Nodes
from gradlab.kernel.reading import Reader, leaves
from gradlab.kernel.refusal import NotFusedError
from gradlab.optimizers import Optimizer
from gradlab.recorder import Recorder, Recording

COUNT = "count"
"""The kind of leaf that a whole number of the state is."""

Place = tuple[Any, ...]
"""Where a tensor or a number stands in a state: the keys that lead to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """`after[leaf]` is the new value of every leaf that a step changes: parameters, state, counts."""

    after: dict[Leaf, Node]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Update) and self.after == other.after

    __hash__ = None  # type: ignore[assignment]  # compared, never kept in a set


def entries(state: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """All tensors and numbers of a state with their places. Raises NotFusedError for anything else."""
    match state:
        case dict():
            for key, value in state.items():
                yield from entries(value, (*place, key))
        case Tensor() | float():
            yield place, state
        case int() if not isinstance(state, bool):
            yield place, state
        case _:
            raise NotFusedError("kernel.state", kind=type(state).__name__)


def rebuilt(state: Any, new: Callable[[Place, Any], Any], place: Place = ()) -> Any:
    """A state of the same form with `new(place, value)` for each tensor and number."""
    if isinstance(state, dict):
        return {key: rebuilt(value, new, (*place, key)) for key, value in state.items()}
    return new(place, state)


def record_update(optimizer: Optimizer, free: Params, state: State) -> Update:
    """The step of `optimizer` on the `free` parameters. Raises NotFusedError where it is not arithmetic alone."""
    table, kinds = Nodes(), {place: "state" if isinstance(value, Tensor) else COUNT for place, value in entries(state)}
    update = _recorded(table, optimizer, free, state, kinds, shift=0.25)
    if _recorded(table, optimizer, free, state, kinds, shift=2.5) != update:
        raise NotFusedError("kernel.optimizer_differs", optimizer=optimizer.name)
    return update


def _recorded(
    table: Nodes, optimizer: Optimizer, free: Params, state: State, kinds: dict[Place, str], shift: float
) -> Update:
    def tensor(like: Any) -> Tensor:
        """Numbers of no importance, of the right shape, in float64 whatever the run's precision."""
        return torch.full_like(torch.as_tensor(like, device="cpu"), shift + 1, dtype=torch.float64)

    params, gradient = ({name: tensor(p) for name, p in free.items()} for _ in range(2))
    before = rebuilt(state, lambda place, value: tensor(value))
    recorder = Recorder()
    reader = Reader(table, torch.float64)
    for name in free:
        reader.know(
            recorder.recording.value(params[name]), leaves(table, "parameter", (name,), tuple(params[name].shape))
        )
        reader.know(
            recorder.recording.value(gradient[name]), leaves(table, "gradient", (name,), tuple(params[name].shape))
        )
    for place, value in entries(before):
        reader.know(recorder.recording.value(value), leaves(table, kinds[place], place, tuple(value.shape)))
    try:
        with torch.no_grad(), recorder:
            moved, after = optimizer.step(dict(params), gradient, before)
    except (TypeError, RuntimeError, ValueError) as failure:
        raise NotFusedError("kernel.optimizer", optimizer=optimizer.name) from failure
    reader.read(recorder.recording)
    return Update(_changes(reader, recorder.recording, kinds, moved, after))


def _changes(
    reader: Reader, recording: Recording, kinds: dict[Place, str], moved: Params, after: State
) -> dict[Leaf, Node]:
    changes: dict[Leaf, Node] = {}

    def note(kind: str, name: Place, value: Any) -> None:
        is_tensor = isinstance(value, Tensor)
        new = reader.cells_of(recording.value(value)) if is_tensor else of_numbers(reader.table, value)
        for index, node in enumerate(new.nodes.reshape(-1)):
            changes[(kind, *name, index)] = node

    for name, value in moved.items():
        note("parameter", (name,), value)
    found = dict(entries(after))
    if found.keys() != kinds.keys():
        raise NotFusedError("kernel.state", kind=", ".join(map(str, found)))
    for place, value in found.items():
        note(kinds[place], place, value)
    return changes
