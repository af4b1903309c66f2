"""Values as text for a terminal of 80 columns: the log of the steps, the result of a fit, the datasets there are."""

from gradlab.text.datasets import dataset_table
from gradlab.text.log import step_log
from gradlab.text.result import summary
from gradlab.text.solution import solution_text
from gradlab.text.sweep import sweep_table

__all__ = ["dataset_table", "solution_text", "step_log", "summary", "sweep_table"]
