"""The user's own frames on the stack at this moment, and the names under which a tensor is known in them.

A name is believed only if it is true: the expression at the operation's place in the source is looked up in the
running frame, without calling any code of the user's, and must be the very tensor.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

import torch

from gradlab.recorder.sites import Site, is_of_the_user, source_of

_DEEPEST = 12
_ABSENT = object()
_REFERENCES = 4
"""To a copy of a frame's variables: by the frame, by two variables here, by the counting itself."""


def users_frames() -> list[FrameType]:
    """The frames up the stack that are neither PyTorch's nor gradlab's, innermost first, up to the script itself."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(frames) < _DEEPEST:
        if is_of_the_user(frame.f_code.co_filename):
            frames.append(frame)
            if frame.f_code.co_name == "<module>":
                break
        frame = frame.f_back
    return frames


@lru_cache(maxsize=8192)
def site_at(code: CodeType, instruction: int) -> Site:
    """One Site for each instruction, so that its source is looked up once."""
    return Site(code, instruction)


def name_of(tensor: torch.Tensor, frames: Sequence[FrameType]) -> str | None:
    """The expression by which the statements now running know `tensor`, the outermost first; None if by none."""
    for frame in reversed(frames):
        expressions = _expressions(site_at(frame.f_code, frame.f_lasti))
        if expressions:
            with _locals_of(frame) as known:
                for text, expression in expressions:
                    if _value(expression, known, frame.f_globals) is tensor:
                        return text
    return None


@contextmanager
def _locals_of(frame: FrameType) -> Iterator[Mapping[str, Any]]:
    """The variables of a frame. What Python before 3.13 keeps as a copy of them must not keep tensors alive."""
    known = frame.f_locals
    yield known
    is_copy = sys.version_info < (3, 13) and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if is_copy and sys.getrefcount(known) == _REFERENCES:  # nobody asked for it with `locals()`
        known.clear()


@lru_cache(maxsize=8192)
def _expressions(site: Site) -> tuple[tuple[str, ast.expr], ...]:
    """Names, attributes and constant subscripts of the statement at a site, shortest text first."""
    plain = [node for node in ast.walk(site.surroundings) if isinstance(node, ast.expr) and _is_plain(node)]
    found = [(source_of(node, site.file), node) for node in plain]
    return tuple(sorted(found, key=lambda pair: len(pair[0])))


def _is_plain(node: ast.AST) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Attribute(value=value):
            return _is_plain(value)
        case ast.Subscript(value=value, slice=ast.Constant(value=int() | str())):
            return _is_plain(value)
    return False


def _value(expression: ast.expr, known: Mapping[str, Any], around: Mapping[str, Any]) -> Any:
    match expression:
        case ast.Name(id=name):
            return known.get(name, around.get(name, _ABSENT))
        case ast.Attribute(value=value, attr=name):
            return _attribute(_value(value, known, around), name)
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            return _member(_value(value, known, around), key)
    return _ABSENT


def _attribute(owner: Any, name: str) -> Any:
    """An attribute that is simply stored: no property and no `__getattr__` of the user's is ever run."""
    for store in _stores(owner):
        if name in store:
            return store[name]
    return _ABSENT


def _stores(owner: Any) -> Iterator[dict[str, Any]]:
    try:
        own = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return
    if type(own) is dict:
        yield own
        if isinstance(owner, torch.nn.Module):
            yield from (own[store] for store in ("_parameters", "_buffers", "_modules") if store in own)


def _member(owner: Any, key: Any) -> Any:
    if type(owner) is dict:
        return owner.get(key, _ABSENT)
    if type(owner) in (list, tuple) and isinstance(key, int) and -len(owner) <= key < len(owner):
        return owner[key]
    return _ABSENT
