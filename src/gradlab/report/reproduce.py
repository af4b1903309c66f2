"""How to get the same run again: as a command line, and in Python."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from gradlab.errors import ModelError
from gradlab.history import History
from gradlab.models import Model, resolve

MOST_STARTS = 12
WIDTH = 80
_DEFAULTS = {"gradient": "autograd", "delta": None, "kink": 0.0, "optimizer": "sgd", "batch_size": None, "seed": 0}
_DEFAULTS |= {"until": None, "dtype": "float64", "device": "cpu"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A run to be written down: its history, its model, the file or dataset of its points, the column of y in it.

    >>> points = gradlab.dataset("Norris").points
    >>> history = gradlab.fit("line", points, loss="mae", start={"m": 0.5}, steps=25)
    >>> recipe = Recipe(history, resolve("line"), "my data.csv", "y")
    >>> print(recipe.command_line())
    gradlab fit 'my data.csv' --model line --loss mae --start m=0.5 --lr 0.001 \\
        --steps 25
    >>> print(recipe.python())
    import gradlab
    <BLANKLINE>
    points = gradlab.read('my data.csv')
    history = gradlab.fit('line', points, loss='mae', start={'m': 0.5}, lr=0.001,
        steps=25)
    """

    history: History
    model: Model
    data: str
    y: str

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.history.settings

    def is_complete(self) -> bool:
        """Whether names lead back to the run: not if the model came as a Python object, or no settings were kept."""
        return bool(self._settings) and (".py:" in self.model.name or self._is_named())

    def has_whole_start(self) -> bool:
        """Whether the start is written out; a long one is not."""
        return sum(self.history[name][0].numel() for name in self.history.parameters) <= MOST_STARTS

    def _is_named(self) -> bool:
        try:
            named = resolve(self.model.name, self._settings.get("x", ["x"]))
        except ModelError:
            return False
        ours, theirs = (getattr(model.function, "__qualname__", "") for model in (self.model, named))
        return named.parameters == self.model.parameters and ours == theirs

    def command_line(self) -> str:
        """`gradlab fit …` with all that differs from the defaults, for a POSIX shell."""
        settings = self._settings
        options: list[tuple[str, ...]] = [("--model", self.model.name), ("--loss", settings["loss"])]
        options += [("--start", f"{name}={value!r}") for name, value in self._starts()]
        options += [("--freeze", name) for name in settings["freeze"]]
        options += [("--lr", repr(settings["lr"])), ("--steps", str(settings["steps"]))]
        options += [(f"--{name.replace('_', '-')}", str(value)) for name, value in self._unusual()]
        options += [("--standardise",)] if settings["standardise"] else []
        options += [("--x", name) for name in self._columns()] + ([("--y", self.y)] if self.y != "y" else [])
        words = [shlex.join(("gradlab", "fit", self.data)), *map(shlex.join, options)]
        return _filled(words, " ", " \\\n    ")

    def python(self) -> str:
        """The same as a few lines of Python."""
        settings, columns = self._settings, self._columns()
        where: dict[str, Any] = {"x": columns} if columns else {}
        where |= {"y": self.y} if self.y != "y" else {}
        options: dict[str, Any] = {"loss": settings["loss"]}
        options |= {"start": dict(self._starts()), "freeze": list(settings["freeze"])}
        options = {name: value for name, value in options.items() if value}
        options |= {"lr": settings["lr"], "steps": settings["steps"]} | dict(self._unusual())
        options |= {"standardise": True} if settings["standardise"] else {}
        if "dtype" in options:
            options["dtype"] = getattr(torch, options["dtype"])
        imports = "import gradlab\nimport torch" if "dtype" in options else "import gradlab"
        read = _call("points = gradlab.read", [repr(self.data)], where)
        return f"{imports}\n\n{read}\n{_call('history = gradlab.fit', [repr(self.model.name), 'points'], options)}"

    def _starts(self) -> Iterator[tuple[str, float]]:
        """Where the run started, number by number, where that is not where the model starts by itself."""
        for element in self.history.elements() if self.has_whole_start() else ():
            own, value = self.model.start[element.parameter], element.values[0].item()
            if element.name != element.parameter or value != float(own):  # an element's own start may be any
                yield element.name, value

    def _unusual(self) -> Iterator[tuple[str, Any]]:
        for name, default in _DEFAULTS.items():
            if self._settings.get(name, default) != default:
                yield name, self._settings[name]

    def _columns(self) -> list[str]:
        names = list(self._settings["x"])
        return [] if names == ["x"] else names


def _call(function: str, arguments: list[str], options: Mapping[str, Any]) -> str:
    """A call in Python, in lines of at most 80 columns."""
    pieces = [*arguments, *(f"{name}={value!r}" for name, value in options.items())]
    return _filled([f"{function}({pieces[0]}", *pieces[1:]], ", ", ",\n    ") + ")"


def _filled(pieces: list[str], separator: str, break_: str) -> str:
    """Pieces one after the other; a new line begins where the next piece would pass column 80."""
    text, column = pieces[0], len(pieces[0])
    for piece in pieces[1:]:
        fits = column + len(separator) + len(piece) <= WIDTH - 2
        text += (separator if fits else break_) + piece
        column = column + len(separator) + len(piece) if fits else len(piece) + 4
    return text
