"""The picture of a Graph: one SVG that needs no font, no script and no other file.

Forward runs from left to right, in deep graphs downwards. On each edge stand the local derivative (×) and the gradient
that flows back (←). Colours follow Okabe and Ito, so that the colour-blind tell them apart; cards and labels bring
their own ground, and lines are of a middle grey, so that the picture is readable on light and on dark pages.
"""

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from gradlab.graph.card import PAD, ROW, Card, Row, card_of, label_of
from gradlab.graph.graph import Edge, Node
from gradlab.graph.layout import Layout, Line, lay_out
from gradlab.graph.legend import Legend
from gradlab.graph.style import ARROW, ARROW_ID, SCOPE, STYLE
from gradlab.graph.view import COMFORTABLE, visible
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.graph.graph import Graph
MARGIN = 24.0
MOST_LAYERS_ACROSS = 9


def draw(graph: "Graph") -> str:
    """The SVG text of what is visible of `graph`."""
    picture = Picture(graph)
    width, height = picture.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{SCOPE}" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img"><title>{escape(title_of(graph))}</title>'
        f"<style>{STYLE}</style><defs>{ARROW}</defs>{picture.body()}</svg>\n"
    )


Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Picture:
    """Where everything stands; x and y are along and across the layout, or the other way round."""

    def __init__(self, graph: "Graph") -> None:
        self.graph = graph
        self.nodes, self.edges = visible(graph)
        compact = len(self.nodes) > COMFORTABLE
        self.cards = {node.id: card_of(node, graph, compact) for node in self.nodes}
        self.labels = [None if compact else label_of(edge) for edge in self.edges]
        self.layout = self._lay_out(downwards=False)
        self.downwards = len({along for along, _ in self.layout.nodes.values()}) > MOST_LAYERS_ACROSS
        if self.downwards:
            self.layout = self._lay_out(downwards=True)
        width = self._turned(self.layout.extent)[0]
        self.legend = Legend.of(self.nodes, list(self.cards.values()), [label for label in self.labels if label], width)

    def _lay_out(self, downwards: bool) -> Layout:
        def size(card: Card) -> tuple[float, float]:
            return (card.size[1], card.size[0]) if downwards else card.size

        sizes = {id: size(card) for id, card in self.cards.items()}
        pairs = zip(self.edges, self.labels, strict=True)
        return lay_out(sizes, [Line(e.source, e.target, size(label) if label else None) for e, label in pairs])

    def _turned(self, point: tuple[float, float]) -> tuple[float, float]:
        return (point[1], point[0]) if self.downwards else point

    @property
    def size(self) -> tuple[float, float]:
        width, height = self._turned(self.layout.extent)
        return max(width, self.legend.size[0]) + 2 * MARGIN, height + self.legend.size[1] + 3 * MARGIN

    def body(self) -> str:
        drawn = [self._edge(number, edge) for number, edge in enumerate(self.edges)]
        drawn += [
            _box(label, self._turned(self.layout.labels[number]), "label")
            for number, label in enumerate(self.labels)
            if label
        ]
        drawn += [self._node(node) for node in self.nodes]
        below = self._turned(self.layout.extent)[1] + MARGIN
        drawn = [*self._frames(), *drawn, self.legend.draw(below)]
        return f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">{"".join(drawn)}</g>'

    def _frames(self) -> list[str]:
        """Around what is inside something opened, where nothing else stands between."""
        boxes = {node.id: self._bounds(node.id) for node in self.nodes}
        drawn = []
        for holder in sorted({holder for node in self.nodes for holder in self.graph.around(node)}):
            inside = [boxes[node.id] for node in self.nodes if holder in self.graph.around(node)]
            others = [boxes[node.id] for node in self.nodes if holder not in self.graph.around(node)]
            frame = _around(inside, self._nesting(holder))
            if not any(_overlap(frame, other) for other in others):
                held = self.graph.node(holder)
                drawn.append(_frame(frame, held.name or held.text))
        return drawn

    def _nesting(self, holder: str) -> int:
        """How many frames lie in each other here, this one among them."""
        around = (self.graph.around(node) for node in self.nodes)
        return 1 + max((ids.index(holder) for ids in around if holder in ids), default=0)

    def _bounds(self, id: str) -> Bounds:
        (x, y), (width, height) = self._turned(self.layout.nodes[id]), self.cards[id].size
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    def _node(self, node: Node) -> str:
        classes = ["card", node.kind]
        if not node.tracked and node.kind not in ("constant", "accumulation"):
            classes.append("untracked")
        if node.id == self.graph.root:
            classes.append("root")
        centre = self._turned(self.layout.nodes[node.id])
        return _box(self.cards[node.id], centre, " ".join(classes), node.statement or node.text, _opens(node))

    def _edge(self, number: int, edge: Edge) -> str:
        points = [self._turned(point) for point in self.layout.routes[number]]
        classes = "edge" if edge.tracked else "edge untracked"
        return f'<path class="{classes}" d="{self._path(points)}" marker-end="url(#{ARROW_ID})"/>'

    def _path(self, points: list[tuple[float, float]]) -> str:
        path = f"M{_xy(points[0])}"
        for (x, y), (to_x, to_y) in pairwise(points):
            if self.downwards:
                middle = (y + to_y) / 2
                path += f"C{_xy((x, middle))} {_xy((to_x, middle))} {_xy((to_x, to_y))}"
            else:
                middle = (x + to_x) / 2
                path += f"C{_xy((middle, y))} {_xy((middle, to_y))} {_xy((to_x, to_y))}"
        return path


