"""The microscope: the graph of ordinary code, its values and gradients against PyTorch's own."""

import torch

from gradlab.graph import Graph, trace


def line_model(m, b, inputs):
    return m * inputs + b


def cube() -> Graph:
    with trace() as t:
        a = torch.tensor(2.0, requires_grad=True)
        b = a**3
        b.backward()
    return t.graph(b)


def test_the_lessons_first_graph():
    graph = cube()
    a, b = graph["a"], graph["b"]
    assert (a.kind, a.value.numbers, a.gradient.numbers) == ("leaf", 2.0, 12.0)
    assert (b.kind, b.text, b.statement, b.value.numbers) == ("operation", "a**3", "b = a**3", 8.0)
    (edge,) = (edge for edge in graph.edges if edge.target == b.id)
    assert (edge.source, edge.local.numbers, edge.flow.numbers) == (a.id, 12.0, 12.0)
    assert (graph["a.grad"].kind, graph["a.grad"].old, graph["a.grad"].value.numbers) == ("accumulation", None, 12.0)


def test_the_lessons_second_graph():
    x_true, y_true = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 1.0, 1.0])
    m, b = torch.tensor(0.8, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    loss_fn = torch.nn.L1Loss()
    with trace() as t:
        for _ in range(2):
            y_pred = line_model(m, b, x_true)
            loss = loss_fn(y_pred, y_true)
            loss.backward()
            with torch.no_grad():
                m -= 0.1 * m.grad
    graph = t.graph(loss)
    assert [node.name for node in graph.nodes if node.kind == "leaf"] == ["b", "m"]
    assert graph["y_pred"].text == "m * inputs + b"
    assert (graph["loss"].kind, graph["loss"].text) == ("composite", "loss_fn(y_pred, y_true)")
    assert graph["b.grad"].old.numbers + graph["b"].gradient.numbers == graph["b.grad"].value.numbers == b.grad.item()
