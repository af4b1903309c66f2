"""The compiled loop at work: memory laid out, chunks of steps, threads, and back to tensors."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params, State
from gradlab.data import Points
from gradlab.kernel.functions import BLOCK
from gradlab.kernel.machine import Machine
from gradlab.kernel.nodes import Leaf
from gradlab.kernel.program import Program
from gradlab.kernel.updates import entries, rebuilt

CHUNK = 0.05
"""Seconds between two moments at which Ctrl-C is heard and progress is shown."""

FIRST_ROWS = 256
WORTH_THREADS = 2e-3
"""Seconds of one step from which on it is shared among threads: handing it out costs about 0.1 ms."""


@dataclass(slots=True)
class Loop:
    """A compiled program over some points; `memory` is where it stands: parameters and state, as doubles.

    `rows(count)` runs on from there and hands out blocks of rows, each (columns, rows of the block), parameters and
    gradients element by element.
    """

    program: Program
    machine: Machine
    columns: list[Tensor]
    pointers: Tensor
    memory: Tensor
    partials: Tensor
    threads: int = 1

    @property
    def n(self) -> int:
        return len(self.columns[-1])

    @property
    def blocks(self) -> int:
        return -(-self.n // BLOCK)

    def run(self, out: Tensor, row: int, rows: int) -> None:
        """Rows `row`…`row + rows - 1` of `out`, and as many steps."""
        if self.threads > 1:
            self._shared(out, row, rows)
        else:
            self.machine.descend(
                self.memory.data_ptr(),
                self.pointers.data_ptr(),
                self.n,
                self.partials.data_ptr(),
                self.blocks,
                out.data_ptr(),
                out.stride(0),
                row,
                rows,
            )

    def at_point(self, point: int, parameters: Tensor) -> Tensor:
        """The row of one point alone, at other parameters; nothing of the run is touched."""
        memory = self.memory.clone()
        memory[: len(parameters)] = parameters
        columns = [column[point : point + 1] for column in self.columns]
        alone = Loop(self.program, self.machine, columns, _addresses(columns), memory, torch.empty_like(self.partials))
        out = torch.empty(len(self.program.row), 1, dtype=self.columns[-1].dtype)
        alone.run(out, 0, 1)
        return out[:, 0]

    def _shared(self, out: Tensor, row: int, rows: int) -> None:
        """Each thread sums blocks of its own; the blocks are put together in one order, whoever summed them."""
        bounds = [self.blocks * part // self.threads for part in range(self.threads + 1)]
        memory, pointers, partials = (t.data_ptr() for t in (self.memory, self.pointers, self.partials))

        def evaluate(part: int) -> None:
            self.machine.evaluate(memory, pointers, self.n, bounds[part], bounds[part + 1], partials)

        with ThreadPoolExecutor(self.threads - 1) as pool:
            for here in range(row, row + rows):
                others = [pool.submit(evaluate, part) for part in range(1, self.threads)]
                evaluate(0)
                for other in others:
                    other.result()
                self.machine.finish(memory, partials, self.blocks, self.n, out.data_ptr(), out.stride(0), here)

    def chunks(self, out: Tensor, rows: int) -> Iterator[tuple[int, int, Tensor]]:
        """Fill `rows` rows of `out` bit by bit; after each chunk its first row, its end, and the memory before it."""
        done, size = 0, min(rows, 1 if self.n > BLOCK else FIRST_ROWS)
        while done < rows:
            size = min(size, max(rows - done - 1, 1))  # the last row by itself: what memory is there, is wanted
            before, start = self.memory.clone(), perf_counter()
            self.run(out, done, size)
            took = perf_counter() - start
            if took / size > WORTH_THREADS:
                self.threads = min(os.cpu_count() or 1, torch.get_num_threads(), self.blocks)
            yield done, done + size, before
            done += size
            size = max(1, min(8 * size, int(size * CHUNK / max(took, 1e-6))))


def loop(program: Program, machine: Machine, points: Points, params: Params, state: State) -> Loop:
    """The points laid out column by column, and the memory filled with where the run begins."""
    of_x = points.x.reshape(len(points), -1)
    columns = [of_x[:, index].contiguous() for index in range(of_x.shape[1])] + [points.y.contiguous()]
    blocks = -(-len(points) // BLOCK)
    partials = torch.empty(blocks * len(program.sums), dtype=torch.float64)
    return Loop(program, machine, columns, _addresses(columns), memory_of(params, state), partials)


def _addresses(columns: list[Tensor]) -> Tensor:
    return torch.tensor([column.data_ptr() for column in columns], dtype=torch.int64)


def memory_of(params: Params, state: State) -> Tensor:
    """Parameters and state as one row of doubles, in the order of the program's memory."""
    parts = [p.reshape(-1) for p in params.values()]
    parts += [torch.as_tensor(value).reshape(-1) for _, value in entries(state)]
    return torch.cat([part.to(torch.float64) for part in parts])


def unpacked(memory: Tensor, leaves: tuple[Leaf, ...], params: Params, state: State) -> tuple[Params, State]:
    """Parameters and state out of memory again, in the form and precision of those given."""
    where = {leaf[:-1]: place for place, leaf in reversed(list(enumerate(leaves)))}

    def tensor(like: Tensor, first: int) -> Tensor:
        return memory[first : first + like.numel()].reshape(like.shape).to(like.dtype)

    def new(place: tuple[Any, ...], value: Any) -> Any:
        if isinstance(value, Tensor):
            return tensor(value, where["state", *place]) if value.numel() else value
        return type(value)(memory[where["count", *place]].item())

    moved = {name: tensor(p, where["parameter", name]) if p.numel() else p for name, p in params.items()}
    return moved, rebuilt(state, new)
