"""Calling what a person wrote: any arguments may be refused, anything may come back, nothing may be changed.

A function is handed copies, so that one that writes over its arguments harms nobody. What it raises, and what it
returns that is no number, becomes a `RefusalError` with the reason in a sentence.
"""

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import lru_cache
from io import StringIO
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradlab.errors import GradlabError, OptionError, shortened

Function = Callable[..., Any]


class RefusalError(GradlabError):
    """Why nothing can be compared at some arguments: a reason within a sentence."""


def name_of(function: Function) -> str:
    """The name by which a sentence calls a function."""
    return str(getattr(function, "__name__", type(function).__name__))


@lru_cache(maxsize=256)
def parameters_of(function: Function) -> Mapping[str, inspect.Parameter]:
    """The parameters that can be given by name; OptionError for a built-in that does not tell.

    >>> list(parameters_of(lambda x, *, m: m * x))
    ['x', 'm']
    """
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    try:
        parameters = inspect.signature(function).parameters
    except (ValueError, TypeError):
        raise OptionError("gradcheck.no_signature", function=name_of(function)) from None
    return {name: p for name, p in parameters.items() if p.kind in kinds}


def called(function: Function, arguments: Mapping[str, Any]) -> Any:
    """What `function` returns for copies of `arguments`; RefusalError where it raises.

    A derivative need not repeat the keywords that do not matter to it, and may call its arguments by other names: then
    they are given in their order.
    """
    names = parameters_of(function)
    copied = {name: _copy(value) for name, value in arguments.items()}
    try:
        if _by_position(function, arguments):
            return function(*list(copied.values())[: len(names)])
        return function(**{name: value for name, value in copied.items() if name in names})
    except (Exception, SystemExit) as failure:
        raise RefusalError("gradcheck.raises", function=name_of(function), raised=told(failure)) from failure


@contextmanager
def quietly() -> Iterator[None]:
    """While a person's functions are tried out, what they print and what PyTorch warns of is not shown."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        yield


def _by_position(function: Function, arguments: Mapping[str, Any]) -> bool:
    """Where it needs an argument of another name, and has room for ours."""
    names = parameters_of(function)
    needed = [name for name, parameter in names.items() if parameter.default is inspect.Parameter.empty]
    return any(name not in arguments for name in needed) and len(needed) <= len(arguments)


def _copy(value: Any) -> Any:
    """A tensor that autograd follows is handed over as it is: it must stay the one that is asked for a gradient."""
    if isinstance(value, Tensor):
        return value if value.requires_grad else value.clone()
    return value.copy() if isinstance(value, np.ndarray | list) else value


def told(failure: BaseException) -> str:
    """An exception in one line."""
    return shortened(f"{type(failure).__name__}: {str(failure).partition(chr(10))[0]}", 160)


def numbers(value: Any) -> Tensor:
    """What a function returned, in float64: a number, an array, a list of tensors, a tensor. Autograd follows it.

    Raises RefusalError for what is no number.

    >>> numbers([1, torch.tensor(2.0)])
    tensor([1., 2.], dtype=torch.float64)
    """
    try:
        if isinstance(value, list | tuple):
            return torch.stack([numbers(each) for each in value])
        if value.is_complex() if isinstance(value, Tensor) else np.iscomplexobj(value):
            raise TypeError
        if isinstance(value, Tensor):
            return value.to(torch.float64)
        return torch.as_tensor(value, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        if value is None:
            raise RefusalError("gradcheck.returned_nothing", function="") from None
        raise RefusalError("gradcheck.returned_no_number", function="", returned=shortened(repr(value))) from None


def in_single(value: Any) -> bool:
    """Whether what came back has only float32's seven digits."""
    return isinstance(value, Tensor | np.ndarray) and str(value.dtype).endswith(("float32", "float16", "bfloat16"))


def result_of(function: Function, arguments: Mapping[str, Any]) -> Tensor:
    """`called`, as detached float64 numbers; RefusalError, naming the function, also for what is no number."""
    answer = called(function, arguments)
    try:
        return numbers(answer).detach()
    except RefusalError as refusal:
        raise RefusalError(refusal.key, **{**refusal.values, "function": name_of(function)}) from None
