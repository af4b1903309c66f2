"""`gradlab lesson`: the lesson, run."""

import argparse
import sys
from pathlib import Path

from gradlab import messages
from gradlab.cli.values import whole
from gradlab.errors import LessonError


def run(options: argparse.Namespace) -> int:
    """Text to the terminal, text and figures to a folder; 1 where a cell of the lesson failed."""
    from gradlab.lesson import teach

    try:
        teach(messages.language(), whole("--seed", options.seed) or 0, Path(options.output or "gradlab-lesson"))
    except LessonError as failure:
        print(f"gradlab: {failure}", file=sys.stderr)
        return 1
    return 0
