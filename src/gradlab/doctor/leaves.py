"""What the doctor remembers of a parameter, and the marks by which it knows a number that came from one.

Nothing here holds a tensor: only weak references, sizes, versions and places.
"""

from collections import deque
from dataclasses import dataclass, field
from weakref import ref

from torch import Tensor
from torch.optim import Optimizer

from gradlab.doctor.places import Place

Marks = frozenset["ValueOf | GradientOf | Cut | Successor"]
"""What an untracked tensor is made of."""


@dataclass(frozen=True, slots=True, eq=False)
class ValueOf:
    """Made from the value of a parameter."""

    leaf: "Leaf"


@dataclass(frozen=True, slots=True, eq=False)
class GradientOf:
    """Made from the gradient of a parameter."""

    leaf: "Leaf"


@dataclass(slots=True, eq=False)
class Cut:
    """A place where values leave the graph: detach, .data, .item(), an operation under no_grad.

    `leaves` are the parameters seen to depend on it; `flowed` is the tick at which such a value last took part in a
    tracked operation again, or was itself the loss. `left` says that numbers went out to Python or NumPy in a way that
    suggests a return: a parameter's own value, or a whole array; one number further down was most likely printed.
    """

    how: str
    place: Place | None
    tick: int
    order: int
    leaves: set["Leaf"] = field(default_factory=set)
    walks: int = 0
    times: int = 1
    left: bool = False
    flowed: int = -1


@dataclass(slots=True, eq=False)
class Successor:
    """A new tensor, computed from a parameter and its gradient, that is meant to be the parameter from now on.

    `depth` counts the updates that hang on one another when autograd records them.
    """

    leaf: "Leaf"
    place: Place | None
    tick: int
    tracked: bool
    address: int
    depth: int = 1
    flowed: int = -1
    asked_for_grad: int = -1
    adopted: bool = False


@dataclass(slots=True, eq=False)
class Clearing:
    """A gradient thrown away before any update used it."""

    place: Place | None
    tick: int


@dataclass(slots=True, eq=False)
class Leftover:
    """A gradient that an update has used already, to which backward adds the next one."""

    place: Place | None
    norm: float


@dataclass(slots=True, eq=False)
class Holder:
    """An optimizer: where it stepped last, how often and at which last two ticks, and when it cleared its gradients."""

    ref: "ref[Optimizer]"
    name: str
    place: Place | None = None
    size: list[int] = field(default_factory=list)
    steps: int = 0
    ticks: deque[int] = field(default_factory=lambda: deque(maxlen=2))
    clearing: Clearing | None = None
    cleared_at: int = -1
    lr: float = 0.0
    momentum: float = 0.0
    maximize: bool = False


@dataclass(slots=True, eq=False)
class Leaf:
    """A parameter through its whole life, also where training moves it from one tensor to the next.

    Ticks count backward passes; `-1` is never. `gradient_mark` is identity and version of `.grad` after a backward.
    """

    ref: "ref[Tensor]"
    name: str | None
    place: Place | None
    born: int
    shape: tuple[int, ...]
    parameter: bool
    version: int
    made: bool = False
    searches_left: int = 4
    is_loss: bool = False
    took_part: int = -1
    dead_end: Place | None = None
    reached: int = 0
    reached_at: int = -1
    longest_gap: int = 1
    wanted_at: int = -1
    read_at: int = -1
    holder: Holder | None = None
    graded_at: int = -1
    gradient_mark: tuple[int, int] | None = None
    cleared_at: int = -1
    clearing: Clearing | None = None
    leftover: Leftover | None = None
    updates: int = 0
    updated_at: int = -1
    updated_place: Place | None = None
    signed: bool = False
    analysed: bool = False
    has_heir: bool = False
    value_escaped: int = -1
    gradient_escaped: int = -2
    chains: int = 0
    value: ValueOf = field(init=False)
    gradient: GradientOf = field(init=False)

    def __post_init__(self) -> None:
        self.value, self.gradient = ValueOf(self), GradientOf(self)

    def tensor(self) -> Tensor | None:
        return self.ref()

    def cleared(self) -> int:
        """The tick at which its gradient was last cleared, by hand or by its optimizer."""
        return self.cleared_at if self.holder is None else max(self.cleared_at, self.holder.cleared_at)

    def wanted(self) -> int:
        """The tick at which something last wanted it trained: its optimizer stepped, its gradient was asked for."""
        return max(self.wanted_at, self.holder.ticks[-1]) if self.holder and self.holder.ticks else self.wanted_at
