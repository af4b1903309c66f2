"""Opening the lab: a widget in a notebook, a page in the browser everywhere else."""

import secrets
import sys
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradlab.errors import OptionError
from gradlab.messages import text

if TYPE_CHECKING:
    from gradlab.data import Points
    from gradlab.lab.server import Opened
    from gradlab.models import Model


def open_lab(
    points: "Points | None" = None, model: "str | Callable[..., Any] | Model | None" = None, *, port: int | None = None
) -> Any:
    """The laboratory on `points` (the lesson's, if none) and `model`: a name, a formula, or your own function.

    In a notebook it returns a widget, which needs the extra `notebook`; elsewhere it opens the browser and serves until
    Ctrl-C. Raises ModelError for a model that is none, OptionError where something to show it with is not installed.
    """
    from gradlab.lab.session import Session

    session = Session(points, model)
    if not in_notebook():
        serve_in_browser(lambda: Session(points, model), port)
        return None
    try:
        from gradlab.lab.notebook import LabWidget
    except ImportError as missing:
        raise OptionError("lab.no_widget", package=missing.name) from None
    return LabWidget(session)


def in_notebook() -> bool:
    """Whether this Python is the kernel of a notebook."""
    ask = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return ask is not None and hasattr(ask(), "kernel")


def serve_in_browser(opened: "Opened", asked: int | None = None, *, browser: bool = True) -> None:
    """Serve until Ctrl-C, on the port asked for or the next free one; says where, and opens it in the browser."""
    try:
        from gradlab.lab.server import free_port, serve
    except ImportError as missing:
        raise OptionError("cli.lab_not_installed", package=missing.name) from None
    port = free_port(asked)
    if asked and port != asked:
        print(text("cli.lab_other_port", asked=asked, port=port), file=sys.stderr)

    def ready(url: str) -> None:
        print(text("cli.lab_ready", url=url), flush=True)
        if browser:
            webbrowser.open(url)

    try:
        serve(opened, port, secrets.token_urlsafe(16), ready)
    except KeyboardInterrupt:
        print(text("cli.lab_closed"))
