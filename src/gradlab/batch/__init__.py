"""Many runs at once, along a batch axis: races, sweeps of the lr, bootstraps, simulation studies."""

from gradlab.batch.many import fit_many
from gradlab.batch.runs import Runs
from gradlab.batch.sweep import LrSweep, sweep_lr

__all__ = ["LrSweep", "Runs", "fit_many", "sweep_lr"]
