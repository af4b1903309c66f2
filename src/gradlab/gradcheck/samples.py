"""Inputs for a function of which nothing is known but its signature.

A layout says which arguments are vectors and which are single numbers. Data are vectors, parameters single numbers;
where a name does not tell which, other layouts are tried. Values come in several sizes and signs, vectors in several
lengths, and keyword defaults are varied, since a derivative that is right only for `delta=1.0` is wrong.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import torch
from torch import Tensor

from gradlab.gradcheck.calling import Function, parameters_of

Shape = Literal["vector", "single", "whole", "matrix", "weights"]
Form = Literal["tensor", "array", "number"]

_DATA = re.compile(
    r"[xytuvzq]|[xyt]\d|[xyt]s|[xyt]_.*|.*_[xyt]|y?hat|.*(true|pred|hat|input|output|target|label|obs|data|sample|feature)"
    r".*|times?|ti?empos?|(entrada|salida|dato|objetivo|etiqueta|valor|verdad|medida|punto)(es|s)?.*|real(es)?|.*real"
)
_PREDICTION = re.compile(r".*(pred|hat|estim|output|salida|model|fit).*|yp|p")
_TARGET = re.compile(r"y|ys|t|.*(true|target|label|real|verdad|objetivo|etiqueta).*")
_WEIGHTS = re.compile(r"w.*|.*(weight|peso|coef|theta).*|p|params?")
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of each argument, and whether they are handed over as tensors, NumPy arrays or Python numbers."""

    shapes: Mapping[str, Shape]
    form: Form = "tensor"

    @property
    def has_vectors(self) -> bool:
        return any(shape in ("vector", "matrix") for shape in self.shapes.values())

    @property
    def has_matrix(self) -> bool:
        return "matrix" in self.shapes.values()


@dataclass(frozen=True, slots=True)
class Sample:
    """One set of arguments by name, in the function's order; `n` is the length of its vectors, 1 without any."""

    arguments: dict[str, Any]
    n: int

    def with_argument(self, name: str, value: Any) -> dict[str, Any]:
        """The arguments with one of them replaced."""
        return {**self.arguments, name: value}


def layouts(function: Function, argument: str) -> Iterator[Layout]:
    """All layouts worth a try, the likeliest first; keyword arguments with a default keep their kind throughout.

    >>> [dict(layout.shapes) for layout in layouts(lambda x, m: m * x, "m")][0]
    {'x': 'vector', 'm': 'single'}
    """
    names = [name for name, p in parameters_of(function).items() if p.default is p.empty or name == argument]
    data = [name for name in names if is_data(name)]
    others = [name for name in names if name not in data]
    tensors = [_layout(names, vectors) for vectors in dict.fromkeys((tuple(data), tuple(names))) if vectors]
    yield from tensors
    yield from (Layout(layout.shapes, "array") for layout in tensors)
    yield from _mixed(names, data, others)
    yield from _with_whole(names, data, argument)
    yield from _with_matrix(names, data, others)
    yield _layout(names, ())
    yield Layout(dict.fromkeys(names, "single"), "number")


def _layout(names: list[str], vectors: tuple[str, ...]) -> Layout:
    return Layout({name: "vector" if name in vectors else "single" for name in names})


def _mixed(names: list[str], data: list[str], others: list[str]) -> Iterator[Layout]:
    """Some of the arguments whose names do not tell what they are as vectors beside the data."""
    for count in range(1, len(others)):
        for chosen in list(combinations(others, count))[:4]:
            yield _layout(names, (*data, *chosen))


def _with_whole(names: list[str], data: list[str], argument: str) -> Iterator[Layout]:
    """Exponents, numbers of terms and the like are whole."""
    for count in (1, 2):
        for whole in combinations([name for name in names if name not in data and name != argument], count):
            shapes = {n: "whole" if n in whole else "vector" if n in data else "single" for n in names}
            yield Layout(shapes)  # type: ignore[arg-type]  # mypy widens the literals of a comprehension


def _with_matrix(names: list[str], data: list[str], others: list[str]) -> Iterator[Layout]:
    """A row of inputs for each point, and a weight for each column."""
    weights = sorted(others, key=lambda name: not _WEIGHTS.fullmatch(name.lower()))[:3]
    for matrix in [name for name in data if not is_target(name)][:2]:
        for weight in weights:
            kept: dict[str, Shape] = {name: "vector" if name in data else "single" for name in names}
            yield Layout(kept | {matrix: "matrix", weight: "weights"})


_Size = Callable[[Tensor], Tensor]


def _normal(z: Tensor) -> Tensor:
    return z


