"""What the user sees of the watching in warnings and tracebacks: nothing.

A warning raised by PyTorch while our handler calls a function would carry our file and line; it is given the user's.
A traceback that passes through our frames, and through those with which PyTorch called us, is relieved of them.
"""

import sys
import warnings
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from gradlab.doctor import mode, patches
from gradlab.doctor.places import user_frame

_OURS = (mode.__file__, patches.__file__)
_DISPATCH = "/torch/overrides.py"


class Relocated:
    """While active, warnings that would point at our handler point at the line of the user that caused them."""

    def __init__(self) -> None:
        self._show: Callable[..., None] = warnings.showwarning

    def apply(self) -> None:
        self._show = warnings.showwarning
        warnings.showwarning = self._relocate

    def remove(self) -> None:
        if warnings.showwarning == self._relocate:
            warnings.showwarning = self._show

    def _relocate(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        frame = _outside(sys._getframe(1)) if filename in _OURS else None
        if frame is None:
            self._show(message, category, filename, lineno, file, line)
            return
        for module in (mode, patches):
            vars(module).pop("__warningregistry__", None)
        warnings.warn_explicit(
            message,
            category,
            frame.f_code.co_filename,
            frame.f_lineno,
            frame.f_globals.get("__name__"),
            frame.f_globals.setdefault("__warningregistry__", {}),
        )


def _outside(frame: FrameType | None) -> FrameType | None:
    """The frame that would have called PyTorch without us: PyTorch's own Python code, or the user's."""
    while frame is not None and frame.f_code.co_filename not in _OURS:
        frame = frame.f_back
    while frame is not None and (frame.f_code.co_filename in _OURS or _DISPATCH in frame.f_code.co_filename):
        frame = frame.f_back
    return user_frame(frame) or frame


def relieve(failure: BaseException | None) -> None:
    """Take our frames out of the traceback of an exception, and of those that led to it."""
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        without_us(failure.__traceback__)
        failure = failure.__cause__ or failure.__context__


def without_us(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without our frames, and without the detour that PyTorch took to call us."""
    kept: list[TracebackType] = []
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in _OURS or (_DISPATCH in file and trace.tb_next is not None):
            _drop_detour(kept, trace.tb_next)
        else:
            kept.append(trace)
        trace = trace.tb_next
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        one.tb_next = following
    return kept[0] if kept else None


def _drop_detour(kept: list[TracebackType], following: TracebackType | None) -> None:
    """A function of PyTorch that dispatched to us is entered a second time from our handler: once is enough."""
    if kept and following is not None and kept[-1].tb_frame.f_code is following.tb_frame.f_code:
        kept.pop()
