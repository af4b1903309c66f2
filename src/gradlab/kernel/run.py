"""The compiled loop at work: memory laid out, chunks of steps, threads, and back to tensors."""

import math
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
from gradlab.kernel.evaluate import BLOCK
from gradlab.kernel.finish import WATCHED
from gradlab.kernel.machine import Machine
from gradlab.kernel.nodes import Leaf
from gradlab.kernel.program import Program
from gradlab.kernel.updates import entries, rebuilt

CHUNK = 0.05
"""Seconds between two moments at which Ctrl-C is heard and progress is shown."""

GROWTH = 64
"""Times that a chunk may be longer than the one before it, which showed how long a step takes."""

WORTH_THREADS = 2e-3
"""Seconds of one step from which on it is shared among threads: handing it out costs about 0.1 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Rows `first`…`end - 1`, and the memory as it was before the first of them."""

    first: int
    end: int
    before: Tensor


@dataclass(slots=True)
class Loop:
    """A compiled program over some points; `memory` is where it stands: parameters and state, as doubles.

    `watch` is what makes it stop before its rows are done, for somebody to look (`finish.WATCHED`).
    """

    program: Program
    machine: Machine
    columns: list[Tensor]
    pointers: Tensor
    memory: Tensor
    partials: Tensor
    watch: Tensor
    threads: int = 1

    @property
    def n(self) -> int:
        return len(self.columns[-1])

    @property
    def blocks(self) -> int:
        return -(-self.n // BLOCK)

    def watch_for(self, far: float, rises: int, loss: float, risen: int, small: float) -> None:
        """Stop at a loss above `far` that has risen `rises` times; at a gradient norm of `small`; if not finite."""
        self.watch.copy_(torch.tensor([far, rises, loss, risen, small**2 * (1 + 1e-6) if small >= 0 else -1.0]))

    def watch_nothing(self) -> None:
        self.watch_for(math.inf, 0, math.inf, 0, -1)

    def run(self, out: Tensor, row: int, rows: int) -> int:
        """Rows `row`…`row + rows - 1` of `out`, and as many steps; fewer if somebody should look at the last one."""
        if self.threads > 1:
            return self._shared(out, row, rows)
        return self.machine.descend(
            self.memory.data_ptr(),
            self.watch.data_ptr(),
            self.pointers.data_ptr(),
            self.n,
            self.partials.data_ptr(),
            self.blocks,
            out.data_ptr(),
            out.stride(0),
            row,
            rows,
        )

    def row_of(self, points: slice, parameters: Tensor) -> Tensor:
        """The row of some of the points alone, at other parameters; nothing of the run is touched."""
        memory, columns = self.memory.clone(), [column[points] for column in self.columns]
        memory[: len(parameters)] = parameters
        partials, watch = torch.empty_like(self.partials), torch.empty_like(self.watch)
        alone = Loop(self.program, self.machine, columns, _addresses(columns), memory, partials, watch)
        alone.watch_nothing()
        out = torch.empty(len(self.program.row), 1, dtype=self.columns[-1].dtype)
        alone.run(out, 0, 1)
        return out[:, 0]

    def _shared(self, out: Tensor, row: int, rows: int) -> int:
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
                place = (out.data_ptr(), out.stride(0), here)
                if self.machine.finish(memory, self.watch.data_ptr(), partials, self.blocks, self.n, *place):
                    return here - row + 1
        return rows

    def chunks(self, out: Tensor, rows: int) -> Iterator[Chunk]:
        """Fill `rows` rows of `out` bit by bit; the first and the last row are chunks of their own."""
        done, size = 0, 1
        while done < rows:
            size = min(size, max(rows - done - 1, 1))
            before, start = self.memory.clone(), perf_counter()
            got = self.run(out, done, size)
            took = perf_counter() - start
            if took / got > WORTH_THREADS:
                self.threads = min(os.cpu_count() or 1, torch.get_num_threads(), self.blocks)
            yield Chunk(done, done + got, before)
            done += got
            size = max(1, min(GROWTH * size, int(got * CHUNK / max(took, 1e-6))))


def loop(program: Program, machine: Machine, points: Points, params: Params, state: State, lr: float) -> Loop:
    """The points laid out column by column, and the memory filled with where the run begins."""
    of_x = points.x.reshape(len(points), -1)
    columns = [of_x[:, index].contiguous() for index in range(of_x.shape[1])] + [points.y.contiguous()]
    blocks = -(-len(points) // BLOCK)
    partials = torch.empty(blocks * len(program.sums), dtype=torch.float64)
    memory, watch = memory_of(params, state, lr), torch.empty(len(WATCHED), dtype=torch.float64)
    return Loop(program, machine, columns, _addresses(columns), memory, partials, watch)


def _addresses(columns: list[Tensor]) -> Tensor:
    return torch.tensor([column.data_ptr() for column in columns], dtype=torch.int64)


def memory_of(params: Params, state: State, lr: float) -> Tensor:
    """Parameters, state and lr as one row of doubles, in the order of the program's memory."""
    parts = [p.reshape(-1) for p in params.values()]
    parts += [torch.as_tensor(value).reshape(-1) for _, value in entries(state)]
    return torch.cat([*(part.to(torch.float64) for part in parts), torch.tensor([lr], dtype=torch.float64)])


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
