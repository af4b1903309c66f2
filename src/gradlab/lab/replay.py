"""A run as one page that replays it: no Python behind it, no network, nothing that was not run."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from torch import Tensor

from gradlab.errors import OptionError
from gradlab.lab import wire

HERE = Path(__file__).parent
BUILT = HERE / "static" / "lab"
MOST_INSIDES = 60
"""Every row keeps its numbers; of a longer run the insides of so many are kept, evenly spaced, and of the last."""

Handle = Callable[[Mapping[str, Any]], Iterator[tuple[dict[str, Any], dict[str, Tensor]]]]


def page(handle: Handle, state: Mapping[str, Any], language: str) -> str:
    """The lab's own front, and the very frames that `handle` answers for `state`; other questions are refused there."""

    def frame(kind: str, **more: Any) -> str:
        ((header, arrays),) = handle({"type": kind, "state": state, "lang": language, **more})
        return _text(wire.pack(header | changes.get(kind, {}), arrays))

    changes = {"hello": {"state": dict(state), "recorded": True}}
    ((solution, _),) = handle({"type": "solve", "state": state, "lang": language})
    problem = OptionError("lab.recorded_only")
    refused: dict[str, Any] = {
        "type": "refused",
        "key": problem.key,
        "values": {},
        "sentence": str(problem),
        "field": None,
    }
    recorded = {
        "hello": frame("hello"),
        "solve": frame("solve"),
        "steps": {index: frame("step", index=index) for index in _insides(solution["rows"])},
        "refused": _text(wire.pack(refused)),
    }
    return _rendered(recorded, language)


def _insides(rows: int) -> list[int]:
    return sorted({*range(0, rows, -(-rows // MOST_INSIDES)), rows - 1})


def _text(frame: bytes) -> str:
    return base64.b64encode(frame).decode()


def _rendered(recorded: Mapping[str, Any], language: str) -> str:
    """Inside a script element only its own end tag and a comment's beginning have to be spelt otherwise."""
    source = BUILT.with_suffix(".js").read_text(encoding="utf-8")
    environment = Environment(autoescape=False, undefined=StrictUndefined)
    return environment.from_string((HERE / "replay.html").read_text(encoding="utf-8")).render(
        language=language,
        style=BUILT.with_suffix(".css").read_text(encoding="utf-8"),
        source=source.replace("</script", "<\\/script").replace("<!--", "<\\!--"),
        recorded=json.dumps(recorded),
    )
