"""The microscope on ordinary code: names, kinds, what can be opened, and that nothing of the user's is disturbed."""

import gc
import weakref

import pytest
import torch
from torch import Tensor, nn

from gradlab.graph import Graph, Node, trace


def line_model(m: Tensor, b: Tensor, inputs: Tensor) -> Tensor:
    return m * inputs + b


def leaf(value: float = 2.0) -> Tensor:
    return torch.tensor(value, requires_grad=True)


def number(node: Node) -> float:
    assert node.value is not None
    return float(node.value.number)


def names(graph: Graph, kind: str = "leaf") -> list[str | None]:
    return [node.name for node in graph.nodes if node.kind == kind]


def test_the_lessons_first_graph() -> None:
    with trace() as t:
        a = torch.tensor(2.0, requires_grad=True)
        b = a**3
        b.backward()
    graph = t.graph(b)
    assert (graph["a"].kind, number(graph["a"]), graph["a"].gradient.numbers) == ("leaf", 2, 12)
    assert (graph["b"].kind, graph["b"].text, graph["b"].statement) == ("operation", "a**3", "b = a**3")
    edge = next(edge for edge in graph.edges if edge.target == graph["b"].id)
    assert (edge.source, edge.formula, edge.local.numbers, edge.flow.numbers) == (graph["a"].id, "3·a²", 12, 12)
    grad = graph["a.grad"]
    assert (grad.kind, grad.old, number(grad)) == ("accumulation", None, 12)


def test_the_lessons_second_graph() -> None:
    x_true, y_true = torch.tensor([1.0, 2.0, 3.0]), torch.ones(3)
    m, b = leaf(0.8), leaf(0.0)
    loss_fn = nn.L1Loss()
    with trace() as t:
        for _ in range(2):
            y_pred = line_model(m, b, x_true)
            loss = loss_fn(y_pred, y_true)
            loss.backward()
            with torch.no_grad():
                m -= 0.1 * m.grad
    graph = t.graph(loss)
    assert sorted(names(graph)) == ["b", "m"]
    assert sorted(names(graph, "constant")) == ["x_true", "y_true"]
    assert (graph["y_pred"].text, graph["y_pred"].statement) == ("m * inputs + b", "y_pred = line_model(m, b, x_true)")
    assert (graph["loss"].kind, graph["loss"].text) == ("composite", "loss_fn(y_pred, y_true)")
    assert graph["b.grad"].old.numbers + graph["b"].gradient.numbers == number(graph["b.grad"]) == b.grad.item()
    to_product = next(edge for edge in graph.edges if edge.source == graph["m"].id)
    assert (to_product.formula, to_product.summed, to_product.local.numbers) == ("x_true", True, [1.0, 2.0, 3.0])
    assert next(edge for edge in graph.edges if edge.source == graph["x_true"].id).alias == "inputs"


def test_what_is_changed_in_place_between_two_uses_is_two_values() -> None:
    a, x = leaf(3.0), torch.ones(2)
    optimizer = torch.optim.SGD([a], lr=1.0)
    with trace() as t:
        first = a + x
        x.add_(1)
        second = a + x
        (first + second).sum().backward()
        optimizer.step()
        third = a + x
    both = t.graph(first + second)
    assert [node.value.numbers for node in both.nodes if node.kind == "constant"] == [[1.0, 1.0], [2.0, 2.0]]
    assert number(both["a"]) == 3
    assert number(t.graph(third)["a"]) == a.item() == -1


def test_what_is_not_tracked_is_marked_and_passes_nothing() -> None:
    a = leaf()
    with trace() as t:
        target = (a * 2).detach()
        with torch.no_grad():
            scale = a + 1
        loss = (a - target) * scale
        loss.backward()
    graph = t.graph(loss)
    assert [(node.name, node.tracked) for node in graph.nodes if node.kind == "operation"] == [
        (None, True),
        ("target", False),
        ("scale", False),
        (None, True),
        ("loss", True),
    ]
    assert {edge.tracked for edge in graph.edges if edge.source in (graph["target"].id, graph["scale"].id)} == {False}
    assert graph["target"].gradient is graph["scale"].gradient is None


def test_two_backwards_from_one_graph_are_told_apart() -> None:
    a = leaf()
    with trace() as t:
        b = a * a
        first, second = 3 * b, b.exp()
        first.backward(retain_graph=True)
        second.backward()
    assert t.graph(first)["b"].gradient.numbers == 3
    assert t.graph(second)["b"].gradient.number == pytest.approx(torch.e**4, rel=1e-6)
    accumulated = t.graph(second)["a.grad"]
    assert (accumulated.old.number, number(accumulated)) == (12, pytest.approx(a.grad.item()))
    assert t.graph().of == "second"


