"""Scalars written down: what one number is computed from, each expression kept once.

Two expressions that are the same are the very same node (hash-consing), so that common parts are found as they arise,
and a model that uses its parts over and over does not grow without bound.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gradlab.kernel.refusal import NotFusedError

LARGEST = 20_000
"""Nodes of one run; beyond that compiling would take longer than it could ever save."""

Leaf = tuple[str | int, ...]
"""What a leaf stands for: `("x", 0)`, `("y",)`, `("parameter", "w", 2)`, `("n",)`."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation on nodes, a number, or a leaf; `varying` if it differs from point to point.

    Nodes are numbered as they are made, operands before what uses them.
    """

    index: int
    op: str
    operands: "tuple[Node, ...]" = ()
    number: float | None = None
    leaf: Leaf = ()
    varying: bool = False


class Nodes:
    """A table in which every expression has one node.

    >>> nodes = Nodes()
    >>> x = nodes.leaf(("x", 0), varying=True)
    >>> nodes.call("mul", x, nodes.number(2.0)) is nodes.call("mul", x, nodes.number(2.0))
    True
    """

    def __init__(self) -> None:
        self._table: dict[tuple[object, ...], Node] = {}

    def number(self, value: float) -> Node:
        """A constant; 0.0 and -0.0 are two."""
        return self._kept(("number", repr(float(value))), "number", number=float(value))

    def leaf(self, leaf: Leaf, *, varying: bool = False) -> Node:
        """Something that is known only when the loop runs."""
        return self._kept(("leaf", leaf), "leaf", leaf=leaf, varying=varying)

    def call(self, op: str, *operands: Node) -> Node:
        """An operation; it varies with the points if an operand does."""
        varying = any(operand.varying for operand in operands)
        return self._kept((op, *operands), op, operands=operands, varying=varying)

    def over_points(self, op: str, operand: Node) -> Node:
        """A `sum` or `mean` over all points: one number again."""
        return self._kept((op, "over points", operand), op, operands=(operand,))

    def _kept(self, key: tuple[object, ...], op: str, **fields: object) -> Node:
        found = self._table.get(key)
        if found is None:
            if len(self._table) >= LARGEST:
                raise NotFusedError("kernel.too_large", limit=LARGEST)
            found = self._table[key] = Node(len(self._table), op, **fields)  # type: ignore[arg-type]  # by name above
        return found


def below(roots: Iterable[Node], stop: frozenset[str] = frozenset()) -> Iterator[Node]:
    """All nodes under `roots`, themselves included, operands first; not what lies under an operation in `stop`."""
    seen: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += () if node.op in stop else node.operands
    yield from sorted(seen, key=lambda node: node.index)
