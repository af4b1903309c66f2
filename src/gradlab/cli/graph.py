"""`gradlab graph`: the computation graph of a script, as a picture, a page, or data."""

import argparse

from gradlab.cli.values import needed
from gradlab.messages import text

EXAMPLE = "gradlab graph train.py:loss -o graph.svg"


def run(options: argparse.Namespace) -> int:
    """Run the script, then write the graph under the tensor that was named."""
    from gradlab.files import check_output
    from gradlab.graph import WRITERS, graph_of_script, save

    script = needed("FILE.py", options.script, EXAMPLE)
    check_output(needed("-o FILE", options.output, EXAMPLE), WRITERS)
    path, colon, name = script.rpartition(":")
    path, name = (path, name) if colon and path.endswith(".py") else (script, "")
    save(graph_of_script(path, name or None), options.output)
    print(text("cli.written", path=options.output))
    return 0
