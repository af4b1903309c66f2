"""The graph as a page to explore: one HTML file, which asks for nothing from outside."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gradlab.graph.card import Card, card_of, label_of
from gradlab.graph.details import backward_of, details_of, forward_of
from gradlab.graph.graph import Edge, Node
from gradlab.graph.legend import Legend
from gradlab.graph.style import SCOPE, STYLE
from gradlab.graph.svg import MOST_LAYERS_ACROSS, title_of
from gradlab.graph.view import COMFORTABLE, paired
from gradlab.messages import language, text

if TYPE_CHECKING:
    from gradlab.graph.graph import Graph

BUTTONS = "first back forward end step open_all close_all smaller larger fit".split()


def page(graph: "Graph") -> str:
    """The HTML text of the whole graph; what is opened at first is what `graph` has open."""
    template = _resource("page.html")
    parts = {
        "language": language(),
        "title": escape(title_of(graph)),
        "style": STYLE,
        "legend": _legend(graph),
        "graph": _json(_data(graph)),
        "script": _resource("page.js") + _resource("page_view.js"),
        **{name: escape(text(f"graph.button_{name}"), quote=True) for name in BUTTONS},
    }
    return _filled(template, parts)


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """Each `{name}` replaced once; what comes in is not looked at again."""
    pieces = template.split("{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, closed, rest = piece.partition("}")
        filled.append(parts[name] + rest if closed and name in parts else "{" + piece)
    return "".join(filled)


def _json(data: Any) -> str:
    """JSON that cannot end the element that it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _resource(name: str) -> str:
    return files("gradlab.graph").joinpath(name).read_text(encoding="utf-8")


def _legend(graph: "Graph") -> str:
    nodes = [node for node in graph.nodes if node.kind != "accumulation"]
    cards, labels = [card_of(node, graph, False) for node in nodes], [label_of(edge) for edge in paired(graph.edges)]
    legend = Legend.of(nodes, cards, [label for label in labels if label], 1200.0)
    width, height = legend.size
    return (
        f'<svg class="{SCOPE}" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">'
        f"{legend.draw(0)}</svg>"
    )


def _data(graph: "Graph") -> dict[str, Any]:
    holders = [node.id for node in graph.nodes if node.kind in ("composite", "module")]
    return {
        "root": graph.root,
        "opened": sorted(graph.opened),
        "holders": holders,
        "most_with_detail": COMFORTABLE,
        "most_layers_across": MOST_LAYERS_ACROSS,
        "words": {"forward": text("graph.walk_forward"), "backward": text("graph.walk_backward")},
        "nodes": [_node(node, graph) for node in graph.nodes if node.kind != "accumulation"],
        "edges": [_edge(edge) for edge in paired(graph.edges) if not edge.source.endswith(".grad")],
    }


def _order(node: Node, graph: "Graph") -> float:
    """When it is computed; a module, when the last thing in it is."""
    at = {other.id: float(place) for place, other in enumerate(graph.nodes) if other.kind != "module"}
    if node.kind != "module":
        return at[node.id]
    return 0.5 + max(at[other.id] for other in graph.nodes if other.id in at and node.id in graph.around(other))


def _node(node: Node, graph: "Graph") -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "inside": node.inside,
        "tracked": node.tracked or node.kind == "constant",
        "order": _order(node, graph),
        "title": node.name or node.text,
        "told": forward_of(node),
        "forward": forward_of(node),
        "backward": backward_of(node, graph),
        "details": details_of(node, graph),
        "card": _card(card_of(node, graph, compact=False)),
        "small": _card(card_of(node, graph, compact=True)),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    label = label_of(edge)
    return {
        "source": edge.source,
        "target": edge.target,
        "tracked": edge.tracked,
        "label": _card(label) if label else None,
    }


def _card(card: Card) -> dict[str, Any]:
    return {**asdict(card), "size": card.size, "head": card.head}
