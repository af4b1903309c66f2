"""What of a graph is to be seen, given what is opened: closed holders stand for all that is inside them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from gradlab.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from gradlab.graph.graph import Edge, Graph, Node

COMFORTABLE = 45
"""So many nodes can be read with all that there is to say of them; of more only what they are is shown."""


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
    for edge in paired(graph.edges):
        target, source = nodes[edge.target], nodes[edge.source]
        if source.kind == "accumulation" or target.id in graph.opened or _is_inside_composite(target, nodes, graph):
            continue
        while source.id in graph.opened:
            source = nodes[results[source.id]]
        ends = (_holder(source, nodes, graph) or source).id, (_holder(target, nodes, graph) or target).id
        if ends[0] != ends[1]:
            joined[ends].append(edge)
    return drawn, [_merged(ends, edges) for ends, edges in joined.items()]


def comfortably_opened(graph: "Graph") -> "Graph":
    """Modules opened from the outside in, as far as the picture stays readable; ready-made operations stay closed."""
    depth = {node.id: len(graph.around(node)) for node in graph.nodes if node.kind == "module"}
    for level in range(max(depth.values(), default=-1) + 1):
        deeper = replace(graph, opened=frozenset(id for id, of_it in depth.items() if of_it <= level))
        if len(visible(deeper)[0]) > COMFORTABLE:
            break
        graph = deeper
    return graph


def paired(edges: "Iterable[Edge]") -> "list[Edge]":
    """One edge for each pair that is joined: what is used twice by one operation (`a*a`) gets what flows by both."""
    joined: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        joined[edge.source, edge.target].append(edge)
    return [_together(several) for several in joined.values()]


def _together(edges: "list[Edge]") -> "Edge":
    tracked = [edge for edge in edges if edge.tracked]
    if len(tracked) < 2:
        return (tracked or edges)[0]
    local, flow = _added([edge.local for edge in tracked]), _added([edge.flow for edge in tracked])
    formulas = [edge.formula for edge in tracked]
    formula = " + ".join(formulas) if all(formulas) and local is not None else ""
    return replace(tracked[0], operand="", local=local, flow=flow, formula=formula)


def _added(several: "list[Snapshot | None]") -> Snapshot | None:
    """The sum, where all numbers are known."""
    known = [one for one in several if one is not None and one.numbers is not None]
    if len(known) < len(several) or len({one.shape for one in known}) > 1:
        return None
    tensors = [torch.tensor(one.numbers, dtype=getattr(torch, one.dtype)) for one in known]
    return Snapshot.of(torch.stack(tensors).sum(0))


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
