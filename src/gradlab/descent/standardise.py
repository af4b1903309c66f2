"""x in units of its own spread: the loss of a line then curves alike in all directions, and descent is short."""

from gradlab.data import Points
from gradlab.errors import DataError

Scale = dict[str, list[float]]
"""`mean` and `sd`, one number per column of x."""


def standardised(points: Points) -> tuple[Points, Scale]:
    """x → (x − mean)/sd, column by column, and the means and sds, to come back by.

    sd divides by n, not n − 1, so that the mean of the new x² is exactly 1: the MSE of a line then has the Hessian
    2·1, condition number 1. Raises DataError for a column that is constant, which has no spread to be measured in.

    >>> points, scale = standardised(Points([1.0, 3.0], [0.0, 0.0]))
    >>> points.x.tolist(), scale
    ([-1.0, 1.0], {'mean': [2.0], 'sd': [1.0]})
    """
    columns = points.x.reshape(len(points), -1)
    for name, column in zip(points.names, columns.T, strict=True):
        if (column == column[0]).all():
            raise DataError("descent.constant_x", name=name, value=float(column[0]))
    mean, sd = columns.mean(0), columns.std(0, correction=0)
    x = ((columns - mean) / sd).reshape(points.x.shape)
    return Points(x, points.y, points.names), {"mean": mean.tolist(), "sd": sd.tolist()}
