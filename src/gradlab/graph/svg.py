"""The picture of a Graph: one SVG that needs no font, no script and no other file.

Forward runs from left to right. On each edge stand the local derivative (×) and the gradient that flows back (←);
their product is the chain rule. Colours are those of Okabe and Ito, told apart by the colour-blind.
"""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from gradlab.graph.graph import Edge, Node
from gradlab.graph.layout import Layout, Line, lay_out
from gradlab.graph.spelling import short
from gradlab.graph.view import visible
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.graph.graph import Graph

WIDE = 7.3  # of one letter of the monospaced fonts at 12 px: 0.602 em, with a little room
ROW, PAD, MARGIN = 18.0, 10.0, 24.0
LONGEST = 30

STYLE = """
text{font:12px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#17202c}
.small{font-size:10px;fill:#5a6675}.name{font-weight:700;font-size:13px}
.value{fill:#0b4f8a}.gradient{fill:#a8430a}
.card rect{stroke-width:1.5}.leaf rect{fill:#e3f4ec;stroke:#00845f}.constant rect{fill:#eef0f3;stroke:#7d8897}
.operation rect,.composite rect,.module rect{fill:#edf4fc;stroke:#2c6fb0}.composite rect,.module rect{stroke-width:3}
.root rect{fill:#dbe9fa;stroke-width:3}.accumulation rect{fill:#fdf0e0;stroke:#d2691e}
.untracked rect{stroke-dasharray:4 3;fill:#f4f5f7;stroke:#7d8897}
.edge{fill:none;stroke:#7b8794;stroke-width:1.6}.edge.untracked{stroke-dasharray:4 4}
.label rect{fill:#fffaf2;stroke:#d9b48a;stroke-width:1}
.frame{fill:#7b8794;fill-opacity:.08;stroke:#7b8794;stroke-dasharray:2 3}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text in a box, with its class of STYLE."""

    text: str
    kind: str = ""


def draw(graph: "Graph") -> str:
    """The SVG text of what is visible of `graph`."""
    nodes, edges = visible(graph)
    cards = {node.id: _card(node, graph) for node in nodes}
    labels = [_label(edge) for edge in edges]
    lines = [Line(e.source, e.target, _size(label) if label else None) for e, label in zip(edges, labels, strict=True)]
    layout = lay_out({id: _size(rows) for id, rows in cards.items()}, lines)
    drawn = [_edge(edge, layout, number, cards) for number, edge in enumerate(edges)]
    drawn += [_box(label, layout.labels[i], "label", label) for i, label in enumerate(labels) if label]
    drawn += [_box(cards[node.id], layout.nodes[node.id], _classes(node, graph), _told(node)) for node in nodes]
    legend = _legend(nodes, graph)
    width = max(layout.extent[0], len(legend[0]) * 6.1) + 2 * MARGIN
    height = layout.extent[1] + 2 * MARGIN + 14 * len(legend)
    below = [
        f'<text class="small" x="{MARGIN}" y="{_round(height - MARGIN / 2)}">{escape(line)}</text>' for line in legend
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_round(width)} {_round(height)}" '
        f'width="{_round(width)}" height="{_round(height)}" role="img">'
        f"<title>{escape(_title(graph))}</title><style>{STYLE}</style>{_ARROW}"
        f'<g transform="translate({MARGIN} {MARGIN})">{"".join(drawn)}</g>{"".join(below)}</svg>\n'
    )


_ARROW = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#7b8794"/></marker></defs>'
)


def _card(node: Node, graph: "Graph") -> list[Row]:
    if node.kind == "accumulation":
        old = "" if node.old is None else f"{short(node.old)} + {short(node.gradient)} = " if node.gradient else ""
        return [Row(node.name or ".grad", "name"), Row(f"{old}{short(node.value) if node.value else ''}", "gradient")]
    rows = []
    if node.name:
        rows.append(Row(_cut(node.name), "name"))
    if node.text and node.text != node.name:
        rows.append(Row(_cut(node.text)))
    if node.value is not None:
        rows.append(Row(f"= {short(node.value)}", "value"))
    if node.gradient is not None:
        rows.append(Row(f"∂{graph.of}/∂{node.name or '·'} = {short(node.gradient)}", "gradient"))
    return rows or [Row("?")]


def _label(edge: Edge) -> list[Row]:
    rows = []
    if edge.local is not None:
        rows.append(Row(f"× {edge.formula + ' = ' if edge.formula else ''}{short(edge.local)}"))
    if edge.flow is not None:
        rows.append(Row(f"← {'Σ ' if edge.summed else ''}{short(edge.flow)}", "gradient"))
    return rows


def _size(rows: list[Row]) -> tuple[float, float]:
    widest = max(len(row.text) * (WIDE * 13 / 12 if row.kind == "name" else WIDE) for row in rows)
    return widest + 2 * PAD, len(rows) * ROW + PAD


def _box(rows: list[Row], centre: tuple[float, float], classes: str, told: object) -> str:
    width, height = _size(rows)
    left, top = centre[0] - width / 2, centre[1] - height / 2
    corner = 4 if classes == "label" else 8
    lines = "".join(
        f'<text class="{row.kind}" x="{_round(left + PAD)}" y="{_round(top + PAD / 2 + ROW * (i + 0.72))}">'
        f"{escape(row.text)}</text>"
        for i, row in enumerate(rows)
    )
    title = f"<title>{escape(told)}</title>" if isinstance(told, str) else ""
    return (
        f'<g class="{classes if classes == "label" else "card " + classes}">{title}<rect x="{_round(left)}" '
        f'y="{_round(top)}" width="{_round(width)}" height="{_round(height)}" rx="{corner}"/>{lines}</g>'
    )


def _edge(edge: Edge, layout: Layout, number: int, cards: dict[str, list[Row]]) -> str:
    points = layout.routes[number]
    start = points[0][0] + _size(cards[edge.source])[0] / 2, points[0][1]
    end = points[-1][0] - _size(cards[edge.target])[0] / 2, points[-1][1]
    path = [f"M{_round(start[0])} {_round(start[1])}"]
    before = start
    for point in (*points[1:-1], end):
        middle = (before[0] + point[0]) / 2
        path.append(f"C{_round(middle)} {_round(before[1])} {_round(middle)} {_round(point[1])} {_xy(point)}")
        before = point
    classes = "edge" if edge.tracked else "edge untracked"
    return f'<path class="{classes}" d="{"".join(path)}" marker-end="url(#to)"/>'


def _xy(point: tuple[float, float]) -> str:
    return f"{_round(point[0])} {_round(point[1])}"


def _classes(node: Node, graph: "Graph") -> str:
    untracked = " untracked" if not node.tracked and node.kind == "operation" else ""
    return node.kind + untracked + (" root" if node.id == graph.root else "")


def _told(node: Node) -> str:
    return node.statement or node.text


def _legend(nodes: list[Node], graph: "Graph") -> list[str]:
    return [text("graph.legend", root=graph.of)]


def _title(graph: "Graph") -> str:
    return text("graph.title", root=graph[graph.root].name or graph[graph.root].text)


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _round(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