def test_without_a_backward_gradients_are_computed_and_grad_stays_none() -> None:
    with trace() as t:
        a = leaf()
        b = a**2
        assert t.graph(b)["a"].gradient.numbers == 4
    assert a.grad is None
    b.backward()
    assert a.grad.item() == 4
    assert t.graph(b)["a.grad"].value.number == 4, "a backward after the block is heard as well"


def test_what_was_made_before_the_block_is_known_by_its_nodes() -> None:
    a = leaf()
    before = torch.sin(a) * 2
    with trace() as t:
        after = before + 1
        after.backward()
    graph = t.graph(after)
    assert graph["before"].kind == "composite"
    assert [node.operation for node in graph.nodes if node.inside == graph["before"].id] == ["sin", "mul"]
    assert graph.nodes[0].gradient.number == pytest.approx(2 * torch.cos(a).item())


def test_a_graph_lives_in_several_blocks() -> None:
    with trace():
        a = leaf()
        b = a * 5
    with trace() as second:
        c = b.exp()
        c.backward()
    graph = second.graph(c)
    assert (graph["b"].text, graph["a"].gradient.number) == ("a * 5", pytest.approx(a.grad.item()))


def test_no_tensor_is_kept_alive() -> None:
    with trace() as t:
        big = torch.ones(1000, requires_grad=True)
        middle = big * 2
        loss = nn.functional.l1_loss(middle, torch.zeros(1000))
        loss.backward()
        alive = weakref.ref(middle)
    graph = t.graph(loss)
    del middle, loss
    gc.collect()
    assert alive() is None
    assert graph["middle"].value.numbers is None
    assert graph["middle"].value.statistics.mean == 2


def test_records_of_steps_past_are_let_go() -> None:
    """A long loop must not fill the memory: what only old steps knew goes with their graphs."""
    m = leaf()
    with trace() as t:
        for _ in range(50):
            loss = (m * torch.ones(3) - 1).square().mean()
            loss.backward()
            with torch.no_grad():
                m -= 0.01 * m.grad
            m.grad = None
    del loss
    gc.collect()
    from gradlab.graph.tape import Record

    assert sum(type(thing) is Record for thing in gc.get_objects()) < 50
    assert t.graph("loss")["loss"].value is not None


class Printing(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, a: Tensor) -> Tensor:
        return a * 2

    @staticmethod
    def backward(ctx: object, g: Tensor) -> Tensor:
        with torch.enable_grad():
            a = leaf(1.0)
            (3 * a).backward()
        return 2 * g * a.grad / 3


def test_a_function_that_runs_a_backward_is_not_called_by_us() -> None:
    """Reentrant checkpoints add to `.grad` when their backward runs; one call too many would change a number."""
    w, a = leaf(), leaf()
    with trace() as t:
        y = torch.utils.checkpoint.checkpoint(lambda a: a * w, a, use_reentrant=True)
        z = Printing.apply(y)
        z.backward()
    assert (w.grad.item(), a.grad.item()) == (4, 4)
    graph = t.graph()
    assert graph[graph.nodes[-1].name or ""] is graph.nodes[-1]
    assert (graph.of, graph["y"].operation, graph["y"].gradient.number) == ("z", "CheckpointFunction", 2)


def test_compiled_code_is_seen_as_it_is_written() -> None:
    @torch.compile(backend="eager")
    def f(a: Tensor) -> Tensor:
        return torch.sin(a) * 2

    with trace() as t:
        y = f(leaf())
    assert [node.operation for node in t.graph(y).nodes if node.kind == "operation"] == ["sin", "mul"]


def test_numbers_that_json_has_not() -> None:
    with trace() as t:
        a = torch.tensor([0.0, 1.0], requires_grad=True)
        b = 1 / a
        c = b.log().sum()
        c.backward()
    told = t.graph(c).to_json()
    assert next(node for node in told["nodes"] if node["name"] == "b")["value"]["numbers"] == ["inf", 1.0]


def test_the_same_code_gives_the_same_text() -> None:
    def once() -> Graph:
        with trace() as t:
            a = leaf()
            b = a * a + 1
            b.backward()
        return t.graph(b)

    one, other = once(), once()
    assert (one.to_json(), one.svg(), one.html()) == (other.to_json(), other.svg(), other.html())
