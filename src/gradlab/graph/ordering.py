"""The order of places within their layers, chosen so that few edges cross."""

from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 24


@dataclass(slots=True)
class Place:
    """A node, a label, or a point of a long edge, in layer `rank`; `before` and `after` are its neighbours there.

    The points of one edge that should lie on one line have one `line` in common. What only supplies something (a leaf,
    a constant, the way from there) is `light`: it follows what it supplies, and does not draw it to its side.
    """

    rank: int
    size: tuple[float, float] = (0.0, 0.0)
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    across: float = 0.0
    is_real: bool = True
    line: int = -1
    light: bool = False


def ordered(drawn: list[Place]) -> list[list[int]]:
    """Layers of indices into `drawn`: first as a walk back from the end meets them, then by barycenters; best kept."""
    layers: list[list[int]] = [[] for _ in range(max((place.rank for place in drawn), default=-1) + 1)]
    for position in _walk_back(drawn):
        layers[drawn[position].rank].append(position)
    best, fewest = [list(layer) for layer in layers], crossings(drawn, layers)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        _sweep(drawn, layers, forward=sweep % 2 == 0)
        count = crossings(drawn, layers)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    return best


def _walk_back(drawn: list[Place]) -> list[int]:
    """Depth first from the ends against the edges: what is computed from few things stays together."""
    ends = sorted((position for position, place in enumerate(drawn) if not place.after), key=lambda i: drawn[i].rank)
    seen: dict[int, None] = {}
    stack = ends
    while stack:
        position = stack.pop()
        if position not in seen:
            seen[position] = None
            stack += drawn[position].before[::-1]
    return list(seen)


def _sweep(drawn: list[Place], layers: list[list[int]], forward: bool) -> None:
    """Sort each layer by the mean place of its neighbours in the layer just sorted."""
    walk = layers if forward else layers[::-1]
    for beside, layer in pairwise(walk):
        at = {position: place for place, position in enumerate(beside)}
        here = {position: place for place, position in enumerate(layer)}

        def barycenter(position: int, at: dict[int, int] = at, here: dict[int, int] = here) -> float:
            neighbours = drawn[position].before if forward else drawn[position].after
            if not neighbours:
                return here[position]
            return sum(at[neighbour] for neighbour in neighbours) / len(neighbours)

        layer.sort(key=barycenter)


def crossings(drawn: list[Place], layers: list[list[int]]) -> int:
    """Pairs of edges that cross between neighbouring layers: inversions, counted with a Fenwick tree."""
    total = 0
    for layer, following in pairwise(layers):
        at = {position: place for place, position in enumerate(following, 1)}
        tree, inserted = [0] * (len(following) + 1), 0
        for position in layer:
            ends = [at[end] for end in drawn[position].after]
            total += sum(inserted - _count_up_to(tree, end) for end in ends)
            for end in ends:
                _insert(tree, end)
            inserted += len(ends)
    return total


def _insert(tree: list[int], place: int) -> None:
    while place < len(tree):
        tree[place] += 1
        place += place & -place


def _count_up_to(tree: list[int], place: int) -> int:
    count = 0
    while place > 0:
        count += tree[place]
        place -= place & -place
    return count
