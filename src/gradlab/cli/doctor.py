"""`gradlab doctor`: a training script, run unchanged and watched."""

import argparse
import json
import sys

from gradlab.cli.values import needed

EXAMPLE = "gradlab doctor train.py"


def run(options: argparse.Namespace) -> int:
    """The findings on stderr, as JSON where asked; 130 after ctrl-C, 1 for an error or a warning, else the script's own
    status."""
    from gradlab.doctor import INTERRUPTED, diagnose_script, report, wrong
    from gradlab.files import check_output, write_atomically

    script = needed("SCRIPT.py", options.script, EXAMPLE)
    if options.json:
        check_output(options.json)
    diagnosis = diagnose_script(script, options.arguments)
    sys.stdout.flush()
    if diagnosis.exception is not None:
        sys.excepthook(type(diagnosis.exception), diagnosis.exception, diagnosis.exception.__traceback__)
    if options.json:
        found = [finding.as_dict() for finding in diagnosis.findings]
        with write_atomically(options.json) as path:
            path.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    print(report(diagnosis.findings), file=sys.stderr)
    return 1 if wrong(diagnosis.findings) and diagnosis.status != INTERRUPTED else diagnosis.status
