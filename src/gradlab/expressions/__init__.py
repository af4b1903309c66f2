"""Expressions as values: the one notation for rules and for formulas that a person types.

`parse` turns text into a tree of `Number`, `Name` and `Call`; nothing is ever evaluated as Python. Operators become
calls with the names of operations (`a*b` is `Call("mul", …)`), so that a reader needs one table: `compile_expression`
takes functions of numbers or tensors, others write MathML or machine code.
"""

from gradlab.expressions.reader import ALIASES, CONSTANTS, MAX_DEPTH, MAX_EXPONENT, MAX_LENGTH, parse
from gradlab.expressions.tree import Call, Expression, Name, Number, compile_expression, names, walk

__all__ = [
    "ALIASES",
    "CONSTANTS",
    "MAX_DEPTH",
    "MAX_EXPONENT",
    "MAX_LENGTH",
    "Call",
    "Expression",
    "Name",
    "Number",
    "compile_expression",
    "names",
    "parse",
    "walk",
]
