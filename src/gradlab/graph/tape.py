"""What a trace remembers while the code runs: Records of tensors, and Passes of gradients back through them.

Records hold small copies, never the user's tensors. Autograd's nodes own them (through `node.metadata`), so that a
graph that the program lets go of takes its Records with it.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from gradlab.graph.engine import Node, Place
from gradlab.graph.snapshot import Copy
from gradlab.recorder import Site
from gradlab.rules import sum_to

Kind = Literal["leaf", "constant", "operation"]
_KEY = "gradlab.graph"


@dataclass(slots=True, eq=False)
class Group:
    """One call of a module: its name (`model.0`), its class, and the call around it."""

    name: str
    kind: str
    around: "Group | None" = None


@dataclass(slots=True, eq=False)
class Call:
    """One operation as it was called; several results may come of it.

    `arguments` are the operands as they were passed, tensors replaced by their Records. `parts` are the operations that
    a ready-made one consists of, the last of which gives its result; each is `inside` it. `shared` says that other
    operations ran within the same call of the user's, so that its text is not the text of this one alone.
    """

    operation: str
    arguments: dict[str, Any] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    group: Group | None = None
    inside: "Call | None" = None
    parts: tuple["Record", ...] = ()
    shared: bool = False


@dataclass(slots=True, eq=False)
class Operand:
    """One use of a Record by an operation: under which of its names, and with which local derivative.

    `alias` is what the code at the operation calls it. `arrivals` counts the edges of autograd's graph by which
    gradient flows back from here: 0 where none does.
    """

    label: str
    record: "Record"
    alias: str | None = None
    local: Copy | None = None
    arrivals: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What an operation was given: its name of it, the Record, where gradient will arrive, the code's name of it."""

    label: str
    record: "Record"
    place: Place | None
    alias: str | None = None


@dataclass(slots=True, eq=False)
class Record:
    """A tensor as it was at one moment, and the call that made it."""

    kind: Kind
    tracked: bool
    value: Copy
    order: int
    version: int = 0
    call: Call | None = None
    operands: tuple[Operand, ...] = ()
    name: str | None = None
    passed: "Pass | None" = None


@dataclass(frozen=True, slots=True)
class Accumulation:
    """What a backward did to `.grad`: the old one (None: there was none), and the one after it."""

    old: Copy | None
    after: Copy


@dataclass(slots=True, eq=False, weakref_slot=True)
class Pass:
    """One backward: the gradient at each Record, the gradient that flowed back by each use of one."""

    root: Record
    gradients: dict[Record, Copy] = field(default_factory=dict)
    flows: dict[Operand, Copy] = field(default_factory=dict)
    accumulations: dict[Record, Accumulation] = field(default_factory=dict)
    unfinished: dict[Operand, tuple[Tensor, int]] = field(default_factory=dict)

    def gradient(self, record: Record, g: Tensor) -> None:
        self.gradients[record] = Copy.of(g)
        record.passed = self

    def flow(self, operand: Operand, g: Tensor) -> None:
        """Several edges may lead back from one use; what flowed is their sum, known when the last has arrived."""
        g = sum_to(g, torch.Size(operand.record.value.shape))
        before, count = self.unfinished.pop(operand, (None, 0))
        total, count = g if before is None else before + g, count + 1
        if count < operand.arrivals:
            self.unfinished[operand] = total, count
        self.flows[operand] = Copy.of(total)


@dataclass(slots=True, eq=False)
class Anchor:
    """What a node of autograd's graph stands for.

    `results` are the Records of its outputs; `uses` the edges on which gradient leaves `owner`, the call that the node
    is a part of. `by_hand` are uses whose flow the engine cannot tell, because several results of one call share it;
    then the nodes of those results are marked. `expansion` is what the result of a composite is, done again in
    operations with a rule.
    """

    owner: Call | None = None
    results: dict[int, Record] = field(default_factory=dict)
    uses: list[tuple[int, Operand]] = field(default_factory=list)
    by_hand: list[tuple[int, Operand]] = field(default_factory=list)
    is_one_of_several: bool = False
    expansion: Tensor | None = None
    hooked: bool = False


def anchor_of(node: Node) -> Anchor:
    """The Anchor of a node, made at the first asking."""
    return node.metadata.setdefault(_KEY, Anchor())


def anchor_at(node: Node) -> Anchor | None:
    """The Anchor of a node, if it has one."""
    return node.metadata.get(_KEY)


def record_at(place: Place) -> Record | None:
    """The Record whose gradient arrives at `place`, if there is one."""
    anchor = anchor_at(place[0])
    return None if anchor is None else anchor.results.get(place[1])
