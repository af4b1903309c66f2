"""The picture and the page: laid out without overlaps, escaped, self-contained, the same in Python and JavaScript."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from computations import COMPUTATIONS
from hypothesis import given, settings
from hypothesis import strategies as st

import gradlab.graph
from gradlab.graph import Graph, trace
from gradlab.graph.layout import Layout, Line, lay_out
from gradlab.graph.ordering import Place, crossings
from gradlab.graph.view import visible
from gradlab.messages import speaking

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def graph_of(name: str) -> Graph:
    with trace() as t:
        root, _ = COMPUTATIONS[name]()
        root.backward()
    return t.graph(root)


# ---- layout
def made_graph(edges: list[tuple[int, int]], labelled: bool) -> tuple[dict[str, tuple[float, float]], list[Line]]:
    """A graph without cycles: edges go from the lower number to the higher."""
    pairs = sorted({(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]})
    nodes = {str(end): (20.0 + 5 * end, 10.0 + 7 * (end % 3)) for pair in pairs for end in pair} or {"0": (20.0, 10.0)}
    return nodes, [Line(str(a), str(b), (30.0, 15.0) if labelled else None) for a, b in pairs]


GRAPHS = st.builds(made_graph, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=16), st.booleans())


def boxes(layout: Layout, sizes: dict[str, tuple[float, float]], lines: list[Line]) -> list[Box]:
    placed = [(layout.nodes[name], size) for name, size in sizes.items()]
    placed += [(at, lines[number].label or (0.0, 0.0)) for number, at in layout.labels.items()]
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in placed]


def overlap(one: Box, other: Box) -> bool:
    near = 1e-6
    return (
        one[0] < other[2] - near and other[0] < one[2] - near and one[1] < other[3] - near and other[1] < one[3] - near
    )


@given(GRAPHS)
@settings(max_examples=80, deadline=None)
def test_no_node_and_no_label_covers_another_and_all_lie_in_the_picture(made: tuple) -> None:
    sizes, lines = made
    layout = lay_out(sizes, lines)
    placed = boxes(layout, sizes, lines)
    assert not any(overlap(one, other) for at, one in enumerate(placed) for other in placed[:at])
    assert min(min(box[:2]) for box in placed) >= -1e-6
    assert max(box[2] for box in placed) <= layout.extent[0] + 1e-6
    assert max(box[3] for box in placed) <= layout.extent[1] + 1e-6


@given(GRAPHS)
@settings(max_examples=80, deadline=None)
def test_edges_run_forward_from_side_to_side(made: tuple) -> None:
    sizes, lines = made
    layout = lay_out(sizes, lines)
    for number, line in enumerate(lines):
        route = layout.routes[number]
        alongs = [along for along, _ in route]
        assert alongs == sorted(alongs)
        assert alongs[0] == pytest.approx(layout.nodes[line.source][0] + sizes[line.source][0] / 2)
        assert alongs[-1] == pytest.approx(layout.nodes[line.target][0] - sizes[line.target][0] / 2)
        assert abs(route[-1][1] - layout.nodes[line.target][1]) < sizes[line.target][1] / 2


def test_crossings_are_counted() -> None:
    def drawn(ends: list[list[int]]) -> tuple[list[Place], list[list[int]]]:
        first = [Place(0, after=[len(ends) + end for end in each]) for each in ends]
        return first + [Place(1) for _ in ends], [list(range(len(ends))), list(range(len(ends), 2 * len(ends)))]

    assert crossings(*drawn([[1], [0]])) == 1
    assert crossings(*drawn([[2], [1], [0]])) == 3
    assert crossings(*drawn([[0, 1], [0, 1]])) == 1
    assert crossings(*drawn([[0], [1], [2]])) == 0


def test_a_long_edge_is_straight_between_its_ends() -> None:
    sizes = dict.fromkeys("abcde", (40.0, 20.0))
    chain = [Line(one, other) for one, other in zip("abcd", "bcde", strict=True)]
    layout = lay_out(sizes, [*chain, Line("a", "e")])
    between = {across for _, across in layout.routes[4][2:-2]}
    assert max(between) - min(between) < 0.5


# ---- picture
@pytest.mark.parametrize("name", COMPUTATIONS)
def test_the_picture_is_well_formed_and_stands_alone(name: str) -> None:
    graph = graph_of(name)
    for shown in (graph, graph.open(), graph.close()):
        text = shown.svg()
        tree = ElementTree.fromstring(text)
        assert not re.search(r"(?:href|src|url)\s*[=(]\s*[\"']?(?!#)\w+:", text), "it asks for something outside"
        drawn = [group for group in tree.iter(f"{SVG}g") if "card" in group.get("class", "").split()]
        assert len(drawn) == len(visible(shown)[0])


def test_what_the_picture_says_of_the_lessons_graph() -> None:
    with speaking("en"), trace() as t:
        a = torch.tensor(2.0, requires_grad=True)
        b = a**3
        b.backward()
    with speaking("en"):
        words = [element.text for element in ElementTree.fromstring(t.graph(b).svg()).iter(f"{SVG}text")]
    assert words[:11] == [
        "× 3·a² = 12",
        "← 12",
        "a",
        "leaf",
        "= 2",
        "∂b/∂a = 12",
        ".grad = 12",
        "b",
        "pow",
        "a**3",
        "= 8",
    ]
    with speaking("es"):
        assert "hoja" in t.graph(b).svg()


def test_opening_and_closing() -> None:
    graph = graph_of("line_and_mae")
    closed = {node.name or node.text for node in visible(graph)[0]}
    opened = {node.name or node.text for node in visible(graph.open("loss"))[0]}
    assert opened - closed == {"y_hat − constant(5, seed=3)", "abs(…)", "mean(abs(…))"}
    assert closed - opened == {"loss"}
    assert graph.open("loss").close() == graph


def test_a_closed_module_holds_its_parameters() -> None:
    graph = graph_of("transformer_layer").close()
    nodes, edges = visible(graph)
    assert [node.name or node.text for node in nodes] == ["x", "z.square()", "loss", "layer"]
    assert len(edges) == 3


def test_many_nodes_are_closed_until_they_can_be_read() -> None:
    network = torch.nn.Sequential(*(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()) for _ in range(40)))
    with trace() as t:
        loss = network(torch.ones(1, 2)).sum()
    graph = t.graph(loss)
    assert len(graph.nodes) > 200
    assert len(visible(graph)[0]) <= 45


def test_the_pictures_rules_reach_no_other_picture_of_a_page() -> None:
    style = re.search(r"<style>(.*?)</style>", graph_of("line_and_mae").svg(), re.DOTALL)
    assert style is not None
    selectors = [s for rule in re.findall(r"([^{}]+)\{", style[1]) for s in rule.split(",")]
    assert all(selector.strip().startswith(".gradlab-graph ") for selector in selectors)


# ---- page
def data_of(page: str) -> dict:
    found = re.search(r'<script id="graph" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_is_escaped_and_asks_for_nothing() -> None:
    space = {"torch": torch}
    source = 'params = {"</script><b>&": torch.tensor(2.0, requires_grad=True)}\nloss = params["</script><b>&"] * 3'
    path = Path(__file__).with_name("a <script> that is not there.py")
    import linecache

    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    with trace() as t:
        exec(compile(source, str(path), "exec"), space)
    graph = t.graph(space["loss"])
    page = graph.html()
    assert graph.nodes[0].name == 'params["</script><b>&"]'
    assert data_of(page)["nodes"][0]["title"] == graph.nodes[0].name
    assert page.count("</script>") == 2
    assert page.count("<svg ") == page.count('<svg class="gradlab-graph" ')
    assert not re.search(r"(?:src|href)=|https?://(?!www\.w3\.org/2000/svg)", page)
    ElementTree.fromstring(graph.svg())


LAYOUT_IN_NODE = """
const fs = require("fs"), data = fs.readFileSync(0, "utf8");
globalThis.document = { getElementById: () => ({ textContent: data }) };
(0, eval)(fs.readFileSync(process.argv[1], "utf8") + `
const [drawn, edges] = visible();
const layout = layOut(new Map(drawn.map((node) => [node.id, node.card.size])),
                      edges.map((edge) => ({ ...edge, label: edge.label && edge.label.size })));
console.log(JSON.stringify({ nodes: Object.fromEntries(layout.nodes), routes: layout.routes }));`);
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="compares with the page's JavaScript, which needs node")
@pytest.mark.parametrize(
    "name", ["line_and_mae", "recurrence", "transformer_layer", "lstm_cell", "one_tensor_used_twice"]
)
@pytest.mark.parametrize("opened", [False, True])
def test_the_page_lays_out_as_the_picture_does(name: str, opened: bool) -> None:
    from gradlab.graph.card import card_of, label_of

    graph = graph_of(name)
    graph = graph.open() if opened else graph
    script = Path(gradlab.graph.__file__).with_name("page.js")
    told = subprocess.run(
        ["node", "-e", LAYOUT_IN_NODE, script],
        input=json.dumps(data_of(graph.html())),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(told.stdout)
    nodes, edges = visible(graph)
    labels = [label_of(edge) for edge in edges]
    lines = [Line(e.source, e.target, label.size if label else None) for e, label in zip(edges, labels, strict=True)]
    ours = lay_out({node.id: card_of(node, graph, compact=False).size for node in nodes}, lines)
    assert theirs["nodes"].keys() == ours.nodes.keys()
    for id, at in ours.nodes.items():
        assert theirs["nodes"][id] == pytest.approx(at, abs=1e-6)
    for number, route in ours.routes.items():
        for point, other in zip(route, theirs["routes"][number], strict=True):
            assert other == pytest.approx(point, abs=1e-6)
