"""What came of many runs: where each ended, and the whole History of any of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from torch import Tensor

from gradlab._types import Params
from gradlab.history import History
from gradlab.history.steps import Kind


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Each run at its own last row: `params[p]` (runs, …), `losses` (runs,), `steps` (runs,), and how it ended.

    `histories[i]` is the History that `fit` would have given for run i; it is put together when it is asked for.
    """

    params: Params
    losses: Tensor
    steps: Tensor
    kinds: tuple[Kind, ...]
    histories: "Sequence[History]"

    def __len__(self) -> int:
        return len(self.kinds)

    def __repr__(self) -> str:
        return f"Runs({len(self)} runs of {', '.join(self.params)})"


@dataclass(frozen=True, slots=True, eq=False)
class OnDemand(Sequence[History]):
    """Histories made one at a time: ten thousand at once would be ten thousand times a dozen tensors."""

    length: int
    make: Callable[[int], History]

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> History: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[History]: ...
    def __getitem__(self, index: int | slice) -> History | Sequence[History]:
        chosen = range(self.length)[index]  # raises IndexError, and counts negative ones from the end
        return [self.make(i) for i in chosen] if isinstance(chosen, range) else self.make(chosen)

    def __iter__(self) -> Iterator[History]:
        return map(self.make, range(self.length))
