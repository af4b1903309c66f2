"""The points that several commands are about."""

import argparse
from typing import TYPE_CHECKING

from gradlab.cli.values import needed

if TYPE_CHECKING:
    from gradlab.data import Points


def points_asked(options: argparse.Namespace, example: str) -> "Points":
    """DATA with the columns of --x and --y."""
    from gradlab.data import read

    return read(needed("DATA", options.data, example), x=options.x or None, y=options.y or "y")
