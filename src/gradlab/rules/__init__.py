"""What gradlab knows of operations: elementwise as expressions, structural as functions, composites as programs."""

from gradlab.rules.arrays import ARRAY_FUNCTIONS
from gradlab.rules.composite import COMPOSITES
from gradlab.rules.elementwise import FORMULA_FUNCTIONS, RULES, Rule
from gradlab.rules.structural import LINEAR, PULLBACKS, sum_to
from gradlab.rules.tensors import TENSOR_FUNCTIONS, partial_on_tensors, value_on_tensors

__all__ = [
    "ARRAY_FUNCTIONS",
    "COMPOSITES",
    "FORMULA_FUNCTIONS",
    "LINEAR",
    "PULLBACKS",
    "RULES",
    "TENSOR_FUNCTIONS",
    "Rule",
    "partial_on_tensors",
    "sum_to",
    "value_on_tensors",
]
