"""Layered layout of a directed graph without cycles: layers, order within them, coordinates.

Along the main axis every node stands one layer before the first that uses it. Long edges pass through invisible nodes,
one in each layer, and an edge's label is such a node too, so that labels cover nothing. Crossings are reduced by
barycenters (Sugiyama, Tagawa, Toda 1981). Across, nodes are drawn to the mean of their neighbours, the order kept: each
layer is a least-squares problem with minimum distances, solved exactly by pooling adjacent violators; the long edges
weigh most and come out straight.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradlab.graph.ordering import Place, ordered

Size = tuple[float, float]
"""Extent along and across the main axis."""

_BETWEEN_NODES, _BETWEEN_EDGES = 18.0, 12.0
_BETWEEN_LAYERS = 24.0
_BETWEEN_PORTS = 12.0
_SETTLING = 60
_STRAIGHTNESS, _LIGHTNESS = 40.0, 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """An edge to be laid out; `label` is the size of its label."""

    source: str
    target: str
    label: Size | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of nodes and labels, the points from side to side of each edge, the whole extent; all (along, across)."""

    nodes: dict[str, Size]
    labels: dict[int, Size]
    routes: dict[int, list[Size]]
    extent: Size


def lay_out(sizes: Mapping[str, Size], lines: Sequence[Line]) -> Layout:
    """Positions for nodes of these sizes, joined by these lines.

    >>> layout = lay_out({"a": (10, 10), "b": (10, 10)}, [Line("a", "b")])
    >>> layout.nodes["a"][0] < layout.nodes["b"][0], layout.nodes["a"][1] == layout.nodes["b"][1]
    (True, True)
    """
    levels = _levels(sizes, lines)
    places = {name: position for position, name in enumerate(sizes)}
    drawn = [Place(2 * levels[name], size) for name, size in sizes.items()]
    chains = {number: _chain(drawn, places, line, number) for number, line in enumerate(lines)}
    for place in drawn:
        place.light = not place.before if place.is_real else not drawn[chains[place.line][0]].before
    layers = ordered(drawn)
    _across(drawn, layers)
    spans, extent = _along(drawn, layers)
    lowest = min((place.across - place.size[1] / 2 for place in drawn), default=0.0)
    for place in drawn:
        place.across -= lowest
    at = [(sum(spans[place.rank]) / 2, place.across) for place in drawn]
    ports = _ports(drawn, chains)
    return Layout(
        nodes={name: at[position] for name, position in places.items()},
        labels={number: at[chain[-2]] for number, chain in chains.items() if lines[number].label is not None},
        routes={number: _route(drawn, chain, spans, ports[number]) for number, chain in chains.items()},
        extent=(extent, max((place.across + place.size[1] / 2 for place in drawn), default=0.0)),
    )


def _levels(sizes: Mapping[str, Size], lines: Sequence[Line]) -> dict[str, int]:
    """Longest path to the end, counted backwards: everything stands as close as possible to what uses it."""
    users: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        users[line.source].append(line.target)
    distance: dict[str, int] = {}
    for start in sizes:
        stack = [start]
        while stack:
            name = stack[-1]
            missing = [user for user in users[name] if user not in distance]
            if missing:
                stack += missing
            else:
                distance[stack.pop()] = 1 + max((distance[user] for user in users[name]), default=-1)
    deepest = max(distance.values(), default=0)
    return {name: deepest - steps for name, steps in distance.items()}


def _chain(drawn: list[Place], places: Mapping[str, int], line: Line, number: int) -> list[int]:
    """The places that an edge passes, its label next to its target."""
    start, end = places[line.source], places[line.target]
    chain = [start]
    for rank in range(drawn[start].rank + 1, drawn[end].rank):
        is_label = rank == drawn[end].rank - 1 and line.label is not None
        size = line.label if is_label and line.label else (0.0, 0.0)
        drawn.append(Place(rank, size, is_real=False, line=number))
        chain.append(len(drawn) - 1)
    chain.append(end)
    for one, other in pairwise(chain):
        drawn[one].after.append(other)
        drawn[other].before.append(one)
    return chain


def _across(drawn: list[Place], layers: list[list[int]]) -> None:
    """Coordinates across: sweeps in which each layer settles as near as possible to its neighbours."""
    for layer in layers:
        _settle(drawn, layer, [0.0] * len(layer), [1.0] * len(layer))
    lines = _long_lines(drawn)
    for sweep in range(_SETTLING):
        straight = {line: _course(drawn, members) for line, members in lines.items()} if sweep >= _SETTLING // 2 else {}
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wished = [_wish(drawn, position, sweep, straight) for position in layer]
            _settle(drawn, layer, [wish for wish, _ in wished], [weight for _, weight in wished])


