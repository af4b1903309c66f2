"""`gradlab data`: points around a line, and what is bundled."""

import argparse
import json
from typing import Any

from gradlab.cli.values import needed, number, one_of, whole
from gradlab.messages import text


def run(options: argparse.Namespace) -> int:
    """Make points, or list the datasets."""
    what = one_of("gradlab data", needed("line|list", options.what, "gradlab data list"), ("line", "list"))
    return _line(options) if what == "line" else _list(options)


def _line(options: argparse.Namespace) -> int:
    from gradlab.data import noisy_line, write

    path = needed("-o FILE.csv", options.output, "gradlab data line --m 0.5 --n 50 -o points.csv")
    asked = {name: number(f"--{name}", getattr(options, name)) for name in ("m", "b", "sigma")}
    asked |= {
        "n": whole("--n", options.n),
        "x_max": number("--range", options.range),
        "seed": whole("--seed", options.seed),
    }
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    points = noisy_line(**{"m": 0.5, "b": 0.0, "n": 50} | given)
    write(points, path)
    print(text("cli.written", path=path))
    return 0


def _list(options: argparse.Namespace) -> int:
    from gradlab.data import dataset, datasets
    from gradlab.text import dataset_table

    found = [dataset(name) for name in datasets()]
    if options.json:
        facts = [{"name": d.name, "n": len(d.points), "formula": d.formula, "certified": d.certified} for d in found]
        print(json.dumps(facts, indent=1))
    else:
        print(dataset_table(found))
    return 0
