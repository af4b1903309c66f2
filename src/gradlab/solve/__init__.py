"""The certified answer beside the descent: where the path would end if it never had to stop, and how sure that is."""

from gradlab.solve.band import Band
from gradlab.solve.beside import optimum_beside
from gradlab.solve.linear import least_squares
from gradlab.solve.notes import Note
from gradlab.solve.run import solve
from gradlab.solve.solution import Solution
from gradlab.solve.units import in_own_units
from gradlab.solve.validation import Validation

__all__ = ["Band", "Note", "Solution", "Validation", "in_own_units", "least_squares", "optimum_beside", "solve"]
