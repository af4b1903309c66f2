"""A program, run: phase by phase, in PyTorch, as it stands in its text."""

import ast
import linecache
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import torch
from torch import Tensor

from gradlab.data import Points
from gradlab.descent.batches import order_of_epoch
from gradlab.lab.loop.program import Program, is_batched
from gradlab.lab.state import State

FILE = "training-loop.py"
"""As the file of the loop is called in tracebacks and graphs; its source is remembered, it stands on no disk."""


class Running:
    """A program and its variables: `set_up` once, then `phase` after `phase`, or whole `steps`.

    Only what `write` wrote is run: names and numbers come from a checked state, formulas by way of the whitelist.
    """

    def __init__(self, program: Program, variables: Mapping[str, Any]) -> None:
        self.program = program
        self.variables: dict[str, Any] = {"torch": torch, **variables}
        self._setup, self._body, self._phases = _compiled(program)

    def set_up(self) -> None:
        exec(self._setup, self.variables)

    def steps(self, first: int, last: int) -> None:
        """Whole steps `first` … `last` − 1."""
        for step in range(first, last):
            self.variables["step"] = step
            exec(self._body, self.variables)

    def whole(self) -> None:
        """The text from its first line to its last, as Python runs a script."""
        self._remember_source()
        exec(compile(self.program.text, FILE, "exec", dont_inherit=True), self.variables)

    def phase(self, name: str, step: int) -> None:
        """The lines of one phase."""
        self._remember_source()
        self.variables["step"] = step
        exec(self._phases[name], self.variables)

    def _remember_source(self) -> None:
        linecache.cache[FILE] = (1, None, self.program.text.splitlines(keepends=True), FILE)

    def parameters(self) -> dict[str, Tensor]:
        """The parameters as they are now, by their names in the model."""
        return {name: self.variables[variable] for name, variable in self.program.variables.items()}


def beginning(state: State, points: Points) -> dict[str, Any]:
    """What a program finds before its first line: the points, whole or as batches."""
    if not is_batched(state):
        return {"x": points.x, "y": points.y}
    return {"all_x": points.x, "all_y": points.y, "batch_of": batches_of(state, len(points))}


def batches_of(state: State, n: int) -> Any:
    """`batch_of(step)`: the rows of that step's mini-batch, as `descent` draws them."""
    size = state.batch or n

    def batch_of(step: int) -> Tensor:
        epoch, position = divmod(step, -(-n // size))
        return order_of_epoch(n, state.seed, epoch)[position * size : (position + 1) * size]

    return batch_of


def _compiled(program: Program) -> tuple[CodeType, CodeType, Mapping[str, CodeType]]:
    return _compiled_text(program.text, tuple((b.phase, tuple(program.lines_of(b.phase))) for b in program.blocks))


@lru_cache(maxsize=64)
def _compiled_text(
    text: str, places: tuple[tuple[str, tuple[int, ...]], ...]
) -> tuple[CodeType, CodeType, Mapping[str, CodeType]]:
    """Setup, one whole step, and each phase, every statement at its own place in the text."""
    *setup, loop = ast.parse(text).body
    assert isinstance(loop, ast.For)

    def code(statements: list[ast.stmt]) -> CodeType:
        return compile(ast.Module(statements, type_ignores=[]), FILE, "exec", dont_inherit=True)

    phases = {phase: code([one for one in loop.body if one.lineno in lines]) for phase, lines in places}
    return code(setup), code(loop.body), phases
