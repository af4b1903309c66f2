"""From the shell's prompt to the first line: what a person waits for."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from bench.comparison import Comparison, Contestant

GRADLAB = Path(sys.executable).with_name("gradlab")


def process(name: str, *command: str | Path) -> Contestant:
    return Contestant(name, lambda: subprocess.run(command, check=True, capture_output=True))


def help() -> Comparison:
    return Comparison(
        "`gradlab --help`",
        "s",
        ours=process("gradlab", GRADLAB, "--help"),
        limit=process("`python -c pass`", sys.executable, "-c", "pass"),
        seconds=0.12,
    )


def first_fit() -> Comparison:
    points = Path(mkdtemp()) / "points.csv"
    subprocess.run([GRADLAB, "data", "line", "--n", "50", "-o", points], check=True, capture_output=True)
    return Comparison(
        "`gradlab fit` on 50 points",
        "s",
        ours=process("gradlab", GRADLAB, "fit", points, "--model", "line"),
        peer=process("`import torch`", sys.executable, "-c", "import torch"),
        times_peer=1.3,
    )


COMPARISONS: list[Callable[[], Comparison]] = [help, first_fit]
