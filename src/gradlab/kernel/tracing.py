"""The objective recorded: prediction and loss of one point as operations on x, y and the parameters.

It is recorded twice, on a few points each, at different parameters and of different number. What comes out the same
both times holds for all points and all steps; what does not (a number read out of a tensor, a random one, a counter,
the number of points) is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.errors import GradlabError
from gradlab.kernel.cells import cells
from gradlab.kernel.nodes import Node, Nodes, below
from gradlab.kernel.reading import Reader, leaves, one_node
from gradlab.kernel.refusal import NotFusedError
from gradlab.objective import Objective
from gradlab.recorder import Recorder, Recording

FEW = (3, 4)
"""Points of the first and of the second recording."""


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """`prediction` and `loss` of one point, and how the losses become one: their `mean` or their `sum`."""

    prediction: Node
    loss: Node
    reduction: str

    def __eq__(self, other: object) -> bool:
        """By identity of the nodes, which are the same if they say the same."""
        mine = (self.prediction, self.loss, self.reduction)
        return isinstance(other, Traced) and mine == (other.prediction, other.loss, other.reduction)

    __hash__ = None  # type: ignore[assignment]  # compared, never kept in a set


def trace(objective: Objective, params: Params) -> Traced:
    """What `objective` computes at every point. Raises NotFusedError where that cannot be said."""
    table, elsewhere = Nodes(), {name: p.detach() * 1.0625 + 0.03125 for name, p in params.items()}
    first = _traced(table, objective, params, FEW[0])
    if _traced(table, objective, elsewhere, FEW[1]) != first:
        raise NotFusedError("kernel.differs")
    return first


def _traced(table: Nodes, objective: Objective, params: Params, few: int) -> Traced:
    n = len(objective.points)
    rows = torch.linspace(0, n - 1, few, dtype=torch.float64).round().long().to(objective.points.y.device)
    small = objective.rows(rows)
    # The recorder knows a tensor by its identity: every one that goes in has to be one of its own.
    points = type(small.points)(small.points.x.clone(), small.points.y.clone(), small.points.names)
    small = Objective(objective.model, objective.loss, points)
    inputs = {name: p.detach().clone().requires_grad_() for name, p in params.items()}
    (prediction, loss), recording = _recorded(small, inputs)
    reader = Reader(table, points.y.dtype)
    _declare(reader, recording, points.x, points.y, inputs)
    reader.read(recording)
    final = reader.cells_of(recording.value(loss))
    node = final.nodes.reshape(-1)[0]
    if node.op not in ("mean", "sum") or not node.operands or len(node.operands) > 1:
        raise NotFusedError("kernel.no_mean")
    traced = Traced(one_node(reader.cells_of(recording.value(prediction)), few), node.operands[0], node.op)
    _check_single(traced)
    return traced


def _recorded(objective: Objective, inputs: Mapping[str, Tensor]) -> tuple[tuple[Tensor, Tensor], Recording]:
    """Run once; whatever the code raises here, the eager loop will raise better."""
    recorder = Recorder()
    roots = [objective.points.x, objective.points.y, *inputs.values()]
    values = [recorder.recording.value(root) for root in roots]
    try:
        with torch.enable_grad(), recorder:
            result = objective.forward(dict(inputs))
    except GradlabError:
        raise
    except Exception as failure:
        raise NotFusedError("kernel.raises", failure=f"{type(failure).__name__}: {failure}") from failure
    for root, value in zip(roots, values, strict=True):
        if recorder.recording.value(root) is not value:
            raise NotFusedError("kernel.writes_over", operation="x, y")
    return result, recorder.recording


def _declare(reader: Reader, recording: Recording, x: Tensor, y: Tensor, inputs: Mapping[str, Tensor]) -> None:
    """x, y and the parameters are what the loop will be given anew."""
    n, columns = len(y), x.reshape(len(y), -1).shape[1]
    of_x = [reader.table.leaf(("x", column), varying=True) for _ in range(n) for column in range(columns)]
    point = [row for row in range(n) for _ in range(columns)]
    reader.know(recording.value(x), cells(of_x, point, tuple(x.shape)))
    reader.know(recording.value(y), cells([reader.table.leaf(("y",), varying=True)] * n, list(range(n)), (n,)))
    for name, value in inputs.items():
        reader.know(recording.value(value), leaves(reader.table, "parameter", (name,), tuple(value.shape)))


def _check_single(traced: Traced) -> None:
    """A mean over points inside the model would need a pass over the points before the pass."""
    for node in below([traced.prediction, traced.loss]):
        if node.op in ("mean", "sum"):
            raise NotFusedError("kernel.mixes_points", operation=node.op)
