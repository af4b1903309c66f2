"""A progress bar, for a person who waits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gradlab.messages import text

BAR_AFTER = 1.0
"""Seconds before a progress bar appears: a run that is shorter needs none."""


@contextmanager
def bar(total: int, wanted: bool) -> Iterator[Callable[[int], object]]:
    """A bar on stderr, if there is a person to see it and the run takes more than a second; call it with steps done."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda done: None
        return
    from tqdm import tqdm

    unit = f" {text('descent.unit')}"
    with tqdm(total=total, delay=BAR_AFTER, leave=False, unit=unit, dynamic_ncols=True) as shown:
        yield shown.update
