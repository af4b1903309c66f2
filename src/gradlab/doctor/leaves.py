"""What the doctor remembers of a parameter, and the marks by which it knows a number that came from one.

Nothing here holds a tensor: only weak references, sizes, versions and places.
"""

from dataclasses import dataclass, field
from weakref import ref

from torch import Tensor

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
class Leaf:
    """A parameter through its whole life, also where training moves it from one tensor to the next.

    Ticks count backward passes; `-1` is never. `used` is identity and version of the `.grad` that an update used.
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
    dead_end: Place | None = None
    is_loss: bool = False
    took_part: int = -1
    reached: int = 0
    reached_at: int = -1
    longest_gap: int = 1
    gradient_seen: bool = False
    wanted_at: int = -1
    read_at: int = -1
    holder: int | None = None
    idle_steps: int = 0
    fresh: bool = False
    used: tuple[int, int] | None = None
    leftover: Leftover | None = None
    clearing: Clearing | None = None
    updates: int = 0
    changed: bool = False
    updated_place: Place | None = None
    signed: bool = False
    analysed: bool = False
    optimized: bool = False
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
