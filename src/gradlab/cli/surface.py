"""`gradlab surface`: the loss over a grid of two parameters, as a picture or as numbers."""

import argparse
from typing import TYPE_CHECKING

from gradlab.cli.points import points_asked
from gradlab.cli.values import assignments, axis, needed, point
from gradlab.errors import OptionError
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.data import Points

EXAMPLE = "gradlab surface --point 4,4 --over m=-5:5:100 --over b=-5:5:100 -o surface.png"
ENDINGS = (".png", ".svg", ".pdf", ".csv")


def run(options: argparse.Namespace) -> int:
    """Compute the grid, then draw or write it."""
    from gradlab.cli.blame import users_code
    from gradlab.figures import draw_surface, save
    from gradlab.files import check_output
    from gradlab.history import History
    from gradlab.surface import surface

    path = check_output(needed("-o FILE", options.output, EXAMPLE), ENDINGS)
    over = dict(axis("--over", each) for each in options.over) or {"m": (-5.0, 5.0, 100), "b": (-5.0, 5.0, 100)}
    model, points = options.model or "line", _points(options)
    with users_code(model):
        grid = surface(model, points, loss=options.loss or "mse", over=over, at=assignments("--start", options.start))
    if path.suffix.lower() == ".csv":
        grid.save(options.output)
    else:
        history = History.load(options.path) if options.path else None
        save(draw_surface(grid, history=history), options.output)
    print(text("cli.written", path=options.output))
    return 0


def _points(options: argparse.Namespace) -> "Points":
    import torch

    from gradlab.data import Points

    if options.point is None:
        return points_asked(options, EXAMPLE)
    if options.data:
        raise OptionError("cli.point_and_data", data=options.data)
    x, y = point("--point", options.point)
    return Points(*torch.tensor([[x], [y]], dtype=torch.float64))
