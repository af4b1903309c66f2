"""Recording and rules into one loop of machine code: thousands of steps, or millions of points, without PyTorch.

`prepare` records objective and optimizer, applies the rules and compiles; a `Loop` runs. What cannot be fused raises
NotFusedError, with the reason; the eager loop takes it.
"""

from gradlab._types import Params, State
from gradlab.kernel.check import disagrees
from gradlab.kernel.functions import text_of
from gradlab.kernel.machine import compiled
from gradlab.kernel.program import compose
from gradlab.kernel.refusal import NotFusedError
from gradlab.kernel.run import Chunk, Loop, loop, unpacked
from gradlab.kernel.tracing import trace
from gradlab.kernel.updates import record_update
from gradlab.objective import Objective
from gradlab.optimizers import Optimizer

__all__ = ["Chunk", "Loop", "NotFusedError", "disagrees", "prepare", "unpacked"]

_REAL = {"torch.float64": "double", "torch.float32": "float"}


def prepare(
    objective: Objective, params: Params, free: tuple[str, ...], optimizer: Optimizer, state: State, kink: float = 0.0
) -> Loop:
    """The descent of `objective` from `params` and the optimizer's `state`, compiled.

    Raises NotFusedError where the model, the loss or the optimizer is not arithmetic on single points.
    """
    points = objective.points
    real = _REAL.get(str(points.y.dtype))
    if real is None or points.x.dtype != points.y.dtype or points.y.device.type != "cpu":
        raise NotFusedError("kernel.precision", operation="x", dtype=f"{points.x.dtype}, {points.y.device}")
    if any(p.dtype != points.y.dtype for p in params.values()):
        raise NotFusedError("kernel.precision", operation=", ".join(params), dtype=str(points.y.dtype))
    try:
        traced = trace(objective, params)
        update = record_update(optimizer, {name: params[name] for name in free}, state)
        columns = points.x.reshape(len(points), -1).shape[1]
        program = compose(traced, update, params, state, columns, kink, optimizer.lr)
        text = text_of(program, real)
    except RecursionError:
        raise NotFusedError("kernel.too_deep") from None
    return loop(program, compiled(text), points, params, state, optimizer.lr)
