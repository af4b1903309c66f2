"""What a cell leaves for its reader: printed text, sentences and pictures, in the order in which they came."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from gradlab.figures import rendered
from gradlab.figures.style import look
from gradlab.lesson import terminal

DOTS_PER_INCH = 160


@dataclass(frozen=True, slots=True)
class Printed:
    """Text as `print` left it: a table, a log, an error."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Prose that holds numbers of this run, in Markdown."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: `suffix` is "png" or "svg", `name` its file without the suffix, `caption` what it shows."""

    name: str
    caption: str
    suffix: str
    image: bytes

    @property
    def file(self) -> str:
        return f"{self.name}.{self.suffix}"


Output = Printed | Sentence | Picture


class Outputs(io.TextIOBase):
    """Stands in for standard output while a cell runs, so that prints keep their place among sentences and pictures."""

    def __init__(self) -> None:
        self.items: list[Output] = []

    def write(self, text: str) -> int:
        if self.items and isinstance(last := self.items[-1], Printed):
            self.items[-1] = Printed(last.text + text)
        elif text:
            self.items.append(Printed(text))
        return len(text)


_collecting: ContextVar[Outputs | None] = ContextVar("lesson_outputs", default=None)


@contextmanager
def collecting() -> Iterator[list[Output]]:
    """Within this block, what `print`, `say` and `show` are given is collected in the list; figures have our look."""
    outputs = Outputs()
    token = _collecting.set(outputs)
    try:
        with redirect_stdout(outputs), look():
            yield outputs.items
    finally:
        _collecting.reset(token)


def say(sentence: str) -> None:
    """Say a sentence of the lesson that holds numbers of this run; Markdown.

    >>> say("The slope is **0.498**.")
    The slope is 0.498.
    """
    if (outputs := _collecting.get()) is not None:
        outputs.items.append(Sentence(sentence))
    elif _in_notebook():
        from IPython.display import Markdown, display

        display(Markdown(sentence))
    else:
        print(terminal.plain(sentence))


def show(figure: Figure | str, name: str, caption: str) -> None:
    """Show a figure, or a picture that is SVG text, under the file name `name`; `caption` says what is to be seen."""
    picture = _picture(figure, name, caption)
    if (outputs := _collecting.get()) is not None:
        outputs.items.append(picture)
    elif _in_notebook():
        from IPython.display import SVG, Image, display

        display(SVG(picture.image) if picture.suffix == "svg" else Image(picture.image, retina=True))
    else:
        Path(picture.file).write_bytes(picture.image)
        print(f"[{picture.file}] {caption}")


def _picture(figure: Figure | str, name: str, caption: str) -> Picture:
    if isinstance(figure, str):
        return Picture(name, caption, "svg", figure.encode())
    return Picture(name, caption, "png", rendered(figure, ".png", dpi=DOTS_PER_INCH))


def _in_notebook() -> bool:
    """Whether an IPython kernel is running us; without importing IPython, which need not be there."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and hasattr(shell, "kernel")
