"""What stands on the cards and labels of a picture, as rows of text, and how much room they take."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradlab.graph.graph import Edge, Node
from gradlab.graph.spelling import INFIX, short
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.graph.graph import Graph

LETTER, LARGE_LETTER, SMALL_LETTER = 7.25, 7.9, 6.05
"""Widths of a letter in the three sizes (12, 13 and 10 px) of a monospaced font: 0.602 em."""
ROW, PAD = 18.0, 10.0
_LONGEST, _BRIEF = 32, 14


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text and its class in the style sheet; `tag` stands at the right end, in small letters."""

    text: str
    kind: str = ""
    tag: str = ""

    @property
    def width(self) -> float:
        letter = LARGE_LETTER if self.kind == "name" else LETTER
        return len(self.text) * letter + (len(self.tag) * SMALL_LETTER + PAD if self.tag else 0.0)


@dataclass(frozen=True, slots=True)
class Card:
    """Rows in a box; below them, on a ground of its own, what a backward did to `.grad`."""

    rows: tuple[Row, ...]
    foot: Row | None = None

    @property
    def size(self) -> tuple[float, float]:
        rows = (*self.rows, self.foot) if self.foot else self.rows
        return max(row.width for row in rows) + 2 * PAD, self.head + (ROW + PAD / 2 if self.foot else 0.0)

    @property
    def head(self) -> float:
        """The height without the foot."""
        return len(self.rows) * ROW + PAD


def card_of(node: Node, graph: "Graph", compact: bool) -> Card:
    """The card of a node: its name, its source, its value, the gradient that arrives; compact, only what it is."""
    title = Row(cut(node.name or node.text or "?"), "name" if node.name else "", _tag(node))
    rows = [title]
    if node.name and node.text and node.text != node.name and not compact:
        rows.append(Row(cut(node.text)))
    if node.value is not None:
        rows.append(Row(f"= {short(node.value)}", "value"))
    if node.gradient is not None and not compact:
        rows.append(Row(f"∂{graph.of}/∂{_briefly(node)} = {short(node.gradient)}", "gradient"))
    if not node.tracked and node.kind != "constant":
        rows.append(Row(text("graph.untracked"), "quiet"))
    grad = next((other for other in graph.nodes if other.id == f"{node.id}.grad"), None)
    return Card(tuple(rows), None if grad is None else Row(_accumulated(grad), "gradient"))


def _accumulated(node: Node) -> str:
    """`.grad` before and after: what arrives is added to what was there."""
    assert node.value is not None and node.gradient is not None
    if node.old is None:
        return f".grad = {short(node.value)}"
    return f".grad = {short(node.old)} + {short(node.gradient)} = {short(node.value)}"


def _briefly(node: Node) -> str:
    words = node.name or node.text
    if node.name:
        return cut(words)
    return f"({words})" if len(words) <= _BRIEF else "(…)"


def _tag(node: Node) -> str:
    """What kind of thing it is, unless the text already says so."""
    if node.kind in ("leaf", "constant"):
        return text(f"graph.kind_{node.kind}")
    operation = node.operation or ""
    return "" if operation in INFIX or operation in node.text else cut(operation)


def label_of(edge: Edge) -> Card | None:
    """The label of an edge: the name used there, × the local derivative, ← the gradient that flows back."""
    rows = [Row(text("graph.alias", name=cut(edge.alias)), "quiet")] if edge.alias else []
    if edge.local is not None:
        rows.append(Row(f"× {_local(edge)}"))
    if edge.flow is not None:
        rows.append(Row(f"← {'Σ ' if edge.summed else ''}{short(edge.flow)}", "gradient"))
    return Card(tuple(rows)) if rows else None


def _local(edge: Edge) -> str:
    """A formula, and the number that it comes to; of many numbers the formula says more than their mean."""
    assert edge.local is not None
    if not edge.formula:
        return short(edge.local)
    return edge.formula if edge.local.number is None else f"{edge.formula} = {short(edge.local)}"


def cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