def _box(card: Card, centre: tuple[float, float], classes: str, told: str = "", opens: bool = False) -> str:
    width, height = card.size
    left, top = centre[0] - width / 2, centre[1] - height / 2
    rect = f'x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(card.head)}"'
    inner = (
        f'<rect class="inner" x="{_n(left + 3)}" y="{_n(top + 3)}" width="{_n(width - 6)}" '
        f'height="{_n(card.head - 6)}" rx="6"/>'
    )
    rows = "".join(_row(row, left, top + ROW * number, width) for number, row in enumerate(card.rows))
    foot = _foot(card, left, top, width)
    title = f"<title>{escape(told)}</title>" if told else ""
    return f'<g class="{classes}">{title}<rect class="box" {rect} rx="8"/>{inner if opens else ""}{rows}{foot}</g>'


def _foot(card: Card, left: float, top: float, width: float) -> str:
    if card.foot is None:
        return ""
    rect = f'x="{_n(left)}" y="{_n(top + card.head)}" width="{_n(width)}" height="{_n(card.size[1] - card.head)}"'
    return f'<rect class="foot" {rect} rx="8"/>{_row(card.foot, left, top + card.head - PAD / 4, width)}'


def _row(row: Row, left: float, top: float, width: float) -> str:
    y = top + PAD / 2 + ROW * 0.72
    words = f'<text class="{row.kind}" x="{_n(left + PAD)}" y="{_n(y)}">{escape(row.text)}</text>'
    if not row.tag:
        return words
    return f'{words}<text class="tag" x="{_n(left + width - PAD)}" y="{_n(y)}">{escape(row.tag)}</text>'


def _opens(node: Node) -> bool:
    return node.kind in ("composite", "module")


def _around(boxes: list[Bounds], nesting: int) -> Bounds:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    room, head = PAD * nesting / 2 + PAD / 2, 16 * nesting
    return min(lefts) - room, min(tops) - head, max(rights) + room, max(bottoms) + room


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _frame(frame: Bounds, name: str) -> str:
    left, top, right, bottom = frame
    return (
        f'<rect class="frame" x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(bottom - top)}" '
        f'rx="10"/><text class="frame-name" x="{_n(left + PAD)}" y="{_n(top + 11)}">{escape(name)}</text>'
    )


def title_of(graph: "Graph") -> str:
    """What the picture shows, in a line."""
    root = graph.node(graph.root)
    return text("graph.title", root=root.name or root.text)


def _xy(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
