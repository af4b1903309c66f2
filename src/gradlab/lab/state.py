"""The state of the lab, as it stands in the link: read from JSON of unknown origin, field by field, within limits."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from gradlab.data import Points, noisy_line, read
from gradlab.errors import OptionError

MAX_POINTS, MAX_STEPS, MAX_GRID, MAX_NAMES = 5_000, 2_000, 256, 40


@dataclass(frozen=True, slots=True)
class State:
    """What a run is made with. Defaults are the lesson's."""

    points: Points
    model: str = "line"
    loss: str = "mae"
    gradient: str = "autograd"
    delta: float | None = None
    kink: float = 0.0
    optimizer: str = "sgd"
    lr: float = 1e-3
    steps: int = 25
    start: Mapping[str, float] = field(default_factory=lambda: {"m": 0.8})
    freeze: tuple[str, ...] = ("b",)
    batch: int | None = None
    seed: int = 0
    standardise: bool = False
    axes: tuple[str, str] | None = None
    window: Mapping[str, tuple[float, float]] | None = None
    grid: int = 100

    def settings(self) -> dict[str, Any]:
        """The arguments of `fit`."""
        names = "loss gradient delta kink optimizer lr steps start freeze seed standardise".split()
        return {name: getattr(self, name) for name in names} | {"batch_size": self.batch}

    def key(self) -> tuple[Any, ...]:
        """Equal for states whose runs are equal."""
        numbers = tuple(column.numpy().tobytes() for column in (self.points.x, self.points.y))
        return (*numbers, self.model, repr(self.settings()))


def lesson_points() -> Points:
    """The lesson's points: m = 0.5, b = 0, 50 of them, noise of 2 on both axes."""
    return noisy_line(0.5, 0.0, 50, sigma=2.0, seed=0)


def read_state(raw: Any) -> State:
    """A State from JSON.

    Raises OptionError, whose `values["field"]` is the field, for what has the wrong kind or lies beyond the limits.

    >>> read_state({"steps": 3, "points": {"x": [1, 2], "y": [2, 4]}}).steps
    3
    """
    raw = _mapping("state", raw)
    points = read_points(raw["points"]) if raw.get("points") is not None else lesson_points()
    known: dict[str, Any] = {
        name: reader(name, raw[name]) for name, reader in _READERS.items() if raw.get(name) is not None
    }
    return State(points, **known)


def read_points(raw: Any) -> Points:
    """Points from two lists."""
    raw = _mapping("points", raw)
    x, y = (_list("points", raw.get(name), MAX_POINTS, _number) for name in ("x", "y"))
    return Points(torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64))


def made_points(raw: Any) -> Points:
    """Points that are asked for by their origin: a line with noise, or a bundled dataset with one x."""
    raw = _mapping("source", raw)
    if raw.get("kind") == "dataset":
        points = read(_text("name", raw.get("name")))
        if points.x.dim() == 2:
            raise OptionError("lab.one_x", name=raw["name"], field="source")
        return points
    m, b, sigma = (_number(name, raw.get(name, usual)) for name, usual in (("m", 0.5), ("b", 0.0), ("sigma", 2.0)))
    n, seed = _whole(1, MAX_POINTS)("n", raw.get("n", 50)), _whole(0, 2**31)("seed", raw.get("seed", 0))
    return noisy_line(m, b, n, sigma=sigma, x_max=_number("range", raw.get("range", 50.0)), seed=seed)


def read_index(raw: Any) -> int:
    """The row of a run that is asked for."""
    return _whole(0, MAX_STEPS)("index", raw)


def _refuse(field: str, value: Any) -> OptionError:
    return OptionError("lab.bad_field", field=field, value=repr(value)[:60])


def _mapping(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refuse(field, value)
    return value


def _list(field: str, value: Any, limit: int, reader: Callable[[str, Any], Any]) -> list[Any]:
    if not isinstance(value, list):
        raise _refuse(field, value)
    if len(value) > limit:
        raise OptionError("lab.too_many", field=field, count=len(value), limit=limit)
    return [reader(field, each) for each in value]


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _refuse(field, value)
    return float(value)


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 4_000:
        raise _refuse(field, value)
    return value


def _switch(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refuse(field, value)
    return value


def _whole(least: int, most: int) -> Callable[[str, Any], int]:
    def reader(field: str, value: Any) -> int:
        number = _number(field, value)
        if number != int(number) or not least <= number <= most:
            raise OptionError("lab.out_of_range", field=field, value=value, least=least, most=most)
        return int(number)

    return reader


def _numbers(field: str, value: Any) -> dict[str, float]:
    found = _mapping(field, value)
    if len(found) > MAX_NAMES:
        raise OptionError("lab.too_many", field=field, count=len(found), limit=MAX_NAMES)
    return {_text(field, name): _number(field, each) for name, each in found.items()}


def _spans(field: str, value: Any) -> dict[str, tuple[float, float]]:
    spans = {}
    for name, span in list(_mapping(field, value).items())[:MAX_NAMES]:
        low, high = _pair(field, span, _number)
        if not low < high:
            raise _refuse(field, span)
        spans[_text(field, name)] = (low, high)
    return spans


def _pair(field: str, value: Any, reader: Callable[[str, Any], Any]) -> tuple[Any, Any]:
    found = _list(field, value, 2, reader)
    if len(found) != 2:
        raise _refuse(field, value)
    return found[0], found[1]


def _file_free(field: str, value: Any) -> str:
    """A model of the lab is a name or a formula: no file of this machine is reached from a browser."""
    model = _text(field, value)
    if ".py" in model or ("/" in model and ":" in model):
        raise OptionError("lab.no_files", field=field)
    if model.strip() == "plane":
        raise _refuse(field, model)  # the model of several x; the lab draws one
    return model


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "model": _file_free,
    "loss": _text,
    "gradient": _text,
    "optimizer": _text,
    "delta": _number,
    "kink": _number,
    "lr": _number,
    "start": _numbers,
    "standardise": _switch,
    "steps": _whole(0, MAX_STEPS),
    "grid": _whole(2, MAX_GRID),
    "seed": _whole(0, 2**31),
    "batch": _whole(1, MAX_POINTS),
    "freeze": lambda field, value: tuple(_list(field, value, MAX_NAMES, _text)),
    "axes": lambda field, value: _pair(field, value, _text),
    "window": _spans,
}
