"""Joining a Record to autograd's own graph: which edges lead back to which operand, and the local derivatives there."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction

from gradlab.graph.engine import Called, Node, Place, between, is_leaf_node, ones_at, pull
from gradlab.graph.snapshot import Copy
from gradlab.graph.tape import Call, Operand, Record, anchor_at, anchor_of, record_at
from gradlab.rules import sum_to

Boundary = tuple[Node, int, Place]
"""A node inside a call, the number of an edge of it, and where that edge leads: out of the call."""


def outside(call: Call) -> Callable[[Node, int], bool]:
    """Whether an edge into (node, output) leaves `call`: to a known tensor, a leaf, or the inside of another call."""

    def is_end(node: Node, output: int) -> bool:
        anchor = anchor_at(node)
        if anchor is None:
            return is_leaf_node(node)
        record = anchor.results.get(output)
        if record is not None:
            return record.call is None or record.call.inside is not call
        return anchor.owner is not None and anchor.owner is not call and anchor.owner.inside is not call

    return is_end


def boundaries(nodes: list[Node], call: Call) -> list[Boundary]:
    """The edges that lead out of `call`, in the order in which PyTorch names its operands."""
    is_end, inside = outside(call), set(nodes)
    return [
        (node, edge, place)
        for node in nodes
        for edge, place in enumerate(node.next_functions)
        if place[0] is not None and place[0] not in inside and is_end(*place)
    ]


def match(
    edges: list[Boundary], operands: Iterable[tuple[Operand, Place | None]], unnamed: Callable[[Place], Record]
) -> tuple[list[Operand], dict[tuple[Node, int], Operand]]:
    """Which edge belongs to which operand; edges to tensors that were never passed get an operand of their own."""
    waiting: dict[Place, list[Operand]] = defaultdict(list)
    found: list[Operand] = []
    for operand, place in operands:
        found.append(operand)
        if place is not None:
            waiting[place].append(operand)
    of_edge: dict[tuple[Node, int], Operand] = {}
    for place in dict.fromkeys(place for _, _, place in edges):
        leading = [(node, edge) for node, edge, at in edges if at == place]
        if place not in waiting:
            waiting[place] = [Operand("", unnamed(place))]
            found += waiting[place]
        one_to_one = len(leading) == len(waiting[place])
        for position, key in enumerate(leading):
            of_edge[key] = waiting[place][position if one_to_one else 0]
    return found, of_edge


def local_derivatives(nodes: list[Node], outputs: Iterable[int], of_edge: dict[tuple[Node, int], Operand]) -> None:
    """∂result/∂operand, from the nodes themselves called with ones; where PyTorch cannot tell (yet), none is noted."""
    parts: dict[Operand, list[Tensor]] = defaultdict(list)
    try:
        for called in pull(nodes, {output: ones_at(nodes[0], output) for output in outputs}):
            _collect(called, of_edge, parts)
    except Exception:  # a Function of the user's may raise anything, and nothing of it is the user's concern here
        return
    for operand, several in parts.items():
        operand.local = Copy.of(several[0] if len(several) == 1 else _sum(several, operand.record.value.shape))


def _collect(called: Called, of_edge: dict[tuple[Node, int], Operand], parts: dict[Operand, list[Tensor]]) -> None:
    for edge, gradient in enumerate(called.left):
        operand = of_edge.get((called.node, edge))
        if operand is not None and gradient is not None:
            parts[operand].append(gradient)


def _sum(several: list[Tensor], shape: tuple[int, ...]) -> Tensor:
    first, *others = (sum_to(gradient, torch.Size(shape)) for gradient in several)
    for gradient in others:
        first = first + gradient
    return first


def own(nodes: list[Node], call: Call, of_edge: dict[tuple[Node, int], Operand], by_hand: bool) -> None:
    """Write on the nodes whose they are, and which uses their edges serve."""
    for node in nodes:
        anchor = anchor_of(node)
        anchor.owner = anchor.owner or call
    for (node, edge), operand in of_edge.items():
        operand.arrivals += 1
        anchor = anchor_of(node)
        (anchor.by_hand if by_hand else anchor.uses).append((edge, operand))


def between_ends(place: Place, call: Call) -> list[Node]:
    """The nodes of `call`, from its result down."""
    return between(place[0], outside(call))


def spoken_node(node: Node) -> str:
    """PyTorch's name of a node without its decoration: `mul` for MulBackward0; a Function of the user's keeps its own.

    >>> spoken_node((torch.ones(1, requires_grad=True) * 2).grad_fn)
    'mul'
    """
    name = re.sub(r"Backward\d*$", "", node.name().rpartition("::")[2])
    if isinstance(node, BackwardCFunction):
        return name
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def parts_of(nodes: list[Node], call: Call, order: Callable[[], int]) -> tuple[Record, ...]:
    """The nodes inside a ready-made operation as Records of their own: no values, but shapes and gradients."""
    made: dict[Node, Record] = {}
    for node in reversed(nodes):
        shape = node._input_metadata[0].shape
        value = Copy.without_numbers(tuple(shape), str(node._input_metadata[0].dtype).removeprefix("torch."))
        part = Record("operation", True, value, order(), call=Call(spoken_node(node), inside=call, group=call.group))
        uses = []
        for edge, place in enumerate(node.next_functions):
            used = None if place[0] is None else made.get(place[0]) or record_at(place)
            if used is not None:
                uses.append((edge, Operand("", used)))
        part.operands = tuple(operand for _, operand in uses)
        of_edge = {(node, edge): operand for edge, operand in uses}
        own([node], call, of_edge, by_hand=False)
        outputs = range(len(node._input_metadata))
        local_derivatives([node], outputs, of_edge)
        made[node] = part
        if node is not nodes[0]:
            anchor_of(node).results = dict.fromkeys(outputs, part)
    return tuple(made.values())
