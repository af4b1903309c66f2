"""Figures as objects and as files: no pyplot, no global state, the same bytes each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradlab.figures.style import look
from gradlab.files import check_output, write_atomically

ENDINGS = (".png", ".svg", ".pdf")
_UNDATED: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


class Picture(Figure):
    """A matplotlib Figure that shows itself at the end of a notebook cell without pyplot.

    >>> Picture()._repr_png_()[1:4]
    b'PNG'
    """

    def _repr_png_(self) -> bytes:
        return rendered(self, ".png", dpi=110)


def picture(width: float = 7.0, height: float = 4.5) -> Picture:
    """An empty picture of this size in inches, laid out so that labels do not overlap."""
    return Picture(figsize=(width, height), layout="constrained")


def axes_of(axes: Axes | None, width: float = 7.0, height: float = 4.5) -> tuple[Figure, Axes]:
    """The axes to draw on: the caller's own, or the only ones of a new picture."""
    if axes is None:
        figure: Figure = picture(width, height)
        return figure, figure.add_subplot()
    return axes.get_figure(root=True), axes  # type: ignore[return-value]  # None only for axes without a figure


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as .png, .svg or .pdf, by the ending of `path`: whole or not at all, the same bytes each time.

    Raises OutputError for any other ending, or where the file cannot be written.
    """
    check_output(path, ENDINGS)
    content = rendered(figure, Path(path).suffix.lower())
    with write_atomically(path) as temporary:
        temporary.write_bytes(content)


def rendered(figure: Figure, ending: str, **options: Any) -> bytes:
    """The figure as the content of a file with this ending; `options` go to matplotlib's `savefig`."""
    buffer = BytesIO()
    with look(), _same_layout(figure):
        figure.savefig(buffer, format=ending[1:], metadata=_UNDATED[ending], **options)
    return buffer.getvalue()


@contextmanager
def _same_layout(figure: Figure) -> Iterator[None]:
    """Put the axes back afterwards: a layout starts from the last one, and so no two files would be the same."""
    before = [(axes, axes.get_position(original=True), axes.get_position()) for axes in figure.axes]
    if engine := figure.get_layout_engine():
        engine.execute(figure)  # a colour bar finds its place at the second pass
    yield
    for axes, original, active in before:
        axes.set_position(original, which="original")
        axes.set_position(active, which="active")
        axes.set_in_layout(True)  # set_position takes it out
