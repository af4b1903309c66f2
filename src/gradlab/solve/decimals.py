"""Numbers as they were written down, in more digits than a float64 has.

0.1 is no float64; the nearest one is off by 6e-18. That is far less than anybody measures, and still the reason why
an ill-conditioned problem solved exactly for the float64 numbers differs from the one that the file states. The
shortest decimal that reads back as the same float64 is what stood in the file, up to 15 digits.
"""

from typing import Any

import numpy
from numpy.typing import NDArray

Array = NDArray[Any]
PRECISE = numpy.longdouble
"""80 bits on x86 (19 digits); where the machine has no such type it is float64 again, and nothing is won or lost."""

MOST = 200_000
"""Above so many numbers their decimals are not looked for: it takes a microsecond each."""


def as_written(values: Array) -> Array:
    """`values` as PRECISE, each the decimal number that it stands for.

    >>> bool(as_written(numpy.array([0.1]))[0] == numpy.longdouble("0.1"))
    True
    """
    whole = values.astype(PRECISE)
    if values.size > MOST or numpy.finfo(PRECISE).eps == numpy.finfo(float).eps:
        return whole
    flat = numpy.array([repr(value) for value in values.ravel().tolist()]).astype(PRECISE)
    return flat.reshape(values.shape)
