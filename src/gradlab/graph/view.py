"""What of a graph is to be seen, given what is opened: closed holders stand for all that is inside them."""

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab.graph.graph import Edge, Graph, Node


def visible(graph: "Graph") -> "tuple[list[Node], list[Edge]]":
    """Nodes to be drawn, in order, and one edge for each pair of them that is joined.

    An accumulation is drawn as the foot of its leaf, not by itself.
    """
    nodes = {node.id: node for node in graph.nodes}
    drawn = [
        node
        for node in graph.nodes
        if node.kind != "accumulation" and node.id not in graph.opened and _holder(node, nodes, graph) is None
    ]
    results = {node.inside: node.id for node in graph.nodes if node.inside is not None}
    joined: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        target, source = nodes[edge.target], nodes[edge.source]
        if source.kind == "accumulation" or target.id in graph.opened or _is_inside_composite(target, nodes, graph):
            continue
        while source.id in graph.opened:
            source = nodes[results[source.id]]
        ends = (_holder(source, nodes, graph) or source).id, (_holder(target, nodes, graph) or target).id
        if ends[0] != ends[1]:
            joined[ends].append(edge)
    return drawn, [_merged(ends, edges) for ends, edges in joined.items()]


def _holder(node: "Node", nodes: "dict[str, Node]", graph: "Graph") -> "Node | None":
    """The outermost closed thing around a node."""
    found = None
    while node.inside is not None:
        node = nodes[node.inside]
        if node.id not in graph.opened:
            found = node
    return found


def _is_inside_composite(node: "Node", nodes: "dict[str, Node]", graph: "Graph") -> bool:
    """Whether a closed composite is around it: that one has edges of its own."""
    while node.inside is not None:
        node = nodes[node.inside]
        if node.kind == "composite" and node.id not in graph.opened:
            return True
    return False


def _merged(ends: tuple[str, str], edges: "list[Edge]") -> "Edge":
    first = replace(edges[0], source=ends[0], target=ends[1])
    if len(edges) == 1:
        return first
    tracked = any(edge.tracked for edge in edges)
    return replace(first, tracked=tracked, operand="", local=None, flow=None, summed=False, formula="")
