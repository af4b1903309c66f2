"""A History as one JSON object: the notes, and the table under `columns`. Strict JSON: no NaN, no Infinity."""

import json
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import DataError
from gradlab.history.codec import decode_numbers, encode_numbers
from gradlab.history.columns import History
from gradlab.history.notes import history_from, notes_of
from gradlab.history.table import Shapes


def write_json(history: History, path: Path) -> None:
    """Notes first, so that a person who opens the file sees what it is."""
    columns = {name: encode_numbers(numbers) for name, numbers in history.table().items()}
    path.write_text(json.dumps(notes_of(history) | {"columns": columns}, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> History:
    """The History out of the file."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as failure:
        raise DataError("history.not_json", path=os.fspath(path), reason=failure) from None

    def flat(shapes: Shapes) -> dict[str, Tensor]:
        return {str(name): _column(numbers) for name, numbers in notes["columns"].items()}

    return history_from(os.fspath(path), notes, flat)


def _column(numbers: list[Any]) -> Tensor:
    return torch.tensor(decode_numbers(numbers), dtype=torch.float64)
