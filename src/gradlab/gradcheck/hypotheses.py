"""The single mistakes that can be made at each place of a recorded computation, each as a change on trial.

They are made by computation: from the expressions of the local derivatives, and from where an operation's result goes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor

from gradlab.expressions import Number, compile_expression
from gradlab.gradcheck.edges import STRAIGHT, Change, Computation, Local, Place, Step, elements_per_result, text_of
from gradlab.gradcheck.variants import variants
from gradlab.recorder import Operation, Value
from gradlab.rules import LINEAR, RULES, TENSOR_FUNCTIONS
from gradlab.rules.elementwise import is_condition, mentions

_QUANTITIES = 24

CODES = (
    "sign",
    "factor",
    "missing-factor",
    "sum-instead-of-mean",
    "swapped",
    "missing-inner-derivative",
    "value-instead-of-sign",
    "wrong-power",
    "missing-term",
    "extra-term",
    "other",
)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A mistake at one place, or at two: its code of the public list, and what it changes.

    `weight` orders explanations of the same size: the smaller, the likelier.
    """

    code: str
    change: Change
    step: Step
    weight: int


def hypotheses(computation: Computation, known: Collection[Place] = ()) -> list[Hypothesis]:
    """All single mistakes at every place that is not `known` already."""
    inner = _results_within(computation)
    found: list[Hypothesis] = []
    for place, step, operand in computation.places:
        if place not in known:
            mistakes = _at(step.operation, operand, step.operation.result in inner and _is_whole(step, operand))
            found += [Hypothesis(code, {place: local}, step, weight) for code, local, weight in mistakes]
    for step in {step.place: step for step in computation.steps if step.place not in known}.values():
        found += _at_whole(step, step.operation.result in inner)
    return found


def _is_whole(step: Step, operand: str) -> bool:
    """Whether the local derivative is that of an inner function, not only a factor in it: sin(w x), not sin(2 x²)."""
    value = next(value for _, name, value in step.edges if name == operand)
    return _is_plain(value) or is_nonlinear(step.operation, operand)


def _is_plain(value: Value) -> bool:
    """An argument, be it with its sign turned or something added."""
    source = value.source
    if source is None or source.name not in ("neg", "add", "sub"):
        return source is None
    return all(_is_plain(operand) for _, operand in source.values() if operand.tracked)


def _at_whole(step: Step, inner: bool) -> Iterator[Hypothesis]:
    """Mistakes with all that goes into one operation: its derivative left out, one of two cases taken for both."""
    if not _is_plain(step.operation.result):
        code, weight = ("missing-inner-derivative", 1) if inner else ("missing-factor", 5)
        yield Hypothesis(code, {step.place: STRAIGHT}, step, weight)
    if step.operation.name == "where":
        for case in ("a", "b"):
            change = {place: _one if operand == case else _nothing for place, operand, _ in step.edges}
            yield Hypothesis("missing-term", change, step, 3)


_Mistake = tuple[str, Local, int]


def _at(operation: Operation, operand: str, inner: bool) -> Iterator[_Mistake]:
    """The mistakes at one operand of one operation."""
    if operation.name == "mean":
        yield "sum-instead-of-mean", lambda s, p: p * s["count"], 1
    if operation.name == "sum":
        yield "factor", lambda s, p: p / s["count"], 4
    rule = RULES.get(operation.name)
    if rule is None or operand not in rule.partials or is_condition(rule.partials[operand]):
        return
    yield from _particular(operation, operand)
    if rule.partials[operand] not in (Number(1.0), Number(-1.0)):
        code, weight = ("missing-inner-derivative", 1) if inner else ("missing-factor", 3)
        yield code, _one, weight
        yield code, _minus_one, weight + 1
        for code, variant in variants(rule.partials[operand]):
            if variant != Number(1.0):
                yield code, _written(variant), 2 if code == "wrong-power" else 3
        yield "wrong-power" if operation.name in ("mul", "pow", "sqrt", "square") else "other", _not_derived, 4


def _particular(operation: Operation, operand: str) -> Iterator[_Mistake]:
    """What no expression of a local derivative shows: the value for the sign, a numerator forgotten."""
    if operation.name == "abs":
        yield "value-instead-of-sign", lambda s, p: s["a"], 1
        yield "value-instead-of-sign", _not_derived, 1
    if operation.name == "div" and operand == "b":
        yield "missing-factor", lambda s, p: -1 / (s["b"] * s["b"]), 3
        yield "missing-factor", lambda s, p: 1 / (s["b"] * s["b"]), 4
        yield "wrong-power", lambda s, p: -s["a"] / s["b"], 2
    if operation.name in ("add", "sub") and _comes_from_outside(operation.operands[operand]):
        yield "wrong-power", lambda s, p: p * s[operand], 4
    if operation.name == "mul":
        yield "wrong-power", lambda s, p: p * p, 4
    if operation.name in ("tan", "tanh"):
        cosine = torch.cos if operation.name == "tan" else torch.cosh
        yield "wrong-power", lambda s, p: 1 / cosine(s["a"]), 3
    if operation.name == "exp":
        yield "wrong-power", lambda s, p: s["a"] * torch.exp(s["a"] - 1), 3


def _comes_from_outside(operand: Any) -> bool:
    """An argument itself, whose derivative by itself is 1."""
    return isinstance(operand, Value) and operand.source is None


def _one(surroundings: Mapping[str, Any], local: Any) -> Any:
    return torch.ones_like(torch.as_tensor(local))


def _minus_one(surroundings: Mapping[str, Any], local: Any) -> Any:
    """Of −b·x the b left out, and the sign kept."""
    return -torch.ones_like(torch.as_tensor(local))


def _nothing(surroundings: Mapping[str, Any], local: Any) -> Any:
    return torch.zeros_like(torch.as_tensor(local, dtype=torch.float64))


def _not_derived(surroundings: Mapping[str, Any], local: Any) -> Any:
    """The function itself where its derivative belongs."""
    return surroundings["out"]


@cache
def _written(expression: Any) -> Local:
    compiled = compile_expression(expression, TENSOR_FUNCTIONS)
    return lambda surroundings, local: compiled(surroundings)


def is_nonlinear(operation: Operation, operand: str) -> bool:
    """Whether the local derivative depends on the operand itself or on the result."""
    rule = RULES.get(operation.name)
    if rule is None:
        return operation.name not in LINEAR
    partial = rule.partials.get(operand)
    squared = operation.name == "mul" and operation.operands["a"] is operation.operands["b"]
    return squared or (partial is not None and (mentions(partial, operand) or mentions(partial, "out")))


def _results_within(computation: Computation) -> set[Value]:
    """The results that go, sooner or later, into an operation that is not linear in them: inner functions."""
    inner: set[Value] = set()
    for step in computation.steps:
        for _, operand, value in step.edges:
            if step.operation.result in inner or is_nonlinear(step.operation, operand):
                inner.add(value)
    return inner


def without(place: Place) -> Change:
    """The path through this place forgotten."""
    return {place: _nothing}


def quantities(computation: Computation) -> dict[str, Tensor]:
    """The values along the way, by their source text: what a mistaken derivative may contain."""
    operations = [o for o in computation.recording.operations if o.result.tensor.is_floating_point()]
    named = {text_of(operation): operation.result.tensor.detach() for operation in operations}
    return dict(list(named.items())[:_QUANTITIES])


def points_averaged(computation: Computation) -> int:
    """Over how many elements the largest mean or sum on the way goes."""
    reduced = [step.operation for step in computation.steps if step.operation.name in ("mean", "sum")]
    return max((int(elements_per_result(operation)) for operation in reduced), default=1)
