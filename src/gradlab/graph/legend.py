"""The key to a picture: only what stands in it is explained."""

from dataclasses import dataclass
from html import escape

from gradlab.graph.card import Card
from gradlab.graph.graph import Node
from gradlab.messages import text

LETTER, LINE_HEIGHT, PAD, SWATCH, GAP = 6.05, 18.0, 10.0, 14.0, 18.0
KINDS = ("leaf", "constant", "operation", "untracked", "accumulation")


@dataclass(frozen=True, slots=True)
class Entry:
    """A swatch in the colours of a kind of node (none: a sign in words), and what it means."""

    words: str
    swatch: str = ""
    kind: str = "note"

    @property
    def width(self) -> float:
        return len(self.words) * LETTER + (SWATCH + 5 if self.swatch else 0.0)


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries in lines that fit a width."""

    lines: tuple[tuple[Entry, ...], ...]

    @classmethod
    def of(cls, nodes: list[Node], cards: list[Card], labels: list[Card], width: float) -> "Legend":
        return cls(_broken(_entries(nodes, cards, labels), max(width, 420.0) - 2 * PAD))

    @property
    def size(self) -> tuple[float, float]:
        widest = max(sum(entry.width + GAP for entry in line) - GAP for line in self.lines)
        return widest + 2 * PAD, len(self.lines) * LINE_HEIGHT + PAD

    def draw(self, top: float) -> str:
        width, height = self.size
        drawn = [f'<rect class="ground" x="0" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6"/>']
        for number, line in enumerate(self.lines):
            x, y = PAD, top + PAD / 2 + LINE_HEIGHT * number
            for entry in line:
                drawn.append(_drawn(entry, x, y))
                x += entry.width + GAP
        return f'<g class="legend">{"".join(drawn)}</g>'


def _drawn(entry: Entry, x: float, y: float) -> str:
    swatch = ""
    if entry.swatch:
        rect = f'<rect class="box" x="{x:.1f}" y="{y + 4:.1f}" width="{SWATCH:.0f}" height="10" rx="3"/>'
        swatch = f'<g class="{entry.swatch}">{rect}</g>'
        x += SWATCH + 5
    return f'{swatch}<text class="note {entry.kind}" x="{x:.1f}" y="{y + 12.5:.1f}">{escape(entry.words)}</text>'


def _entries(nodes: list[Node], cards: list[Card], labels: list[Card]) -> list[Entry]:
    kinds = {_kind(node) for node in nodes} | ({"accumulation"} if any(card.foot for card in cards) else set())
    rows = [row for label in labels for row in label.rows]
    entries = [Entry(text(f"graph.legend_{kind}"), kind) for kind in KINDS if kind in kinds]
    if any(node.kind in ("composite", "module") for node in nodes):
        entries.append(Entry(text("graph.legend_holder"), "holder"))
    entries.append(Entry(text("graph.legend_value"), kind="value"))
    if any(node.gradient for node in nodes):
        entries.append(Entry(text("graph.legend_gradient"), kind="gradient"))
    if rows:
        entries.append(Entry(text("graph.legend_local")))
        entries.append(Entry(text("graph.legend_flow"), kind="gradient"))
    if any("Σ" in row.text for row in rows):
        entries.append(Entry(text("graph.legend_sum"), kind="gradient"))
    return entries


def _kind(node: Node) -> str:
    if node.kind in ("leaf", "constant"):
        return node.kind
    return "operation" if node.tracked else "untracked"


def _broken(entries: list[Entry], width: float) -> tuple[tuple[Entry, ...], ...]:
    lines: list[list[Entry]] = [[]]
    used = 0.0
    for entry in entries:
        if lines[-1] and used + entry.width > width:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += entry.width + GAP
    return tuple(tuple(line) for line in lines)
