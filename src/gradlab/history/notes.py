"""What a History's file says beside its table: settings, outcome, the optimizer's state, the parameters' shapes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, get_args

from torch import Tensor

from gradlab.errors import DataError
from gradlab.history.codec import DTYPES, decode, encode, encode_numbers, name_of_dtype
from gradlab.history.columns import History
from gradlab.history.steps import Kind, Outcome, Reason
from gradlab.history.table import Shapes, column_names, whole_columns

FORMAT = "gradlab history"
VERSION = 1


def notes_of(history: History) -> dict[str, Any]:
    """The notes as JSON takes them; the numbers of the table keep the dtypes named here."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "parameters": {name: list(history[name].shape[1:]) for name in history.parameters},
        "dtypes": {name: name_of_dtype(column.dtype) for name, column in history.columns.items()},
        "settings": history.settings,
        "outcome": {
            name: encode_numbers([value])[0] if isinstance(value, float) else value
            for name, value in asdict(history.outcome).items()
        },
        "state": encode(history.state),
    }


def history_from(path: str, notes: Any, flat: Callable[[Shapes], Mapping[str, Tensor]]) -> History:
    """The History out of a file's notes and its table, `flat(shapes)`; DataError names the part that is damaged."""
    if not isinstance(notes, dict) or notes.get("format") != FORMAT:
        raise DataError("history.foreign", path=path)
    if notes.get("version") != VERSION:
        raise DataError("history.version", path=path, version=notes.get("version"), known=VERSION)
    part = "parameters"
    try:
        shapes = {str(name): tuple(map(int, shape)) for name, shape in notes["parameters"].items()}
        part = "columns"
        columns = whole_columns(flat(shapes), shapes)
        columns = {name: columns[name].to(DTYPES[notes["dtypes"][name]]) for name in column_names(shapes)}
        check_steps(columns["step"])
        part = "outcome"
        outcome = _outcome(notes["outcome"])
        part = "settings"
        settings = dict(notes["settings"])
        part = "state"
        state = decode(notes["state"])
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        raise DataError("history.damaged", path=path, part=part) from None
    return History(columns, tuple(shapes), outcome, settings, state)


def check_steps(step: Tensor) -> None:
    """ValueError unless the rows are those of steps 0, 1, 2, …"""
    if not len(step) or step.tolist() != list(range(len(step))):
        raise ValueError("steps are missing, doubled or out of order")


def _outcome(notes: Mapping[str, Any]) -> Outcome:
    if notes["kind"] not in get_args(Kind) or notes["reason"] not in (None, *get_args(Reason)):
        raise ValueError("an outcome that no run has")
    return Outcome(
        kind=notes["kind"],
        reason=notes["reason"],
        step=int(notes["step"]),
        loss=float(notes["loss"]),
        gradient_norm=float(notes["gradient_norm"]),
        lr=_number(notes["lr"]),
        stable_lr=_number(notes["stable_lr"]),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
