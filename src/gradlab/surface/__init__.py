"""The error surface: the mean loss over a grid of any two parameters, the others held still.

Where the recording shows the prediction to be linear in the two, the values come from sums over the points, exact and
without a pass over them at every cell; elsewhere every cell is computed.
"""

from gradlab.surface.grid import Axis
from gradlab.surface.run import surface
from gradlab.surface.values import Surface

__all__ = ["Axis", "Surface", "surface"]
