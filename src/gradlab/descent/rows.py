"""Steps become the columns of a History, a block of rows at a time."""

import torch
from torch import Tensor

from gradlab._types import Evaluation, Params
from gradlab.history import Step

BLOCK = 1_024
"""Rows kept as loose tensors before they are stacked: a loose number costs a hundred times its eight bytes."""


class Rows:
    """A growing table; it keeps the numbers, and of the optimizers' states only the last."""

    def __init__(self, parameters: tuple[str, ...], earlier: dict[str, Tensor] | None = None) -> None:
        self.parameters = parameters
        self.blocks = [earlier] if earlier else []
        self.loose: list[tuple[int, Params, Evaluation]] = []
        self.last: Step | None = None

    def add(self, step: Step) -> None:
        """One more row."""
        self.loose.append((step.index, step.params, step.evaluation))
        self.last = step
        if len(self.loose) >= BLOCK:
            # Both at once: a KeyboardInterrupt finds either the loose rows or the block, never neither or both.
            self.blocks, self.loose = [*self.blocks, self._stacked()], []

    def columns(self) -> dict[str, Tensor]:
        """All rows 0..last, on the CPU, whatever device the run was on."""
        blocks = [*self.blocks, self._stacked()] if self.loose else self.blocks
        # A KeyboardInterrupt may have come between the row and `last`: the two end together here.
        return {name: torch.cat([block[name] for block in blocks])[: self.last_step().index + 1] for name in blocks[0]}

    def last_step(self) -> Step:
        """The last one added."""
        assert self.last is not None
        return self.last

    def _stacked(self) -> dict[str, Tensor]:
        indices, params, evaluations = zip(*self.loose, strict=True)
        columns = {name: [getattr(e, name) for e in evaluations] for name in ("loss", "mean_y", "mean_prediction")}
        columns |= {name: [p[name] for p in params] for name in self.parameters}
        columns |= {f"grad_{name}": [e.gradient[name] for e in evaluations] for name in self.parameters}
        return {"step": torch.tensor(indices), **{name: torch.stack(c).cpu() for name, c in columns.items()}}
