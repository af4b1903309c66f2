"""Measure, each comparison in a fresh process, and write the table."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.comparison import ROUNDS, Comparison, Result, measure

HERE = Path(__file__).parent
NOT_TOPICS = {"__init__", "__main__", "comparison", "diagnoses", "peers"}
TOPICS = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_TOPICS)
IN_A_SECOND = {"s": 1, "ms": 1e3, "µs": 1e6}


def in_fresh_process(topic: str, name: str) -> Result:
    """Only JSON comes back, so that no comparison sees what another has loaded or warmed up."""
    command = [sys.executable, "-m", "bench", topic, "--only", name]
    return Result(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def comparisons(topic: str) -> dict[str, Callable[[], Comparison]]:
    return {make.__name__: make for make in import_module(f"bench.{topic}").COMPARISONS}


def row(topic: str, result: Result) -> str:
    def time(seconds: float) -> str:
        return f"{seconds * IN_A_SECOND[result.unit]:.3g} {result.unit}"

    def other(named: tuple[str, float] | None, ratio: float | None) -> str:
        return f"{named[0]}: {time(named[1])} (× {ratio:.3g})" if named else "–"

    cells = [
        topic.replace("_", " "),
        result.what,
        time(result.ours),
        other(result.peer, result.times_peer),
        other(result.limit, result.times_limit),
        f"≤ {result.target}" if result.target else "–",
        ("met" if result.met else "**missed**") if result.target else "–",
    ]
    return f"| {' | '.join(cells)} |"


HEADING = """\
# What gradlab costs

Written by `make bench`: medians of {rounds} rounds in which all take turns, each row in a process of its own.
In brackets, ours / theirs. The ratios carry over to another machine, the times do not.
Measured on {cores} cores of {machine}, Python {python}, PyTorch {torch}.

| topic | what | ours | peer | limit | target | verdict |
|---|---|---|---|---|---|---|
"""


def heading() -> str:
    return HEADING.format(
        rounds=ROUNDS,
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        torch=version("torch"),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"all by default: {', '.join(TOPICS)}")
    parser.add_argument("--only", metavar="NAME", help="measure one comparison here and print it as JSON")
    options = parser.parse_args()
    if options.only:
        (topic,) = options.topics
        print(json.dumps(asdict(measure(comparisons(topic)[options.only]()))))
        return
    rows = []
    for topic in options.topics or TOPICS:
        for name in comparisons(topic):
            rows.append(row(topic, in_fresh_process(topic, name)))
            print(rows[-1], flush=True)
    if not options.topics:
        HERE.joinpath("RESULTS.md").write_text(heading() + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
