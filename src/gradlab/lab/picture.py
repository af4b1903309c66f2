"""The computation graph of one step, laid out: cards with their rows, and the routes between them."""

from typing import Any

from gradlab.graph import Graph, trace
from gradlab.graph.svg import Picture
from gradlab.lab.loop.running import Running


def traced(running: Running, step: int) -> Graph:
    """The graph under the loss, with the gradients of its backward, of a program that was set up."""
    with trace() as watching:
        for phase in ("predict", "loss", "gradient"):
            running.phase(phase, step)
    return watching.graph("loss")


def laid_out(graph: Graph) -> dict[str, Any]:
    """Nodes and edges with their places, in pixels, as JSON; rows and labels are those of the picture that `svg` draws.

    Each row says what it is: a name, a value (known after the forward) or a gradient (known after the backward).
    """
    picture = Picture(graph)
    width, height = picture.size
    known = graph.to_json()
    nodes = {node["id"]: node for node in known["nodes"]}
    edges = {(edge["source"], edge["target"]): edge for edge in known["edges"]}
    return {
        "root": graph.root,
        "of": graph.of,
        "width": width,
        "height": height,
        "nodes": [nodes[node.id] | _place(picture, node.id) for node in picture.nodes],
        "edges": [
            edges.get((edge.source, edge.target), {"source": edge.source, "target": edge.target})
            | _route(picture, number)
            for number, edge in enumerate(picture.edges)
        ],
    }


def _place(picture: Picture, id: str) -> dict[str, Any]:
    (x, y), card = picture._turned(picture.layout.nodes[id]), picture.cards[id]
    rows = [{"text": row.text, "kind": row.kind, "tag": row.tag} for row in card.rows]
    foot = {"text": card.foot.text, "kind": card.foot.kind, "tag": card.foot.tag} if card.foot else None
    return {"x": x, "y": y, "width": card.size[0], "height": card.size[1], "rows": rows, "foot": foot}


def _route(picture: Picture, number: int) -> dict[str, Any]:
    label = picture.labels[number]
    place = picture._turned(picture.layout.labels[number]) if label else None
    rows = [{"text": row.text, "kind": row.kind} for row in label.rows] if label else []
    points = [list(picture._turned(point)) for point in picture.layout.routes[number]]
    described = (
        None
        if label is None or place is None
        else {"x": place[0], "y": place[1], "width": label.size[0], "height": label.size[1], "rows": rows}
    )
    return {"points": points, "label": described}
