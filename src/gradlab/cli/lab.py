"""`gradlab lab`: the laboratory, in the browser."""

import argparse
import secrets
import sys
import webbrowser
from typing import TYPE_CHECKING

from gradlab.cli.values import whole
from gradlab.errors import OptionError
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.lab.session import Session


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    try:
        from gradlab.lab.server import free_port, serve
    except ImportError as missing:
        raise OptionError("cli.lab_not_installed", package=missing.name) from None

    asked = whole("--port", options.port)
    port = free_port(asked)
    if asked is not None and port != asked:
        print(text("cli.lab_other_port", asked=asked, port=port), file=sys.stderr)
    if options.data:
        _session(options.data)  # a mistake in the data is told here, before a browser opens

    def ready(url: str) -> None:
        print(text("cli.lab_ready", url=url), flush=True)
        if not options.no_browser:
            webbrowser.open(url)

    try:
        serve(lambda: _session(options.data), port, secrets.token_urlsafe(16), ready)
    except KeyboardInterrupt:
        print(text("cli.lab_closed"))
    return 0


def _session(data: str | None) -> "Session":
    from gradlab.lab.session import Session

    if not data:
        return Session()
    from gradlab.data import read

    return Session(read(data))
