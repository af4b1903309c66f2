"""The microscope's names: those that the user's code gives, and no others."""

import pytest
import torch
from torch import Tensor, nn

from gradlab.graph import Graph, Node, trace


def leaf(value: float = 2.0) -> Tensor:
    return torch.tensor(value, requires_grad=True)


def number(node: Node) -> float:
    assert node.value is not None
    return float(node.value.number)


def names(graph: Graph, kind: str = "leaf") -> list[str | None]:
    return [node.name for node in graph.nodes if node.kind == kind]


def test_a_renamed_variable_and_another_operation_follow() -> None:
    with trace() as t:
        slope = leaf(3.0)
        doubled = 2 * slope.exp()
    assert [(node.name, node.text) for node in t.graph(doubled).nodes] == [
        ("slope", "slope"),
        (None, "slope.exp()"),
        ("doubled", "2 * slope.exp()"),
    ]


class Line(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(1.5))
        self.scale = torch.tensor(2.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.w * x * self.scale


def test_names_of_parameters_attributes_and_members() -> None:
    params, model, x = {"m": leaf()}, Line(), torch.ones(2)
    with trace() as t:
        y = model(x) + params["m"]
    graph = t.graph(y)
    assert sorted(names(graph)) == ["model.w", 'params["m"]']
    assert sorted(names(graph, "constant")) == ["self.scale", "x"]


def test_the_last_value_under_a_name_has_it_and_earlier_ones_are_numbered() -> None:
    with trace() as t:
        h = leaf()
        for _ in range(3):
            h = torch.sin(h)
    graph = t.graph(h)
    assert [node.name for node in graph.nodes] == ["h₁", "h₂", "h₃", "h"]
    assert number(graph["h"]) == pytest.approx(h.item())


def test_a_target_belongs_to_the_last_operation_of_a_call() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    with trace() as t:
        y = network(torch.ones(1, 2))
    graph = t.graph(y)
    assert [(node.name, node.text) for node in graph.nodes if node.inside == graph["network"].id and not node.name] == [
        (None, "network.0(torch.ones(1, 2))"),
        (None, "network.1(…)"),
    ]
    assert graph["y"].operation == "linear"
    assert "network.2.bias" in names(graph)


def test_results_that_are_unpacked_have_their_names() -> None:
    with trace() as t:
        table = leaf() * torch.arange(4.0).reshape(2, 2)
        top, bottom = table.unbind()
        values, _ = table.max(0)
        total = top.sum() + bottom.sum() + values.sum()
    graph = t.graph(total)
    assert {"top", "bottom", "values"} <= set(names(graph, "operation"))


def test_code_without_source_still_gets_its_operations() -> None:
    space = {"a": leaf()}
    with trace() as t:
        exec("b = 3 * a\nb.backward()", space)
    graph = t.graph(space["b"])
    assert [(node.kind, node.text, node.statement) for node in graph.nodes[:2]] == [
        ("leaf", "", ""),
        ("operation", "… · 3", ""),
    ]
    assert graph.nodes[0].gradient.numbers == 3
