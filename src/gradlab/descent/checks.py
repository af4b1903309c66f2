"""Options of a run that are out of their range, each refused with a sentence before anything is computed."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

from gradlab.errors import OptionError

ENGINES = ("auto", "eager", "fused")


def check_options(
    options: Mapping[str, Any], engine: str, dtype: torch.dtype | None, device: torch.device | str | None
) -> None:
    """Raise OptionError for the first option that cannot be meant."""
    for name, value in options.items():
        if not _FITS[name](value):
            raise OptionError(f"descent.option_{name}", value=value)
    if engine not in ENGINES:
        raise OptionError.unknown("descent.engine", engine, ENGINES)
    if dtype is not None and not dtype.is_floating_point:
        raise OptionError("descent.dtype", dtype=str(dtype).removeprefix("torch."))
    _check_device(device)


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_delta(value: Any) -> bool:
    """One Δ for all parameters, or one each by name."""
    return all(step > 0 and math.isfinite(step) for step in (value.values() if isinstance(value, Mapping) else [value]))


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "steps": lambda value: _is_count(value, 0),
    "delta": lambda value: value is None or _is_delta(value),
    "kink": lambda value: -1 <= value <= 1,
    "batch_size": lambda value: value is None or _is_count(value, 1),
    "seed": lambda value: isinstance(value, int),
    "until": lambda value: value is None or (value >= 0 and math.isfinite(value)),
}


def _check_device(device: torch.device | str | None) -> None:
    if device is None:
        return
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as failure:  # torch built without CUDA fails by assertion
        reason = str(failure).partition("\n")[0].rstrip(".")
        raise OptionError("descent.device", device=device, reason=reason) from None
