"""Operations that move, join and sum elements, read as what they do to a table of scalars.

What an operation moves where is asked of PyTorch itself: it moves positions instead of numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from gradlab.kernel.cells import EVERY, Cells, cells, common_point, elementwise
from gradlab.kernel.nodes import Node, Nodes
from gradlab.kernel.refusal import NotFusedError
from gradlab.recorder import Operation, Value

Of = Callable[[Value], Cells]
Reading = Callable[[Nodes, Operation, Of], Cells]

UNCHANGED = frozenset("clone contiguous to double float type type_as detach requires_grad_".split())
_MOVED = (
    "reshape view view_as reshape_as flatten squeeze unsqueeze unflatten ravel expand expand_as broadcast_to transpose "
    "t permute flip"
).split()


def _moved(table: Nodes, operation: Operation, of: Of) -> Cells:
    named = operation.tensors()
    source, extra = of(operation.operands["a"]), named.pop("*", ())
    named.pop("a")
    positions = torch.arange(source.nodes.size).reshape(source.shape)
    return source.taken(getattr(torch.Tensor, operation.name)(positions, *extra, **named).numpy())


def _taken(table: Nodes, operation: Operation, of: Of) -> Cells:
    source, index = of(operation.operands["a"]), operation.operands["index"]
    for part in index if isinstance(index, tuple) else (index,):
        if not (part is None or part is Ellipsis or isinstance(part, int | slice)) or isinstance(part, bool):
            raise NotFusedError("kernel.index")
    return source.taken(torch.arange(source.nodes.size).reshape(source.shape)[index].numpy())


def _joined(table: Nodes, operation: Operation, of: Of) -> Cells:
    parts = [of(part) for part in operation.operands["a"]]
    join: Callable[..., Any] = np.stack if operation.name == "stack" else np.concatenate
    axis = operation.operands.get("dim", 0)
    return Cells(join([p.nodes for p in parts], axis), join([p.points for p in parts], axis))


def _summed(table: Nodes, operation: Operation, of: Of) -> Cells:
    """Over the points once, where all of them are summed up; else over what belongs to one point."""
    source, dim = of(operation.operands["a"]), operation.operands.get("dim")
    axes = tuple(range(source.nodes.ndim)) if dim is None or dim == () else (dim,) if isinstance(dim, int) else dim
    axes = tuple(axis % max(source.nodes.ndim, 1) for axis in axes)
    kept = [axis for axis in range(source.nodes.ndim) if axis not in axes]
    order, shape = (*kept, *axes), tuple(source.shape[axis] for axis in kept)
    nodes = source.nodes.transpose(order).reshape(*shape, -1)
    points = source.points.transpose(order).reshape(*shape, -1)
    summed = [
        _sum_of(table, operation.name, nodes[place].tolist(), points[place].tolist()) for place in np.ndindex(shape)
    ]
    return cells([node for node, _ in summed], [point for _, point in summed], tuple(operation.result.tensor.shape))


def _sum_of(table: Nodes, name: str, nodes: list[Node], points: list[int]) -> tuple[Node, int]:
    if all(point != EVERY for point in points) and len(set(points)) == len(points) > 1:
        if points == list(range(len(points))) and len(set(nodes)) == 1:
            return table.over_points(name, nodes[0]), EVERY
        raise NotFusedError("kernel.point_by_point")
    point = int(common_point(np.array(points), name))
    total = nodes[0]
    for node in nodes[1:]:
        total = table.call("add", total, node)
    return table.call("div", total, table.number(len(nodes))) if name == "mean" else total, point


def _multiplied(table: Nodes, operation: Operation, of: Of) -> Cells:
    """A matrix product, a scalar product at a time; each has to stay within one point."""
    a, b = of(operation.operands["a"]), of(operation.operands["b"])
    if a.nodes.ndim > 2 or b.nodes.ndim > 2:
        raise NotFusedError("kernel.no_rule", operation="matmul")
    left = a if a.nodes.ndim == 2 else Cells(a.nodes[None], a.points[None])
    right = b if b.nodes.ndim == 2 else Cells(b.nodes[:, None], b.points[:, None])
    products = elementwise(
        table,
        "mul",
        [
            Cells(left.nodes[:, None, :], left.points[:, None, :]),
            Cells(right.nodes.T[None], right.points.T[None]),
        ],
    )
    scalar = [products.taken(places) for places in np.arange(products.nodes.size).reshape(-1, products.shape[-1])]
    sums = [_within_a_point(table, each) for each in scalar]
    return cells([node for node, _ in sums], [point for _, point in sums], tuple(operation.result.tensor.shape))


def _within_a_point(table: Nodes, products: Cells) -> tuple[Node, int]:
    point = int(common_point(products.points, "matmul"))
    total = products.nodes[0]
    for node in products.nodes[1:]:
        total = table.call("add", total, node)
    return total, point


def _unchanged(table: Nodes, operation: Operation, of: Of) -> Cells:
    return of(operation.operands["a"])


READINGS: Mapping[str, Reading] = {
    **dict.fromkeys(_MOVED, _moved),
    **dict.fromkeys(UNCHANGED, _unchanged),
    "getitem": _taken,
    "stack": _joined,
    "cat": _joined,
    "sum": _summed,
    "mean": _summed,
    "matmul": _multiplied,
}
