"""Where a search starts: the model's own values, those that were given in their place; and which of them move."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.errors import OptionError
from gradlab.models.model import Model

Start = Mapping[str, float | Tensor]
"""Numbers or tensors by parameter; `w[0]` or `w[1,2]` is one element of a tensor parameter."""

_ELEMENT = re.compile(r"(?P<name>.+)\[(?P<index>\d+(,\d+)*)\]")


def starting_params(model: Model, start: Start, like: Tensor) -> Params:
    """The parameters at step 0, of `like`'s dtype and device; whole parameters are set before elements of them.

    A number fills a tensor parameter. A tensor must have the parameter's shape, or be the shape where the model itself
    starts at a single number. Raises OptionError for an unknown name, a shape that does not fit, a number that is none.

    >>> model = Model("two", lambda x, w: w[0] + w[1] * x, ("w",), {"w": torch.zeros(2)})
    >>> starting_params(model, {"w": 1.0, "w[0]": 3.0}, torch.zeros(1))
    {'w': tensor([3., 1.])}
    """
    params = {
        name: torch.as_tensor(model.start[name], dtype=like.dtype, device=like.device) for name in model.parameters
    }
    elements = {}
    for name, value in start.items():
        if name in params:
            params[name] = _whole(name, params[name], _number(name, value, like))
        else:
            elements[name] = _number(name, value, like)
    params = {name: p.detach().clone() for name, p in params.items()}
    for name, value in elements.items():
        _set_element(params, name, value)
    return params


def _number(name: str, value: Any, like: Tensor) -> Tensor:
    try:
        number = torch.as_tensor(value, dtype=like.dtype, device=like.device)
    except (TypeError, ValueError, RuntimeError):
        raise OptionError("models.start_number", name=name, value=value) from None
    if not number.isfinite().all():
        raise OptionError("models.start_number", name=name, value=value)
    return number


def _whole(name: str, before: Tensor, value: Tensor) -> Tensor:
    if before.dim() == 0 or value.shape == before.shape:
        return value
    if value.dim() == 0:
        return value.expand(before.shape)
    raise OptionError("models.start_shape", name=name, shape=tuple(before.shape), given=tuple(value.shape))


def _set_element(params: Params, key: str, value: Tensor) -> None:
    parts = _ELEMENT.fullmatch(key)
    if parts is None or parts["name"] not in params:
        raise OptionError.unknown("models.start", key, list(params))
    index = tuple(map(int, parts["index"].split(",")))
    shape = params[parts["name"]].shape
    if value.dim() or len(index) != len(shape) or any(i >= size for i, size in zip(index, shape, strict=True)):
        raise OptionError("models.start_element", key=key, name=parts["name"], shape=tuple(shape))
    params[parts["name"]][index] = value


def free_names(params: Collection[str], freeze: Collection[str]) -> tuple[str, ...]:
    """The parameters that move, in order. Raises OptionError for an unknown name, and for nothing left free."""
    for name in freeze:
        if name not in params:
            raise OptionError.unknown("models.freeze", name, list(params))
    free = tuple(name for name in params if name not in freeze)
    if not free:
        raise OptionError("models.all_frozen", names=", ".join(params))
    return free
