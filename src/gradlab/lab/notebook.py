"""The notebook's host: the same front as a widget, the same session behind it, in the reader's own kernel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from gradlab import messages
from gradlab.lab import wire
from gradlab.lab.session import Session

_BUILT = Path(__file__).parent / "static" / "lab"


class LabWidget(anywidget.AnyWidget):
    """A lab in a cell. Nothing is synchronised but the language; all else are messages, answered as they come."""

    _esm = _BUILT.with_suffix(".js").read_text(encoding="utf-8")
    _css = _BUILT.with_suffix(".css").read_text(encoding="utf-8")
    lang = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__(lang=messages.language())
        self._session = session
        self.on_msg(self._answer)

    def _answer(self, widget: Any, content: Mapping[str, Any], buffers: list[Any]) -> None:
        for header, arrays in self._session.handle(content):
            described, raw = wire.split(header, arrays)
            self.send(described, raw)
