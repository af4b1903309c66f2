"""What the loop has to compute, as arithmetic: sums over points, what follows from them, and the step."""

from dataclasses import dataclass

from gradlab._types import Params, State
from gradlab.kernel.arithmetic import Arithmetic, Lowering
from gradlab.kernel.backward import Backward
from gradlab.kernel.nodes import Leaf, Node, below
from gradlab.kernel.tracing import Traced
from gradlab.kernel.updates import Update, entries

LR: Leaf = ("lr",)
"""The optimizer's lr, as a leaf."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """`row` is what a step writes down (loss, mean prediction, parameters, gradient), `after` what it changes;
    `slopes` is the gradient by the parameters that move.

    `sums` are the expressions summed over the points; the nodes of `row` and `after` stand on them. `memory` are the
    leaves that the loop keeps from step to step, in their order: parameters, the optimizer's state, the lr (which so
    is no part of the code: another lr needs no new compiling).
    """

    sums: tuple[Node, ...]
    row: tuple[Node, ...]
    slopes: tuple[Node, ...]
    after: dict[Leaf, Node]
    memory: tuple[Leaf, ...]
    columns: int


def compose(
    traced: Traced, update: Update, params: Params, state: State, columns: int, kink: float, lr: float
) -> Program:
    """The program of a descent: evaluation by the recorded objective, step by the recorded optimizer."""
    lowering = Lowering(Arithmetic())
    arithmetic = lowering.arithmetic
    n = arithmetic.leaf(("n",))

    def averaged(node: Node) -> Node:
        return arithmetic.call("div", arithmetic.over_points("sum", node), n)

    leaves = parameter_leaves(params)
    slopes = Backward(lowering, kink).gradient(traced.loss)
    divided = traced.reduction == "mean"
    gradient = {
        leaf: arithmetic.call("div", slopes[leaf], n) if divided else slopes[leaf] for leaf in leaves if leaf in slopes
    }
    loss = lowering.value(traced.loss)
    row = [
        averaged(loss) if divided else arithmetic.over_points("sum", loss),
        averaged(lowering.value(traced.prediction)),
    ]
    row += [arithmetic.leaf(leaf) for leaf in leaves]
    row += [gradient.get(leaf, arithmetic.number(0)) for leaf in leaves]
    slope = {("gradient", *leaf[1:]): gradient.get(leaf, arithmetic.number(0)) for leaf in leaves}
    length = arithmetic.leaf(LR)
    step = Lowering(arithmetic, slope, {lr: length, -lr: arithmetic.call("neg", length)})
    after = {leaf: step.value(node) for leaf, node in update.after.items()}
    sums = tuple(node.operands[0] for node in below([*row, *after.values()], frozenset({"sum"})) if node.op == "sum")
    moving = tuple(row[2 + len(leaves) + place] for place, leaf in enumerate(leaves) if leaf in after)
    return Program(sums, tuple(row), moving, after, (*memory_leaves(params, state), LR), columns)


def parameter_leaves(params: Params) -> list[Leaf]:
    """One leaf for each element of each parameter, in row-major order."""
    return [("parameter", name, index) for name, value in params.items() for index in range(value.numel())]


def memory_leaves(params: Params, state: State) -> tuple[Leaf, ...]:
    """The parameters' leaves, then those of the optimizer's state."""
    kept = [
        ("count", *place, 0) if isinstance(value, int | float) else ("state", *place, index)
        for place, value in entries(state)
        for index in range(1 if isinstance(value, int | float) else value.numel())
    ]
    return (*parameter_leaves(params), *kept)
