"""The descent itself: `descend` walks, step after step without end; `fit` makes a whole run of it, a History."""

from gradlab.descent.run import fit
from gradlab.descent.walk import descend

__all__ = ["descend", "fit"]
