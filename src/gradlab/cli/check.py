"""`gradlab check`: the written derivatives of a file, and what is wrong with them."""

import argparse

from gradlab.cli.values import needed

EXAMPLE = "gradlab check derivatives.py"


def run(options: argparse.Namespace) -> int:
    """Check them all; 1 where one is wrong."""
    from gradlab.gradcheck import check_file, verdicts_as_json, verdicts_as_text

    verdicts = check_file(needed("FILE.py", options.file, EXAMPLE))
    print(verdicts_as_json(verdicts) if options.json else verdicts_as_text(verdicts))
    return int(any(verdict.verdict == "wrong" for verdict in verdicts))
