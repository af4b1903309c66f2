"""The computation graph as a value: nodes, edges, and what can be opened or closed."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from gradlab.graph.snapshot import Snapshot

NodeKind = Literal["leaf", "constant", "operation", "accumulation", "composite", "module"]


@dataclass(frozen=True, slots=True)
class Node:
    """One tensor of the computation, or something that can be opened and holds several.

    `name` is the user's (`y_hat`), `text` the source of the operation (`m*x + b`), `operation` its name (`add`).
    `value` and `gradient` (∂root/∂node) have the tensor's shape. An accumulation has the old `.grad` as `old` (None:
    there was none), what was added as `gradient`, and the `.grad` after it as `value`. `inside` is the id of what
    holds it.
    """

    id: str
    kind: NodeKind
    name: str | None
    text: str
    operation: str | None
    tracked: bool
    value: Snapshot | None
    gradient: Snapshot | None
    inside: str | None = None
    old: Snapshot | None = None
    statement: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` is an operand of `target`; `local` is ∂target/∂source, `flow` what flows back: gradient · local.

    Where `source` was broadcast on the way forward, `local` has the larger shape and `flow` is summed to the smaller:
    then `summed` is True. `operand` is the operation's name of it (`a`, `weight`), `alias` what the code there calls
    it, where that is another name than the node's; `formula` is `local` in names (`3·a²`), if there is a rule.
    """

    source: str
    target: str
    operand: str
    tracked: bool
    local: Snapshot | None
    flow: Snapshot | None
    summed: bool = False
    formula: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A recorded computation: `nodes` in the order in which they were computed, `edges` from operand to result.

    What is in `opened` shows its inside; `visible()` gives the nodes and edges that are to be drawn.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    root: str
    of: str
    opened: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Node:
        """The node of that name; the last one, where a loop made several.

        Raises KeyError.
        """
        for node in reversed(self.nodes):
            if node.name == name:
                return node
        raise KeyError(name)

    def node(self, id: str) -> Node:
        """The node of that id, by which edges and `inside` name it."""
        return next(node for node in self.nodes if node.id == id)

    def open(self, *names: str) -> "Graph":
        """The same graph with these nodes opened; all of them, if none is named."""
        return replace(self, opened=self.opened | self._holders(names))

    def close(self, *names: str) -> "Graph":
        """The same graph with these nodes closed; all of them, if none is named."""
        return replace(self, opened=self.opened - self._holders(names))

    def around(self, node: Node) -> list[str]:
        """The ids of everything that `node` is inside of, the nearest first."""
        inside = {other.id: other.inside for other in self.nodes}
        found: list[str] = []
        while (holder := inside[found[-1] if found else node.id]) is not None:
            found.append(holder)
        return found

    def _holders(self, names: tuple[str, ...]) -> frozenset[str]:
        if names:
            return frozenset(self[name].id for name in names)
        return frozenset(node.id for node in self.nodes if node.kind in ("composite", "module"))

    def to_json(self) -> dict[str, Any]:
        """Everything, as dictionaries, lists, numbers and text; what JSON has no number for (NaN, ∞, 1+2j) as text."""
        return {
            "root": self.root,
            "of": self.of,
            "nodes": [_plain(asdict(node)) for node in self.nodes],
            "edges": [_plain(asdict(edge)) for edge in self.edges],
            "opened": sorted(self.opened),
        }

    def svg(self) -> str:
        """A picture that stands alone: one SVG, its text readable on light and dark pages."""
        from gradlab.graph.svg import draw

        return draw(self)

    def html(self) -> str:
        """A page that stands alone, to open and close modules, look at tensors and walk through the pass."""
        from gradlab.graph.page import page

        return page(self)

    def _repr_html_(self) -> str:
        return self.svg()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(member) for key, member in value.items()}
        case list() | tuple():
            return [_plain(member) for member in value]
        case float() if math.isfinite(value):
            return value
        case float() | complex():
            return str(value)
    return value
