"""The cell magic: `%load_ext gradlab.doctor`, then `%%gradlab_doctor` at the head of a cell with a training loop."""

from typing import Any

from gradlab.doctor.report import report
from gradlab.doctor.watching import watch


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython's `%load_ext`."""

    def gradlab_doctor(line: str, cell: str) -> None:
        """Run this cell and say what is wrong with its training loop."""
        watching = watch()
        with watching:
            outcome = shell.run_cell(cell)
        failure = outcome.error_in_exec
        if failure is not None:
            watching.ended_by(failure)
        print(report(watching.findings))

    shell.register_magic_function(gradlab_doctor, magic_kind="cell")