def _positive(z: Tensor) -> Tensor:
    return 0.1 + z.abs()


def _unit(z: Tensor) -> Tensor:
    return 0.05 + 0.9 * torch.sigmoid(z)


_SIZES: tuple[tuple[_Size, _Size, int], ...] = (
    (_normal, _normal, 7),
    (_positive, _positive, 3),
    (_unit, _unit, 12),
    (lambda z: 10 * z, _normal, 3),
    (_normal, _normal, 12),
    (lambda z: 50 + 5 * z, _normal, 7),
    (_positive, _positive, 7),
    (lambda z: 0.01 * z, _positive, 3),
    (_unit, _unit, 3),
    (lambda z: 3 * z, lambda z: 3 * z, 12),
    (lambda z: 20 + z, _positive, 3),
    (_normal, _unit, 7),
)
"""Of data and of parameters, with a length: both signs; positive, for logarithms and roots; within (0, 1), for
probabilities; large; small. No size has one length only, or a factor N would look like a number."""

SAMPLES = len(_SIZES) + 2


def is_data(name: str) -> bool:
    """Whether an argument of this name is likely to be one number per point."""
    return _DATA.fullmatch(name.lower()) is not None


def is_target(name: str) -> bool:
    """Whether it is likely to be the y that was measured."""
    return _TARGET.fullmatch(name.lower()) is not None


def is_prediction(name: str) -> bool:
    """Whether it is likely to be what a model answered."""
    return _PREDICTION.fullmatch(name.lower()) is not None


def samples(
    layout: Layout, keywords: Mapping[str, Any], asked: Collection[str] = (), *, seed: int = 0
) -> Iterator[Sample]:
    """Samples of one layout, `SAMPLES` of them, with `keywords` varied around their defaults.

    What is `asked` about is never made one of two classes.

    >>> one = next(samples(Layout({"x": "vector", "m": "single"}), {"delta": 1.0}))
    >>> one.arguments["x"].shape, 0.5 < one.arguments["delta"] < 1.5
    (torch.Size([7]), True)
    """
    generator = torch.Generator().manual_seed(seed)

    def sample(sizes: tuple[_Size, _Size], n: int) -> Sample:
        arguments: dict[str, Any] = {}
        for name in [*layout.shapes, *keywords]:
            drawn = torch.randn(n, _COLUMNS, generator=generator, dtype=torch.float64)
            if name in layout.shapes:
                arguments[name] = _argument(name, layout, sizes, drawn)
            else:
                arguments[name] = varied(keywords[name], float(torch.sigmoid(drawn[0, 0])))
        return Sample(arguments, n if layout.has_vectors else 1)

    for data_size, parameter_size, n in _SIZES:
        yield sample((data_size, parameter_size), n)
    for classes in ((0.0, 1.0), (-1.0, 1.0)):
        yield _with_classes(sample((_unit, _unit), 7), asked, classes)


def _argument(name: str, layout: Layout, sizes: tuple[_Size, _Size], drawn: Tensor) -> Any:
    value = (sizes[0] if is_data(name) else sizes[1])(drawn)
    match layout.shapes[name]:
        case "vector":
            shaped = value[:, 0].clone()
        case "matrix":
            shaped = value
        case "weights":
            shaped = value[0].clone()
        case "whole":
            return 1 + int(value[0, 0].abs()) % 4
        case _:
            shaped = value[0, 0].clone()
    if layout.form == "tensor":
        return shaped
    return shaped.numpy() if layout.form == "array" and shaped.dim() else float(shaped)


def _with_classes(sample: Sample, asked: Collection[str], classes: tuple[float, float]) -> Sample:
    """Targets of two classes, as a cross entropy or a hinge loss wants them."""
    low, high = classes
    arguments = dict(sample.arguments)
    for name, value in arguments.items():
        if name not in asked and isinstance(value, Tensor) and value.dim() == 1 and is_target(name):
            arguments[name] = torch.where(value > value.median(), high, low).to(torch.float64)
    return Sample(arguments, sample.n)


def varied(default: Any, between: float) -> Any:
    """A keyword default moved a little: numbers by a factor in (0.5, 1.5), a switch thrown, the rest as it is.

    `between` in (0, 1) says how far.

    >>> varied(2.0, 0.75), varied(3, 0.75), varied("mean", 0.75), varied(True, 0.75)
    (2.5, 4, 'mean', False)
    """
    if isinstance(default, bool):
        return default is not (between > 0.5)
    if isinstance(default, int):
        return default + round(between)
    return default * (0.5 + between) if isinstance(default, float) else default
