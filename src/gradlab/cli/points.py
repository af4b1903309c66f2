"""The points that several commands are about, and the model that goes with them."""

import argparse
from typing import TYPE_CHECKING

from gradlab.cli.values import needed
from gradlab.errors import OptionError

if TYPE_CHECKING:
    from torch import Tensor

    from gradlab.data import Points


def points_asked(options: argparse.Namespace, example: str) -> "Points":
    """DATA with the columns of --x and --y."""
    from gradlab.data import read

    return read(needed("DATA", options.data, example), x=options.x or None, y=options.y or "y")


def model_asked(model: str | None, data: str | None, example: str) -> tuple[str, dict[str, float]]:
    """The model as asked, or the one that a bundled dataset comes with; its start, where the dataset has one."""
    from gradlab.data import dataset, datasets

    if model or (data or "").casefold() not in {name.casefold() for name in datasets()}:
        return needed("--model MODEL", model, example), {}
    known = dataset(data or "")
    return known.formula, dict(known.starts[0]) if known.starts else {}


def sizes_asked(option: str, options: argparse.Namespace, typed: list[str], n: int) -> "Tensor | float | None":
    """One number, or a column of DATA; given several times, one for each column of x, (n, columns)."""
    import torch

    if not typed:
        return None
    sizes = [_column_or_number(option, options, each) for each in typed]
    if len(sizes) == 1:
        return sizes[0]
    columns = len(options.x) or 1
    if len(sizes) != columns:
        raise OptionError("cli.sizes_count", option=option, given=len(sizes), columns=columns)
    return torch.stack([torch.as_tensor(each, dtype=torch.float64).expand(n) for each in sizes], dim=1)


def _column_or_number(option: str, options: argparse.Namespace, typed: str) -> "Tensor | float":
    from gradlab.data import read

    try:
        return float(typed)
    except ValueError:
        return read(options.data, x=typed, y=options.y or "y").x
