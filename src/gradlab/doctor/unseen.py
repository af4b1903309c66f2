"""What a TorchFunctionMode cannot see: other threads, and code compiled by torch.compile."""

import sys
import threading
from types import FrameType
from typing import Any

_LOOKS = 20_000
"""So many events of a new thread are looked at before it is left alone."""
_TRAINING = ("/torch/_tensor.py", "/torch/autograd/__init__.py")


class Unseen:
    """Whether a thread called autograd, and whether compiled code ran, while the watching went on."""

    def __init__(self) -> None:
        self.threads = False
        self._frames = 0
        self._before: Any = None

    def begin(self) -> None:
        self._frames = _compiled_frames()
        self._before = threading.getprofile()
        if self._before is None:
            threading.setprofile(self._profile)  # seen by threads that are started from now on, not by this one

    def end(self) -> None:
        if self._before is None:
            threading.setprofile(None)

    @property
    def compiled(self) -> bool:
        return _compiled_frames() > self._frames

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        """The profile function of a new thread: it takes itself off as soon as it knows enough."""
        looks = getattr(_local, "looks", 0) + 1
        _local.looks = looks
        if event == "call" and frame.f_code.co_name in ("backward", "grad"):
            self.threads = self.threads or frame.f_code.co_filename.endswith(_TRAINING)
        if self.threads or looks > _LOOKS:
            sys.setprofile(None)


_local = threading.local()


def _compiled_frames() -> int:
    """How many frames torch.compile has compiled in this process; asking does not import it."""
    utils = sys.modules.get("torch._dynamo.utils")
    return int(utils.counters["frames"]["ok"]) if utils is not None else 0
