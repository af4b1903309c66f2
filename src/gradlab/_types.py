"""The shared vocabulary: what is handed from one room to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

Params = dict[str, Tensor]
"""Parameters by name, as `torch.nn.Module.named_parameters()` gives them."""

State = dict[str, Any]
"""What an optimizer remembers from one step to the next: tensors and numbers, nested by name."""

ModelFunction = Callable[..., Tensor]
"""`model(x, m, b)`: the first argument is x, the names of the others are the parameters."""

LossFunction = Callable[[Tensor, Tensor], Tensor]
"""`loss(prediction, y)`: elementwise (the result has y's shape) or already a scalar."""


class ObjectiveFunction(Protocol):
    """Anything that turns parameters into one number, the loss."""

    def __call__(self, params: Params, /) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one forward and one backward say at one place: all that a step of descent needs, and all that it shows.

    `loss`, `mean_y` and `mean_prediction` are scalars (shape `()`), `gradient[p]` has the shape of `params[p]`.
    An objective that is a bare function has no prediction to average: then both means are NaN.
    """

    loss: Tensor
    gradient: Params
    mean_y: Tensor
    mean_prediction: Tensor


class Gradient(Protocol):
    """`gradient(objective, params) -> Evaluation`: the one signature of all ways to a gradient."""

    def __call__(self, objective: ObjectiveFunction, params: Params, /) -> Evaluation: ...
