"""The training loop of a state as PyTorch source text, and what happens when that text is run."""

from gradlab.lab.loop.program import PHASES, Program, write

__all__ = ["PHASES", "Program", "write"]
