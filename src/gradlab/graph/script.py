"""The graph of a script that nobody changes, and the files that a graph is written to."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from gradlab.errors import BadInputError, shortened
from gradlab.files import check_output, write_atomically
from gradlab.graph.graph import Graph
from gradlab.graph.tracing import Trace, trace
from gradlab.recorder import line_of_failure, read_script, run_script


def graph_of_script(path: str | os.PathLike[str], name: str | None = None) -> Graph:
    """Run the script at `path` and give the graph under its tensor `name`; default: the root of its last backward.

    Raises BadInputError: there is no such script, it does not parse, it raises; no backward was seen and no name given;
    nothing has that name (the nearest that has), it is no tensor, or no recorded operation made it.
    """
    code = read_script(path)
    namespace: dict[str, Any] = {}
    with trace() as watching:
        try:
            namespace = run_script(code, path)
        except SystemExit:
            pass
        except Exception as failure:
            reason = shortened(f"{type(failure).__name__}: {failure}", 200)
            line = line_of_failure(failure, path)
            raise BadInputError("graph.script_raised", path=os.fspath(path), line=line, reason=reason) from failure
    return watching.graph() if name is None else _named(watching, namespace, name)


def _named(watching: Trace, namespace: Mapping[str, Any], name: str) -> Graph:
    """A variable at the end of the script; failing that, what was so called in one of its functions."""
    if name not in namespace:
        return watching.graph(name)
    value = namespace[name]
    if not isinstance(value, Tensor):
        raise BadInputError("graph.not_a_tensor", name=name, kind=type(value).__name__)
    graph = watching.graph(value)
    if graph.node(graph.root).kind in ("leaf", "constant"):
        raise BadInputError("graph.not_recorded", name=name)
    return graph


def _svg(graph: Graph) -> str:
    return graph.svg()


def _html(graph: Graph) -> str:
    return graph.html()


def _json(graph: Graph) -> str:
    return json.dumps(graph.to_json(), ensure_ascii=False, indent=1) + "\n"


WRITERS: Mapping[str, Callable[[Graph], str]] = {".svg": _svg, ".html": _html, ".json": _json}
"""What a graph is written as, by the ending of the file."""


def save(graph: Graph, path: str | os.PathLike[str]) -> None:
    """Write `graph` to a file: .svg a picture, .html one to explore, .json everything in it.

    Raises OutputError: another ending, no such folder, not writable, disk full.
    """
    check_output(path, WRITERS)
    suffix = Path(path).suffix.lower()
    with write_atomically(path) as temporary:
        temporary.write_text(WRITERS[suffix](graph), encoding="utf-8")