def _long_lines(drawn: list[Place]) -> dict[int, list[int]]:
    """The edges that pass several layers: their points."""
    lines = defaultdict[int, list[int]](list)
    for position, place in enumerate(drawn):
        if not place.is_real:
            lines[place.line].append(position)
    return {line: points for line, points in lines.items() if len(points) > 1}


def _course(drawn: list[Place], members: list[int]) -> float:
    """Where the line through the points of a long edge should lie: past the one that had to give way most."""
    joined = [drawn[position].across for position in (drawn[members[0]].before[0], drawn[members[-1]].after[0])]
    passed = [drawn[position].across for position in members]
    middle = sum(joined) / 2
    return max((min(passed), max(passed)), key=lambda across: abs(across - middle))


def _wish(drawn: list[Place], position: int, sweep: int, straight: Mapping[int, float]) -> tuple[float, float]:
    """The weighted mean of the neighbours, and how much it weighs: at first of those on one side, then of all."""
    place = drawn[position]
    own = _LIGHTNESS if place.light else 1.0
    if place.line in straight:
        return straight[place.line], _STRAIGHTNESS * own
    sides = (place.before, place.after) if sweep >= _SETTLING // 2 else ((place.before, place.after)[sweep % 2],)
    total = weight = 0.0
    for neighbour in (neighbour for side in sides for neighbour in side):
        pull = (1.0, 3.0, 9.0)[(not place.is_real) + (not drawn[neighbour].is_real)]
        pull *= _LIGHTNESS if drawn[neighbour].light and not place.light else 1.0
        total, weight = total + pull * drawn[neighbour].across, weight + pull
    return (total / weight, weight * own) if weight else (place.across, 0.001)


def _settle(drawn: list[Place], layer: list[int], wishes: list[float], weights: list[float]) -> None:
    """min Σ wᵢ (xᵢ - wishᵢ)² with the order and the distances kept: pool adjacent violators of xᵢ - offsetᵢ."""
    offsets, blocks = _offsets(drawn, layer), list[tuple[float, float, int]]()
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        mean, mass, count = wish - offset, weight, 1
        while blocks and blocks[-1][0] >= mean:
            earlier, more, several = blocks.pop()
            mean, mass, count = (mean * mass + earlier * more) / (mass + more), mass + more, count + several
        blocks.append((mean, mass, count))
    settled = [mean for mean, _, count in blocks for _ in range(count)]
    for position, base, offset in zip(layer, settled, offsets, strict=True):
        drawn[position].across = base + offset


def _offsets(drawn: list[Place], layer: list[int]) -> list[float]:
    """How far each place of a layer stands from the first, if all stand as close as they may."""
    offsets, offset = [0.0], 0.0
    for one, other in pairwise(layer):
        is_node = drawn[one].is_real or drawn[other].is_real
        gap = _BETWEEN_NODES if is_node else _BETWEEN_EDGES
        offset += (drawn[one].size[1] + drawn[other].size[1]) / 2 + gap
        offsets.append(offset)
    return offsets[: len(layer)]


def _along(drawn: list[Place], layers: list[list[int]]) -> tuple[list[Size], float]:
    """Where each layer begins and ends along the main axis, and where the last one ends."""
    spans, end = list[Size](), 0.0
    for layer in layers:
        thickness = max((drawn[position].size[0] for position in layer), default=0.0)
        spans.append((end, end + thickness))
        end += thickness + _BETWEEN_LAYERS
    return spans, end - _BETWEEN_LAYERS


def _ports(drawn: list[Place], chains: Mapping[int, list[int]]) -> dict[int, float]:
    """How far from the middle of its target's side each edge ends: side by side, in the order in which they come."""
    arriving: dict[int, list[int]] = defaultdict(list)
    for number, chain in chains.items():
        arriving[chain[-1]].append(number)
    ports: dict[int, float] = {}
    for target, numbers in arriving.items():
        numbers.sort(key=lambda number: drawn[chains[number][-2]].across)
        apart = min(_BETWEEN_PORTS, drawn[target].size[1] / (len(numbers) + 1))
        ports |= {number: apart * (place - (len(numbers) - 1) / 2) for place, number in enumerate(numbers)}
    return ports


def _route(drawn: list[Place], chain: list[int], spans: list[Size], port: float) -> list[Size]:
    """The points of an edge: straight through layers, from one across to the other only between them."""
    start, *between, end = (drawn[position] for position in chain)
    middles = sum(spans[start.rank]) / 2, sum(spans[end.rank]) / 2
    points = [(middles[0] + start.size[0] / 2, start.across), (spans[start.rank][1], start.across)]
    for place in between:
        points += [(along, place.across) for along in spans[place.rank]]
    across = end.across + port
    return [*points, (spans[end.rank][0], across), (middles[1] - end.size[0] / 2, across)]
