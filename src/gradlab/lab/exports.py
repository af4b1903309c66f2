"""What a person takes away: the run as code that gives its numbers again, or as a table."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import OptionError
from gradlab.lab.loop.script import as_script, sections
from gradlab.lab.runs import Run


def export(run: Run, what: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Header and buffer `data` of an `export`. Raises OptionError for another `what`, or where there is no source."""
    if what not in WRITERS:
        raise OptionError("lab.unknown_export", name=what[:40], known=", ".join([*WRITERS, "html"]), field="what")
    mime, written = WRITERS[what]
    return as_file(what, mime, written(run))


def as_file(what: str, mime: str, content: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The answer that carries a file."""
    data = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return {"what": what, "filename": f"gradlab.{what}", "mime": mime}, {"data": data}


def _script(run: Run) -> bytes:
    return as_script(sections(run)).encode()


def _notebook(run: Run) -> bytes:
    """A Jupyter notebook, format 4.5, not yet run."""
    cells: list[dict[str, Any]] = []
    for index, piece in enumerate(sections(run)):
        common = {"id": f"cell-{index}", "metadata": {}, "source": piece.text}
        if piece.kind == "prose":
            cells.append({"cell_type": "markdown", **common})
        else:
            cells.append({"cell_type": "code", **common, "execution_count": None, "outputs": []})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def _history(suffix: str) -> Callable[[Run], bytes]:
    def saved(run: Run) -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder, f"history{suffix}")
            run.history.save(path)
            return path.read_bytes()

    return saved


WRITERS: Mapping[str, tuple[str, Callable[[Run], bytes]]] = {
    "py": ("text/x-python", _script),
    "ipynb": ("application/x-ipynb+json", _notebook),
    "csv": ("text/csv", _history(".csv")),
    "json": ("application/json", _history(".json")),
}
