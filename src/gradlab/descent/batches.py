"""Mini-batches without a memory: the batch of step k depends on the seed and on k, and on nothing before.

An epoch is one pass over all points in an order of its own, drawn with a generator seeded from (seed, epoch), and cut
into batches of `batch_size`; the last, shorter one is kept. So a run that goes on at step k needs no generator's state.
"""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import count, repeat

import torch
from torch import Tensor

from gradlab._types import ObjectiveFunction
from gradlab.errors import OptionError
from gradlab.objective import Objective


def order_of_epoch(n: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch visits `n` points; a hash, so that neighbouring seeds and epochs share nothing.

    >>> sorted(order_of_epoch(4, seed=0, epoch=7).tolist())
    [0, 1, 2, 3]
    """
    digest = blake2b(f"{seed},{epoch}".encode(), digest_size=8).digest()
    return torch.randperm(n, generator=torch.Generator().manual_seed(int.from_bytes(digest) >> 1))


def mini_batches(objective: ObjectiveFunction, batch_size: int, seed: int, first: int = 0) -> Iterator[Objective]:
    """The objective of each step's batch, from step `first` on, without end; a batch of all points is no batch.

    Raises OptionError for a batch_size below 1, and for an objective that is a bare function and has no points.
    """
    if not isinstance(objective, Objective):
        raise OptionError("descent.batch_without_points")
    if batch_size < 1:
        raise OptionError("descent.option_batch_size", value=batch_size)
    return repeat(objective) if batch_size >= len(objective.points) else _walk(objective, batch_size, seed, first)


def _walk(objective: Objective, batch_size: int, seed: int, first: int) -> Iterator[Objective]:
    n, device = len(objective.points), objective.points.y.device
    order, order_is_of = torch.empty(0), -1
    for step in count(first):
        epoch, position = divmod(step, -(-n // batch_size))
        if epoch != order_is_of:
            order, order_is_of = order_of_epoch(n, seed, epoch).to(device), epoch
        yield objective.rows(order[position * batch_size : (position + 1) * batch_size])
