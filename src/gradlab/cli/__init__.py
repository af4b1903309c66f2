"""The command `gradlab`: what was typed, one room that answers, an exit status.

0 fine; 1 a finding, a wrong derivative, a run that diverged; 2 bad usage or bad input, said in one sentence on stderr;
130 after ctrl-C. PyTorch is imported by the commands that need it, never by `gradlab --help`.
"""

import os
import sys
from importlib import import_module

from gradlab import messages
from gradlab.cli.parser import parse
from gradlab.errors import GradlabError

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give back its exit status.

    >>> with messages.speaking("en"):
    ...     main(["data", "list", "--lang", "en"])
    dataset ...
    0
    """
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        if isinstance(options, int):
            return options
        if getattr(options, "lang", None):
            messages.set_language(options.lang)
        return import_module(f"gradlab.cli.{options.room}").run(options)
    except GradlabError as problem:
        print(f"gradlab: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"gradlab: {messages.text('cli.interrupted')}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `gradlab … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
