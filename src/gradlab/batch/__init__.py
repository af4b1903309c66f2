"""Many runs at once, along a batch axis: races, sweeps of the lr, bootstraps, simulation studies."""

from gradlab.batch.many import fit_many
from gradlab.batch.runs import Runs

__all__ = ["Runs", "fit_many"]
