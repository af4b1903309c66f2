"""Model, loss and points together: one function of the parameters, which descent walks down.

    objective(params) = 1/N Σᵢ loss(model(xᵢ, params), yᵢ)

The mean is taken here, once, and nowhere else: a loss is elementwise. A loss that already is one number
(`torch.nn.L1Loss()`) is taken as it is.
"""

from dataclasses import dataclass, field

from torch import Tensor

from gradlab._types import LossFunction, ModelFunction, ObjectiveFunction, Params
from gradlab.data import Points
from gradlab.errors import ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """The loss of `model` on `points` as a function of the parameters; `mean_y` is the mean of y, shape `()`.

    Raises ShapeError where prediction and y would only fit by silent broadcasting, or where the loss returns neither
    one number per point nor one number.

    >>> points = Points([1.0, 2.0], [2.0, 4.0])
    >>> objective = Objective(lambda x, m: m * x, lambda prediction, y: (prediction - y) ** 2, points)
    >>> objective({"m": torch.tensor(1.0)})
    tensor(2.5000, dtype=torch.float64)
    """

    model: ModelFunction
    loss: LossFunction
    points: Points
    mean_y: Tensor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean_y", self.points.y.mean())

    def __call__(self, params: Params, /) -> Tensor:
        return self.forward(params)[1]

    def forward(self, params: Params) -> tuple[Tensor, Tensor]:
        """The prediction, shape (n,), and the loss, shape ()."""
        prediction = self.model(self.points.x, **params)
        if prediction.shape != self.points.y.shape:
            self._refuse_broadcast(prediction)
        loss = self.loss(prediction, self.points.y)
        if loss.dim() == 0:
            return prediction, loss
        if loss.shape != self.points.y.shape:
            raise ShapeError("objective.loss_shape", loss=tuple(loss.shape), y=tuple(self.points.y.shape))
        return prediction, loss.mean()

    def _refuse_broadcast(self, prediction: Tensor) -> None:
        """One row of scores a point is what a classifier predicts; any other shape is a mistake about to be hidden."""
        n = len(self.points)
        scores = prediction.dim() == 2 and prediction.shape[0] == n and prediction.shape[1] > 1
        if not scores:
            key = "objective.prediction_column" if prediction.shape == (n, 1) else "objective.prediction_shape"
            raise ShapeError(key, prediction=tuple(prediction.shape), y=tuple(self.points.y.shape), n=n, squared=n * n)

    def rows(self, index: Tensor) -> "Objective":
        """The same objective over some of the points: a mini-batch."""
        return Objective(self.model, self.loss, self.points.rows(index))


def forward(objective: ObjectiveFunction, params: Params) -> tuple[Tensor | None, Tensor]:
    """Prediction and loss; a bare function of the parameters has no prediction.

    >>> forward(lambda params: params["m"] ** 2, {"m": torch.tensor(3.0)})
    (None, tensor(9.))
    """
    if isinstance(objective, Objective):
        return objective.forward(params)
    return None, objective(params)
