"""Who keeps a tensor alive: the list that it was appended to, and the line that appends."""

import ast
import gc
import linecache
from types import FrameType
from typing import Any

from torch import Tensor

from gradlab.doctor.names import name_of
from gradlab.doctor.places import Place, at_line, user_frame

_LEVELS = 3
_STORING = frozenset("append appendleft insert add extend setdefault update put push".split())


def holder_of(tensor: Tensor, frame: FrameType | None) -> tuple[str, Place] | None:
    """The name of the container that holds `tensor`, and the line that stores into it."""
    held: list[Any] = [tensor]
    for _ in range(_LEVELS):
        containers = [c for c in gc.get_referrers(*held) if isinstance(c, list | tuple | dict | set) and c is not held]
        for container in containers:
            name = name_of(container, frame)
            if name is not None and container is not (frame.f_globals if frame else None):
                return _storing_line(name.partition("[")[0], frame)
        held = [container for container in containers if isinstance(container, tuple | list | dict)]
        if not held:
            return None
    return None


def _storing_line(name: str, frame: FrameType | None) -> tuple[str, Place] | None:
    """Where the user's code puts something into the container of this name."""
    while (frame := user_frame(frame)) is not None:
        file = frame.f_code.co_filename
        try:
            tree = ast.parse("".join(linecache.getlines(file, frame.f_globals)))
        except SyntaxError:
            return None
        for node in ast.walk(tree):
            if _stores_into(node, name.rpartition(".")[2]):
                return name, at_line(frame.f_code, node.lineno)  # type: ignore[attr-defined]  # a call, an assignment
        frame = frame.f_back
    return None


def _stores_into(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=container, attr=method)) if method in _STORING:
            return ast.unparse(container).rpartition(".")[2] == name
        case ast.Assign(targets=[ast.Subscript(value=container)]):
            return ast.unparse(container).rpartition(".")[2] == name
        case ast.AugAssign(target=container):
            return ast.unparse(container).rpartition(".")[2] == name
    return False
