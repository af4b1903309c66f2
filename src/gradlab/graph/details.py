"""What a page tells of one node: all that is known of its tensor, and its part in the walk forward and back."""

from typing import TYPE_CHECKING, Any

from gradlab.algebra import number_text
from gradlab.graph.graph import Node
from gradlab.graph.snapshot import Snapshot
from gradlab.graph.spelling import of_one, short
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.graph.graph import Graph


def forward_of(node: Node) -> str:
    """`y_hat = m*x + b = 3`: what is computed here, and what comes out."""
    value = f" = {short(node.value)}" if node.value is not None else ""
    named = f"{node.name} = {node.text}" if node.name and node.text != node.name else node.name or node.text
    return f"{named}{value}"


def backward_of(node: Node, graph: "Graph") -> str:
    """What arrives here and what flows on, operand by operand: gradient · local derivative; empty if nothing does."""
    if node.gradient is None:
        return ""
    names = {other.id: other.name or other.text for other in graph.nodes}
    flows = [
        f"{names[edge.source]} ← {'Σ ' if edge.summed else ''}{short(edge.flow)}"
        for edge in graph.edges
        if edge.target == node.id and edge.flow is not None and not edge.source.endswith(".grad")
    ]
    named = node.name or f"({node.text})"
    return f"∂{graph.of}/∂{named} = {short(node.gradient)}" + (f";  {',  '.join(flows)}" if flows else "")


def details_of(node: Node, graph: "Graph") -> list[tuple[str, str]]:
    """Terms and their text, in the reader's language."""
    rows = [(text(f"graph.kind_{node.kind}"), node.statement or node.text)]
    if node.operation:
        rows.append((text("graph.detail_operation"), node.operation))
    if node.file:
        rows.append((text("graph.detail_place"), f"{node.file.rpartition('/')[2]}:{node.line}"))
    if node.value is not None:
        rows.append((text("graph.detail_shape"), f"{tuple(node.value.shape)} {node.value.dtype}"))
        rows.append((text("graph.detail_value"), whole(node.value)))
    if node.gradient is not None:
        rows.append((f"∂{graph.of}/∂{node.name or '·'}", whole(node.gradient)))
    for edge in graph.edges:
        if edge.target == node.id and edge.local is not None:
            source = graph.node(edge.source)
            name = source.name or source.text
            rows.append((text("graph.detail_local", operand=name), f"{edge.formula}\n{whole(edge.local)}".strip()))
    return rows


def whole(snapshot: Snapshot) -> str:
    """All numbers that were kept, row by row, or else the statistics."""
    if snapshot.numbers is not None:
        return _rows(snapshot.numbers)
    known = snapshot.statistics
    if known is None:
        return "×".join(map(str, snapshot.shape))
    told = {"mean": known.mean, "sd": known.standard_deviation, "smallest": known.smallest, "largest": known.largest}
    return text("graph.detail_statistics", **{name: number_text(value) for name, value in told.items()})


def _rows(numbers: Any) -> str:
    if not isinstance(numbers, list):
        return of_one(numbers)
    if not any(isinstance(member, list) for member in numbers):
        return "[" + ", ".join(of_one(member) for member in numbers) + "]"
    return "\n".join(_rows(member) for member in numbers)
