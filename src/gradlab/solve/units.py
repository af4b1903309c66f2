"""From parameters of a standardised x back to those of the x that was measured.

A descent on z = (x − mean)/sd finds parameters that belong to z. Where the same predictions can be had from x itself
(a line, a polynomial, a plane), the parameters of x are found by solving for them; where they cannot, None says so.
"""

from gradlab._types import ModelFunction, Params
from gradlab.data import Points
from gradlab.solve.linear import least_squares

_SAME = 1e-8


def in_own_units(model: ModelFunction, points: Points, standardised: Points, params: Params) -> Params | None:
    """The parameters that predict from `points.x` what `params` predict from `standardised.x`.

    >>> import torch
    >>> points = Points([0.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    >>> z = Points((points.x - 2) / 2, points.y)
    >>> own = in_own_units(lambda x, m, b: m * x + b, points, z, {"m": torch.tensor(1.0), "b": torch.tensor(2.0)})
    >>> [round(value.item(), 12) for value in own.values()]
    [0.5, 1.0]
    """
    wanted = Points(points.x, model(standardised.x, **params).detach())
    own = least_squares(model, wanted, params, tuple(params))
    if own is None:
        return None
    gap = (model(points.x, **{name: value.to(points.x.dtype) for name, value in own.items()}) - wanted.y).abs().max()
    return own if gap <= _SAME * (1 + wanted.y.abs().max()) else None
