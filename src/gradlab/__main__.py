"""`python -m gradlab`: the command, where its script is not on the path (torchrun starts it so)."""

import sys

from gradlab.cli import main

sys.exit(main())
