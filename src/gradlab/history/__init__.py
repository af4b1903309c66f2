"""The history of a run, the narrow waist: above it nobody knows how a run was made, below it nobody how it is shown."""

from gradlab.history.columns import History
from gradlab.history.steps import Outcome, Step

__all__ = ["History", "Outcome", "Step"]
