"""Where in the user's code something happened: taken down in a fraction of a microsecond, read only in a report."""

import sys
import sysconfig
from dataclasses import dataclass
from types import CodeType, FrameType

import torch

from gradlab.recorder.sites import Site


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An instruction of a code object. The same place is always the same Place, so that comparing costs nothing."""

    code: CodeType
    instruction: int


_OURS = __file__.rpartition("/doctor/")[0] + "/"
_LESSON = _OURS + "lesson/scripts/"
_TORCH = torch.__path__[0]
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
_foreign: dict[str, bool] = {}
_places: dict[int, dict[int, Place]] = {}
"""By the identity of the code object, which each place keeps alive, and by instruction."""


def _is_foreign(file: str) -> bool:
    """Whether a file is no part of the user's code: a library's, PyTorch's, gradlab's own, or none at all."""
    mine = file.startswith(_LESSON) or not (file.startswith((_OURS, _TORCH, "<frozen", *_LIBRARIES)))
    _foreign[file] = not mine
    return not mine


def user_frame(frame: FrameType | None) -> FrameType | None:
    """The nearest frame from `frame` outwards that is the user's."""
    while frame is not None:
        file = frame.f_code.co_filename
        foreign = _foreign.get(file)
        if not (_is_foreign(file) if foreign is None else foreign):
            return frame
        frame = frame.f_back
    return None


def here(depth: int = 1) -> Place | None:
    """The place in the user's code that is being executed, `depth` frames up from the caller or further out."""
    return place_in(sys._getframe(depth + 1))


def place_in(frame: FrameType | None) -> Place | None:
    """The place in the user's code at or around `frame`; the same place is always the same object."""
    while frame is not None:
        code = frame.f_code
        foreign = _foreign.get(code.co_filename)
        if foreign is None:
            foreign = _is_foreign(code.co_filename)
        if not foreign:
            places = _places.get(id(code))
            if places is None:
                places = _places[id(code)] = {}
            place = places.get(frame.f_lasti)
            if place is None:
                place = places[frame.f_lasti] = Place(code, frame.f_lasti)
            return place
        frame = frame.f_back
    return None


def site(place: Place | None) -> Site | None:
    return None if place is None else Site(place.code, place.instruction)


def at_line(code: CodeType, number: int) -> Place:
    """A place on a given line of the file of `code`: a code object of that one line."""
    return Place(compile("\n" * (number - 1) + "pass", code.co_filename, "exec"), 2)


def line(place: Place | None) -> int:
    return 0 if place is None else Site(place.code, place.instruction).line
