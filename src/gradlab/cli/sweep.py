"""`gradlab sweep`: the same descent with one lr after the other."""

import argparse
import json
import math
from typing import TYPE_CHECKING

from gradlab.cli.fit import run_settings
from gradlab.cli.points import model_asked, points_asked
from gradlab.cli.values import assignments, decades
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.batch import LrSweep

EXAMPLE = "gradlab sweep points.csv --model line --lr 1e-5:1e-2:30 -o sweep.png"
ENDINGS = (".png", ".svg", ".pdf", ".csv")
LRS = "1e-5:1e-1:30"


def run(options: argparse.Namespace) -> int:
    """Walk with every lr, then tell, draw or write it; a run that diverges is an answer here, not a failure."""
    from gradlab.batch import sweep_lr
    from gradlab.cli.blame import users_code
    from gradlab.files import check_output
    from gradlab.models import resolve

    lrs = decades("--lr", options.lr or LRS)
    if options.output:
        check_output(options.output, ENDINGS)
    points = points_asked(options, EXAMPLE)
    name, start = model_asked(options.model, options.data, EXAMPLE)
    start |= assignments("--start", options.start)
    with users_code(name):
        found = sweep_lr(resolve(name, points.names), points, lrs, start=start, **run_settings(options))
    if options.output:
        _write(options.output, found)
    _show(options, found)
    return 0


def _write(path: str, found: "LrSweep") -> None:
    if path.lower().endswith(".csv"):
        found.save(path)
    else:
        from gradlab.figures import draw_sweep, save

        save(draw_sweep(found), path)


def _show(options: argparse.Namespace, found: "LrSweep") -> None:
    from gradlab.text import sweep_table

    if options.json:
        print(json.dumps(_as_json(found)))
        return
    print(sweep_table(found))
    if options.output:
        print(text("cli.written", path=options.output))


def _as_json(found: "LrSweep") -> dict[str, object]:
    """A number that is not finite becomes null, since JSON has no other word for it."""
    runs = found.runs
    return {
        "first_loss": _finite(found.first_loss),
        "stable_lr": _finite(found.stable_lr),
        "best": found.best,
        "runs": [
            {"lr": lr, "loss": _finite(loss), "steps": steps, "outcome": kind}
            for lr, loss, steps, kind in zip(
                found.lrs, runs.losses.tolist(), runs.steps.tolist(), runs.kinds, strict=True
            )
        ],
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
