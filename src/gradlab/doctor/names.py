"""The name that the user has for a tensor: found by identity in the frames that run, only to be shown."""

import dis
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import CodeType, FrameType, ModuleType
from typing import Any

from torch import Tensor, nn

from gradlab.doctor.leaves import Leaf
from gradlab.doctor.places import user_frame

_READERS = frozenset({"locals", "vars", "eval", "exec", "dir"})
_LONGEST = 1000
"""Longer containers are data, not parameters; they are not searched."""


def name_of(value: object, frame: FrameType | None) -> str | None:
    """The name of `value` in the outermost frame that knows it: `m`, `weights[0]`, `model.fc1.weight`, `self.w`."""
    return find_name(value, frame)[0]


def find_name(value: object, frame: FrameType | None) -> tuple[str | None, bool]:
    """The name of `value`, and whether it is likely to last.

    A variable of its own comes before a place inside something else, and that before the variable of a `for`.
    """
    plain = part = passing = None
    while (frame := user_frame(frame)) is not None:
        variables = variables_of(frame)
        own = [name for name, held in variables.items() if held is value]
        lasting = [name for name in own if name not in _loop_variables(frame.f_code)]
        plain = next(iter(lasting), plain)
        part = (plain is None and _part_of(variables, value)) or part
        passing = next(iter(own), passing)
        if frame.f_code.co_name == "<module>":
            break
        frame = frame.f_back
    return plain or part or passing, bool(plain or part)


def variables_of(frame: FrameType) -> dict[str, Any]:
    """The variables of a frame, dunder names left out.

    Up to Python 3.12 `f_locals` of a function leaves a copy of its variables in the frame, which would keep tensors
    alive; it is emptied again, unless the function itself may be using it.
    """
    snapshot = frame.f_locals
    variables = {name: held for name, held in snapshot.items() if not name.startswith("__")}
    code = frame.f_code
    if code.co_flags & inspect.CO_OPTIMIZED and sys.version_info < (3, 13) and not _READERS & set(code.co_names):
        snapshot.clear()
    return variables


@cache
def _loop_variables(code: CodeType) -> frozenset[str]:
    """The names that `for` binds in this code, also by unpacking."""
    names: set[str] = set()
    taking = 0
    for instruction in dis.get_instructions(code):
        if instruction.opname == "FOR_ITER":
            taking = 1
        elif instruction.opname == "UNPACK_SEQUENCE" and taking:
            taking += (instruction.arg or 0) - 1
        elif instruction.opname.startswith("STORE_") and taking:
            names.add(str(instruction.argval))
            taking -= 1
        elif taking:
            taking = 0
    return frozenset(names)


def common_name(leaves: Sequence[Leaf]) -> str | None:
    """One name for several parameters: that of the module which holds them all, `fc1` for its weight and its bias."""
    shared: list[str] = []
    for column in zip(*[leaf.name.split(".") for leaf in leaves if leaf.name], strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return ".".join(shared) or None


def _part_of(variables: Mapping[str, Any], value: object) -> str | None:
    for name, held in variables.items():
        for path, member in _members(held):
            if member is value:
                return name + path
    return None


def _members(held: Any, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """What can be named as a part of `held`: elements, entries, parameters of modules, attributes of own objects."""
    if depth == 0 or isinstance(held, Tensor | ModuleType | type | str | bytes):
        return
    if isinstance(held, nn.Module):
        yield from ((f".{path}", parameter) for path, parameter in held.named_parameters())
        yield from ((f".{path}", buffer) for path, buffer in held.named_buffers())
        parts = [(f".{name}", part) for name, part in vars(held).items() if not name.startswith("_")]
    elif isinstance(held, list | tuple) and len(held) <= _LONGEST:
        parts = [(f"[{index}]", part) for index, part in enumerate(held)]
    elif isinstance(held, dict) and len(held) <= _LONGEST:
        parts = [(f"[{key!r}]", part) for key, part in held.items()]
    elif hasattr(held, "__dict__") and not type(held).__module__.startswith(("torch", "numpy", "matplotlib")):
        parts = [(f".{name}", part) for name, part in vars(held).items()]
    else:
        return
    yield from parts
    for path, part in parts:
        yield from ((path + rest, member) for rest, member in _members(part, depth - 1))
