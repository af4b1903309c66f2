"""The latest tracked operations: which line made which node of the graph."""

from bisect import bisect_left
from collections import deque

from torch import Tensor

from gradlab.doctor.places import Place

_LENGTH = 4096
_LATEST = 4


def address_of(tensor: Tensor) -> int:
    """Where its numbers stand in memory; 0 for those that have none, as sparse tensors and those of torch.func."""
    try:
        return tensor.data_ptr()
    except RuntimeError:
        return 0


class Log:
    """Sequence numbers of nodes grow with time, so the line of a node is found by bisection."""

    def __init__(self) -> None:
        self.sequences: deque[int] = deque(maxlen=_LENGTH)
        self.places: deque[Place | None] = deque(maxlen=_LENGTH)
        self.addresses: deque[int] = deque(maxlen=_LATEST)

    def note(self, sequence: int, place: Place | None, result: Tensor) -> None:
        self.sequences.append(sequence)
        self.places.append(place)
        try:
            self.addresses.append(result.data_ptr())
        except RuntimeError:
            self.addresses.append(0)

    def place_of(self, sequence: int) -> Place | None:
        """The line whose operation made the node of this sequence number, if it is not too long ago."""
        at = bisect_left(self.sequences, sequence)
        return self.places[at] if at < len(self.places) else None

    def just_made_at(self, address: int) -> Place | None:
        """The line that a moment ago made a tracked result in this memory."""
        latest = zip(reversed(self.addresses), reversed(self.places), strict=False)
        return next((place for where, place in latest if where == address), None)
