"""Gradients checked: a verdict, and when wrong, what is wrong; and how wrong a finite difference is."""

from gradlab.gradcheck.derivative import check_derivative
from gradlab.gradcheck.file import check_file
from gradlab.gradcheck.gradient import Mine, check_gradient
from gradlab.gradcheck.sweep import DeltaSweep, delta_sweep, forward_bias
from gradlab.gradcheck.taylor import taylor_slope
from gradlab.gradcheck.verdict import Verdict, verdicts_as_json, verdicts_as_text

__all__ = [
    "DeltaSweep",
    "Mine",
    "Verdict",
    "check_derivative",
    "check_file",
    "check_gradient",
    "delta_sweep",
    "forward_bias",
    "taylor_slope",
    "verdicts_as_json",
    "verdicts_as_text",
]
