"""Reading autograd's graph: which leaves hang below a tensor, and what kind of loss it is."""

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

Node = Any
"""A node of autograd's graph, `tensor.grad_fn`."""

_ACCUMULATE = torch._C._functions.AccumulateGrad  # type: ignore[attr-defined]  # not in the stubs
_LARGEST = 100_000


def leaves_below(roots: Iterable[Node]) -> list[Tensor]:
    """The leaf tensors that a backward pass from `roots` would reach."""
    seen: set[Node] = {node for node in roots if node is not None}
    leaves: list[Tensor] = [node.variable for node in seen if type(node) is _ACCUMULATE]
    waiting = [node for node in seen if type(node) is not _ACCUMULATE]
    see, wait, take = seen.add, waiting.append, waiting.pop
    while waiting and len(seen) < _LARGEST:
        for child, _ in take().next_functions:
            if child is None or child in seen:
                continue
            see(child)
            if type(child) is _ACCUMULATE:
                leaves.append(child.variable)
            else:
                wait(child)
    return leaves


def nodes_below(roots: Iterable[Node]) -> set[Node]:
    """All nodes that a backward pass from `roots` would visit."""
    seen: set[Node] = {node for node in roots if node is not None}
    waiting = list(seen)
    while waiting and len(seen) < _LARGEST:
        for node, _ in waiting.pop().next_functions:
            if node is not None and node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


def root_of(tensor: Tensor) -> Node:
    """The node at which a backward pass from `tensor` begins, also where it is itself a leaf."""
    if not tensor.requires_grad:
        return None
    return tensor.grad_fn if tensor.grad_fn is not None else torch.autograd.graph.get_gradient_edge(tensor).node


def elementwise_path(root: Node, sequence: int, depth: int = 12) -> bool:
    """Whether the node of that sequence number is reached from `root` through elementwise steps and whole means."""
    if root is None or depth == 0:
        return False
    if _sequence(root) == sequence:
        return True
    if _kind(root) not in _ELEMENTWISE and type(root).__name__ not in ("MeanBackward0", "SumBackward0"):
        return False
    return any(elementwise_path(node, sequence, depth - 1) for node, _ in root.next_functions)


def never_negative(node: Node, depth: int = 12) -> bool:
    """Whether what this node computes cannot be below zero, by its construction: a mean of squares, an absolute value.

    What cannot be seen counts as no.
    """
    kind = _kind(node)
    if node is None or depth == 0:
        return False
    if kind in _AT_LEAST_ZERO:
        return True
    if kind == "Pow":
        return float(node._saved_exponent) % 2 == 0
    inputs = [child for child, _ in node.next_functions if child is not None]
    if kind in _KEEPS_SIGN or (kind in ("Add", "Mul", "Div") and len(inputs) > 1):
        return bool(inputs) and all(never_negative(child, depth - 1) for child in inputs)
    if kind in ("Mul", "Div") and inputs:
        return _positive_factor(node) and never_negative(inputs[0], depth - 1)
    return kind == "Mul" and len(inputs) == 2 and inputs[0] is inputs[1]


def _positive_factor(node: Node) -> bool:
    factor = getattr(node, "_saved_other", None)
    return factor is None or (isinstance(factor, Tensor) and bool((factor >= 0).all()))


def saved_tensors(node: Node) -> Iterator[tuple[str, Tensor]]:
    """The tensors that a node keeps for its backward, by name; none once the graph is freed."""
    for name in dir(node):
        if name.startswith("_saved_"):
            try:
                value = getattr(node, name)
            except RuntimeError:
                return
            if isinstance(value, Tensor):
                yield name, value


def _sequence(node: Node) -> int:
    return node._sequence_nr()


def _kind(node: Node) -> str:
    return type(node).__name__.partition("Backward")[0]


_AT_LEAST_ZERO = frozenset(
    "Abs MseLoss L1Loss SmoothL1Loss HuberLoss NllLoss NllLossNd NllLoss2D BinaryCrossEntropy Relu Sqrt Exp Softplus"
    " BinaryCrossEntropyWithLogits SoftMarginLoss LinalgVectorNorm Norm Sigmoid Softmax Square Std Var ".split()
)
_KEEPS_SIGN = frozenset(
    "Mean Sum Clone View Reshape UnsafeView Squeeze Unsqueeze Select Slice Index ToCopy Expand Stack Cat Max Min "
    "Permute T Transpose Log1P".split()
)
_ELEMENTWISE = frozenset(
    "Pow Abs Mul Div Add Sub Neg Rsub Sqrt Log Log1P Exp Clamp ClampMin ClampMax Clone Square Where ToCopy "
    "View UnsafeView Reshape Squeeze Sigmoid LogSigmoid Softplus Select Huber LinalgVectorNorm Norm Cosh Maximum "
    "Minimum MseLoss L1Loss SmoothL1Loss Tanh".split()
)
