"""`gradlab lab`: the laboratory, in the browser."""

import argparse
from typing import TYPE_CHECKING

from gradlab.cli.values import whole

if TYPE_CHECKING:
    from gradlab.lab.session import Session


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from gradlab.lab.opening import serve_in_browser

    port = whole("--port", options.port)
    if options.data:
        _session(options.data)  # a mistake in the data is told here, before a browser opens
    serve_in_browser(lambda: _session(options.data), port, browser=not options.no_browser)
    return 0


def _session(data: str | None) -> "Session":
    from gradlab.lab.session import Session

    if not data:
        return Session()
    from gradlab.data import read

    return Session(read(data))
