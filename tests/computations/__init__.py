"""Assorted computations to look at: see `common.py`."""

from computations import networks, tensors
from computations.common import COMPUTATIONS

__all__ = ["COMPUTATIONS", "networks", "tensors"]
