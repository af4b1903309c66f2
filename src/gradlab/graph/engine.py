"""Autograd's own graph, walked by hand: its nodes are called one by one, so that no hook of the user's runs.

A node is a function: given ∂L/∂(its outputs) it returns ∂L/∂(its inputs). Called with ones it gives the local
derivatives. What PyTorch's engine sums after a call, because it was broadcast on the way forward, is left unsummed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import get_gradient_edge

from gradlab.rules import sum_to

Node = Any  # torch.autograd.graph.Node, which torch does not type
Place = tuple[Node, int]
"""A node and one of its outputs: where the gradient of a tensor arrives."""


@dataclass(frozen=True, slots=True)
class Called:
    """One node's call: what arrived at its outputs, and what left for each of `node.next_functions`."""

    node: Node
    arrived: tuple[Tensor | None, ...]
    left: tuple[Tensor | None, ...]


def is_leaf_node(node: Node) -> bool:
    """Whether a node is the one that adds to a leaf's `.grad`."""
    return hasattr(node, "variable")


def place_of(tensor: Tensor) -> Place | None:
    """Where the gradient of `tensor` arrives; None where autograd does not follow it.

    A view of a leaf that was taken under `no_grad` says that it requires a gradient, and has no place to get one; under
    `inference_mode` nothing has.
    """
    if not tensor.requires_grad:
        return None
    try:
        edge = get_gradient_edge(tensor)
    except (AssertionError, AttributeError):
        return None
    return edge.node, edge.output_nr


def ones_at(node: Node, output: int) -> Tensor:
    """Ones like the tensor that came out of `node` there."""
    like = node._input_metadata[output]
    return torch.ones(like.shape, dtype=like.dtype, device=like.device)


def between(start: Node, is_end: Callable[[Node, int], bool]) -> list[Node]:
    """The nodes from `start` down to where `is_end` holds, each before those that it passes its gradient to."""
    ordered: list[Node] = []
    seen: set[Node] = {start}
    stack: list[tuple[Node, Iterator[Place]]] = [(start, iter(start.next_functions))]
    while stack:
        onward = stack[-1][1]
        for below, output in onward:
            if below is not None and below not in seen and not is_end(below, output):
                seen.add(below)
                stack.append((below, iter(below.next_functions)))
                break
        else:
            ordered.append(stack.pop()[0])
    return ordered[::-1]


def pull(nodes: list[Node], gradients: Mapping[int, Tensor]) -> Iterator[Called]:
    """Send the gradients at outputs of the first node through `nodes`, which are in the order of `between`."""
    arriving: dict[Node, list[Tensor | None]] = {node: [None] * len(node._input_metadata) for node in nodes}
    for output, g in gradients.items():
        arriving[nodes[0]][output] = g
    for node in nodes:
        if is_leaf_node(node):  # to call it would be to write into the user's .grad
            continue
        arrived = tuple(arriving[node])
        if all(gradient is None for gradient in arrived):
            continue
        left = call(node, arrived)
        yield Called(node, arrived, left)
        for (below, at), gradient in zip(node.next_functions, left, strict=True):
            if gradient is not None and below in arriving:
                gradient = sum_to(gradient, torch.Size(below._input_metadata[at].shape))
                before = arriving[below][at]
                arriving[below][at] = gradient if before is None else before + gradient


def call(node: Node, arrived: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    """The node as the function that it is."""
    with torch.no_grad():
        if isinstance(node, BackwardCFunction):
            return _call_function(node, arrived)
        left = node(*arrived)
        return left if isinstance(left, tuple) else (left,)


def _runs_a_backward(node: Node) -> bool:
    """Whether a Function adds to `.grad` itself, as checkpoints do: such a one is called by nobody but the user."""
    function = type(node)._forward_cls
    code = getattr(function.backward, "__code__", None)
    return function.__module__.startswith("torch.") or code is None or "backward" in code.co_names


def _call_function(node: Node, arrived: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    """A Function of the user's wants zeros, and answers for every argument of its forward, tensor or not."""
    if _runs_a_backward(node):
        raise NotImplementedError(node.name())
    left = node.apply(*(0 * ones_at(node, output) if g is None else g for output, g in enumerate(arrived)))
    left = left if isinstance(left, tuple) else (left,)
    wanted = iter([gradient for gradient, needed in zip(left, node.needs_input_grad, strict=False) if needed])
    return tuple(None if below is None else next(wanted) for below, _ in node.next_functions)
