"""The MAE's descent, worked out on paper.

Four points on y = 1·x with one outlier, the slope m alone, start 3, lr 1/4. The gradient of the mean absolute error is
the mean of x·sign(m·x − y): it holds still between kinks and changes only when the line passes a point.

    points (x, y): (1, 1) (2, 2) (4, 4) (1, 6)        kinks at m = y/x: 1, 1, 1, 6

    step   m       sides (above = prediction too high)     gradient                       update
    0      3       + + + −                                 (1 + 2 + 4 − 1)/4 = 3/2         −3/8
    1      21/8    + + + −                                 3/2                            −3/8
    2      9/4     + + + −                                 3/2                            −3/8
    3      15/8    + + + −                                 3/2                            −3/8
    4      3/2     + + + −                                 3/2                            −3/8
    5      9/8     + + + −                                 3/2                            −3/8
    6      3/4     − − − −  passed the kink at 1           (−1 − 2 − 4 − 1)/4 = −2         +1/2
    7      5/4     + + + −  and back                       3/2                            −3/8
    8      7/8     − − − −                                 −2                             +1/2
    9      11/8    + + + −                                 3/2                            −3/8
    10     1       0 0 0 −  on the kink                    −1/4 with PyTorch's 0 there
"""

from fractions import Fraction

import pytest

from gradlab.data import Points
from gradlab.descent import fit

POINTS = Points([1.0, 2.0, 4.0, 1.0], [1.0, 2.0, 4.0, 6.0])
M = "3 21/8 9/4 15/8 3/2 9/8 3/4 5/4 7/8 11/8 1".split()
GRADIENT = "3/2 3/2 3/2 3/2 3/2 3/2 -2 3/2 -2 3/2 -1/4".split()


@pytest.mark.parametrize("gradient", ["autograd", "chain-rule"])
def test_every_row_is_as_on_paper(gradient):
    history = fit("m*x", POINTS, loss="mae", start={"m": 3.0}, lr=0.25, steps=10, gradient=gradient)
    assert history["m"].tolist() == [float(Fraction(m)) for m in M]
    assert history["grad_m"].tolist() == [float(Fraction(g)) for g in GRADIENT]


@pytest.mark.parametrize(("kink", "on_the_kink"), [(-1, "-2"), (0, "-1/4"), (1, "3/2")])
def test_on_the_kink_the_choice_decides(kink, on_the_kink):
    history = fit("m*x", POINTS, loss="mae", start={"m": 1.0}, steps=0, gradient="chain-rule", kink=kink)
    assert history["grad_m"].tolist() == [float(Fraction(on_the_kink))]


def test_the_loss_at_the_start():
    """(2 + 4 + 8 + 3)/4 = 17/4."""
    assert fit("m*x", POINTS, loss="mae", start={"m": 3.0}, steps=0).losses.tolist() == [17 / 4]
