"""The certified answer beside the descent: where the path would end if it never had to stop."""

from gradlab.solve.linear import least_squares
from gradlab.solve.units import in_own_units

__all__ = ["in_own_units", "least_squares"]
