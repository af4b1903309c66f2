"""Gradients checked: a verdict, and when wrong, what is wrong; and how wrong a finite difference is."""

from gradlab.gradcheck.sweep import DeltaSweep, delta_sweep, forward_bias

__all__ = ["DeltaSweep", "delta_sweep", "forward_bias"]
