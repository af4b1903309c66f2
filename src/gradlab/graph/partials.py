"""The local derivative on an edge as a formula in the user's names, where the operation has a rule: `3·a²`."""

from collections.abc import Callable
from typing import Any

from gradlab.algebra import simplified, spelled, substituted
from gradlab.expressions import Call as Function
from gradlab.expressions import Expression, Name, Number, names
from gradlab.graph.tape import Call, Record
from gradlab.rules import RULES

LONGEST = 22


def local_formula(call: Call, operand: str, result: str | None, word: Callable[[Record], str]) -> str:
    """∂result/∂operand, empty where there is no rule, no name for what it needs, or nothing but a number in it.

    `result` is the name of the operation's own result, `word` gives that of a Record (empty: it has none).
    """
    rule = RULES.get(call.operation)
    if rule is None or operand not in rule.partials:
        return ""
    known = {name: _expression(call.arguments[name], word) for name in rule.operands if name in call.arguments}
    value = substituted(rule.value, known)
    partial = substituted(rule.partials[operand], known | {"out": Name(result) if result else value})
    formula = simplified(general_case(simplified(partial)))
    words = spelled(formula)
    is_known = all(names(formula)) and not isinstance(formula, Number)
    return words if is_known and len(words) <= LONGEST else ""


def _expression(argument: Any, word: Callable[[Record], str]) -> Expression:
    return Name(word(argument)) if isinstance(argument, Record) else Number(float(argument))


def general_case(partial: Expression) -> Expression:
    """A partial without what it says of single points: of |a| the sign, whatever is chosen at 0."""
    match partial:
        case Function("where", (Function("eq", _) | Function("logical_and", (Function("eq", _), _)), _, general)):
            return general
    return partial
