"""Values and gradients of the graph are PyTorch's own, on the assorted computations of `computations.py`."""

from collections import defaultdict

import pytest
import torch
from computations import COMPUTATIONS
from torch import Tensor

from gradlab.graph import Graph, Node, Snapshot, trace

Reference = dict[str, tuple[Tensor, Tensor | None]]

UNREACHED = {"double_backward": 2, "detached_part": 1}
"""How many tracked tensors of a computation take no part in the backward from its root."""


def without_us(name: str) -> tuple[Tensor, Reference]:
    """The root, and for each named tensor its value and gradient, from a plain run."""
    root, named = COMPUTATIONS[name]()
    for tensor in named.values():
        if tensor.grad_fn is not None:
            tensor.retain_grad()
    root.backward()
    return root, {key: (tensor.detach().clone(), tensor.grad) for key, tensor in named.items()}


def traced(name: str) -> tuple[Tensor, dict[str, Tensor], Graph]:
    with trace() as t:
        root, named = COMPUTATIONS[name]()
        root.backward()
    return root, named, t.graph(root)


def tensor_of(snapshot: Snapshot | None) -> Tensor:
    assert snapshot is not None
    return torch.tensor(snapshot.numbers, dtype=getattr(torch, snapshot.dtype))


def outer(graph: Graph) -> list[Node]:
    """Nodes that are no part of a composite, and no module around other nodes."""
    composites = {node.id for node in graph.nodes if node.kind == "composite"}
    return [node for node in graph.nodes if node.inside not in composites and node.kind != "module"]


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_values_and_gradients_are_pytorchs(name: str) -> None:
    plain, reference = without_us(name)
    root, named, graph = traced(name)
    assert torch.equal(root, plain)
    for key, (value, gradient) in reference.items():
        node = graph[key]
        assert torch.equal(tensor_of(node.value), value), key
        assert gradient is not None
        torch.testing.assert_close(tensor_of(node.gradient), gradient, rtol=1e-12, atol=1e-15)
        if named[key].is_leaf:
            assert named[key].grad is not None
            assert torch.equal(named[key].grad, gradient), "the trace has changed a number"
            assert graph[f"{key}.grad"].kind == "accumulation"


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_what_arrives_is_the_sum_of_what_flows_back(name: str) -> None:
    """∂L/∂node = Σ over its uses of the gradient that flows back there: no path is lost, none counted twice."""
    _, _, graph = traced(name)
    shown = {node.id: node for node in outer(graph)}
    flows: dict[str, list[Tensor]] = defaultdict(list)
    for edge in graph.edges:
        if edge.target in shown and edge.flow is not None and shown[edge.target].kind != "leaf":
            flows[edge.source].append(tensor_of(edge.flow))
    for node in shown.values():
        if node.gradient is not None and node.kind != "accumulation" and node.id != graph.root:
            torch.testing.assert_close(sum(flows[node.id]), tensor_of(node.gradient), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_nothing_tracked_goes_without_gradient_flow_and_local_derivative(name: str) -> None:
    _, _, graph = traced(name)
    nodes = {node.id: node for node in graph.nodes}
    bare = [node for node in graph.nodes if node.tracked and node.kind != "module" and node.gradient is None]
    assert len(bare) == UNREACHED.get(name, 0)
    for edge in graph.edges:
        if edge.tracked and nodes[edge.target].gradient is not None and nodes[edge.source].kind != "accumulation":
            assert edge.flow is not None, edge
            assert edge.local is not None, edge


ELEMENTWISE = {"add", "sub", "mul", "div", "pow", "exp", "tanh", "sum", "mean", "abs", "relu"}
BUT_FOR = {"in_place_through_a_view"}
"""Here `mul` changes two elements of four."""


@pytest.mark.parametrize("name", sorted(COMPUTATIONS.keys() - BUT_FOR))
def test_what_flows_is_the_gradient_times_the_local_derivative(name: str) -> None:
    _, _, graph = traced(name)
    nodes = {node.id: node for node in graph.nodes}
    for edge in graph.edges:
        target = nodes[edge.target]
        if target.operation in ELEMENTWISE and edge.flow is not None and target.inside is None and edge.operand:
            local, flow = tensor_of(edge.local), tensor_of(edge.flow)
            product = tensor_of(target.gradient) * local
            torch.testing.assert_close(product.sum_to_size(flow.shape), flow, rtol=1e-9, atol=1e-12)
            assert edge.summed == (local.shape != flow.shape)
