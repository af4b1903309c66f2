"""The doctor: what is wrong with a training loop, told by what happens to its tensors."""

from gradlab.doctor.finding import Finding, wrong
from gradlab.doctor.notebook import load_ipython_extension
from gradlab.doctor.report import report
from gradlab.doctor.script import INTERRUPTED, Diagnosis, diagnose_script
from gradlab.doctor.watching import watch

__all__ = [
    "INTERRUPTED",
    "Diagnosis",
    "Finding",
    "diagnose_script",
    "load_ipython_extension",
    "report",
    "watch",
    "wrong",
]
