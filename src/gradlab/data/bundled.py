"""The bundled datasets, measured or made: each with its model and, where NIST certifies one, the answer.

The Statistical Reference Datasets of the National Institute of Standards and Technology are in the public domain.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from gradlab.data.csv_file import read_csv
from gradlab.data.points import Points
from gradlab.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A bundled dataset.

    `formula` is the model for `points`, in their column names and `parameters`; `starts` holds NIST's far and near
    start (none for linear problems). `certified`, `standard_errors` (those of Gauss-Newton) and
    `residual_sum_of_squares` are the certified least-squares answer: 11 digits for nonlinear problems, 15 for linear
    ones; empty and None where nobody certifies one. `level` is NIST's lower, average or higher difficulty.
    """

    name: str
    points: Points
    formula: str
    parameters: tuple[str, ...]
    starts: tuple[Mapping[str, float], ...]
    certified: Mapping[str, float]
    standard_errors: Mapping[str, float]
    residual_sum_of_squares: float | None
    residual_standard_deviation: float | None
    level: str
    description: str
    reference: str
    source: str


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    """What is known of each dataset, by name; `path` is where its points are, `source` who published it."""
    entries = {}
    for index in sorted(Path(__file__).parent.glob("*/*.json")):
        collection = json.loads(index.read_text(encoding="utf-8"))
        for name, entry in collection["datasets"].items():
            entries[name] = {**entry, "path": index.with_name(entry["data"]), "source": collection["source"]}
    return dict(sorted(entries.items(), key=lambda item: item[0].casefold()))


def datasets() -> tuple[str, ...]:
    """The names of the bundled datasets.

    >>> "Norris" in datasets(), "lesson-line" in datasets()
    (True, True)
    """
    return tuple(_entries())


def find(name: str) -> Mapping[str, Any] | None:
    """The entry of the dataset called so, in capitals or not."""
    return next((entry for known, entry in _entries().items() if known.casefold() == name.casefold()), None)


def dataset(name: str) -> Dataset:
    """A bundled dataset by its name, in capitals or not.

    Raises DataError for a name that is not in `datasets()`.

    >>> norris = dataset("norris")
    >>> len(norris.points), norris.formula, norris.certified["b1"]
    (36, 'b0 + b1*x', 1.00211681802045)
    """
    entry = find(name)
    if entry is None:
        raise DataError.unknown("data.unknown_dataset", name, datasets())
    *inputs, response = read_csv(entry["path"], (*entry["predictors"], entry["response"]))
    parameters = tuple(entry["parameters"])

    def by_parameter(values: list[float] | None) -> dict[str, float]:
        return dict(zip(parameters, values, strict=True)) if values else {}

    return Dataset(
        name=next(known for known in datasets() if known.casefold() == name.casefold()),
        points=Points(side_by_side(inputs), response, tuple(entry["predictors"])),
        formula=entry["formula"],
        parameters=parameters,
        starts=tuple(by_parameter(entry[start]) for start in ("start1", "start2") if entry.get(start)),
        certified=by_parameter(entry.get("certified")),
        standard_errors=by_parameter(entry.get("certified_standard_error")),
        residual_sum_of_squares=entry.get("residual_sum_of_squares"),
        residual_standard_deviation=entry.get("residual_standard_deviation"),
        level=entry["level"],
        description=entry.get("description", ""),
        reference=entry["reference"],
        source=entry["source"],
    )


def side_by_side(columns: list[torch.Tensor]) -> torch.Tensor:
    """One column as it is, (n,); several as (n, k)."""
    return columns[0] if len(columns) == 1 else torch.stack(columns, dim=1)
