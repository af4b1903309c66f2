"""The recorded computation as a chain of local derivatives, any of which can be changed on trial.

An edge is one operand of one operation. A place is where the edge stands in the source: what is written once and runs
many times (in a loop, in a helper) is one place, and a mistake made there is made each time. `slopes` walks back as the
chain rule does, with other local derivatives put in at some places: what a person would have got who made that mistake.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import RecordingError
from gradlab.gradients.chain import passed_back
from gradlab.recorder import Operation, Recorder, Recording, Site, Value
from gradlab.recorder.functions import SYNONYMS
from gradlab.rules import COMPOSITES, PULLBACKS, RULES, partial_on_tensors, sum_to

Place = tuple[Any, ...]
"""Source position, operation, operand: the same for every run of the same piece of source."""

Local = Callable[[Mapping[str, Any], Any], Any]
"""A local derivative on trial: from the operands (and `out`) by name and the right local derivative."""

STRAIGHT = "straight"
"""In place of a Local: what arrives here goes to the arguments at once, as if all that lies inside had derivative 1."""

Change = Mapping[Place, Local | str]

_SPELLINGS = frozenset({*RULES, *PULLBACKS, *COMPOSITES, *SYNONYMS, "fabs", "max", "min"})
"""What the function is called where an operation is written as a call."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation on the way back: its edges that lead to an argument, each with its place, operand and Value.

    `leaves` are the arguments that it depends on.
    """

    operation: Operation
    place: Place
    edges: tuple[tuple[Place, str, Value], ...]
    leaves: frozenset[Value]


@dataclass(frozen=True, slots=True, eq=False)
class Computation:
    """One recorded evaluation: the arguments' Values by name, the Value at its end, and the steps back, last first."""

    recording: Recording
    leaves: Mapping[str, Value]
    end: Value
    steps: tuple[Step, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(_steps_back(self)))

    @property
    def places(self) -> list[tuple[Place, Step, str]]:
        """Each place once, with one step and operand that stand there; the last operation first."""
        found: dict[Place, tuple[Place, Step, str]] = {}
        for step in self.steps:
            for place, operand, _ in step.edges:
                found.setdefault(place, (place, step, operand))
        return list(found.values())

    def slopes(self, changed: Change) -> dict[str, Tensor]:
        """∂end/∂leaf for every leaf, the local derivatives changed at some places; the end is summed."""
        arrived = self.arrived(changed)
        return {name: arrived.get(leaf, torch.zeros_like(leaf.tensor)) for name, leaf in self.leaves.items()}

    def gives(self, right: Mapping[str, Tensor]) -> bool:
        """Whether walking back without a change gives the right slopes (summed over the points where they are more)."""
        try:
            slopes = self.slopes({})
        except (RuntimeError, TypeError, ValueError, RecordingError):
            return False
        summed = {n: r if r.shape == slopes[n].shape else r.sum(0) for n, r in right.items()}
        return all(torch.allclose(slopes[n], r, rtol=1e-5, equal_nan=True) for n, r in summed.items())

    def arrived(self, changed: Change) -> dict[Value, Tensor]:
        """∂end/∂value for every value on the way."""
        arrived = {self.end: torch.ones_like(self.end.tensor)}
        for step in self.steps:
            g = arrived.get(step.operation.result)
            if g is None:
                continue
            if changed.get(step.place) == STRAIGHT:
                passed = [(leaf, sum_to(g, leaf.tensor.shape)) for leaf in step.leaves]
            else:
                passed = _passed(step, g, changed)
            for value, slope in passed:
                arrived[value] = arrived[value] + slope if value in arrived else slope
        return arrived


def recorded(function: Callable[[dict[str, Tensor]], Any], at: Mapping[str, Tensor]) -> Computation | None:
    """Run `function` on leaves with the numbers of `at` and write down what it does; None where none can."""
    leaves = {name: value.detach().clone().requires_grad_() for name, value in at.items()}
    recorder = Recorder(sites=True)
    roots = {name: recorder.recording.value(leaf) for name, leaf in leaves.items()}
    try:
        with torch.enable_grad(), recorder:
            result = function(leaves)
            end = torch.stack(list(result)) if isinstance(result, list | tuple) else result
    except Exception:  # the user's function, which ran without a recorder: then there is nothing to look into
        return None
    if recorder.recording.through_a_view is not None or not isinstance(end, Tensor) or not end.requires_grad:
        return None
    return Computation(recorder.recording, roots, recorder.recording.value(end))


def _steps_back(computation: Computation) -> list[Step]:
    on_the_way, steps = {computation.end}, []
    places, leaves = _sources(computation.recording), _dependence(computation)
    for position in range(len(places) - 1, -1, -1):
        operation = computation.recording.operations[position]
        if operation.result in on_the_way:
            tracked = [(name, value) for name, value in operation.values() if value.tracked]
            on_the_way |= {value for _, value in tracked}
            edges = tuple(((*places[position], name), name, value) for name, value in tracked)
            steps.append(Step(operation, places[position], edges, leaves[operation.result]))
    return steps


def _dependence(computation: Computation) -> dict[Value, frozenset[Value]]:
    """Of every value, the leaves that it depends on."""
    found = {leaf: frozenset({leaf}) for leaf in computation.leaves.values()}
    for operation in computation.recording.operations:
        operands = [found[value] for _, value in operation.values() if value.tracked and value in found]
        found[operation.result] = frozenset().union(*operands)
    return found


def _sources(recording: Recording) -> list[Place]:
    """Where each operation stands: code, instruction, name, and which one of that name.

    Several kinds of operations at one position are hidden in a function that is not the user's (`l1_loss`, a model of
    gradlab): there they are counted. Without any source all operations are.
    """
    places: list[Place] = []
    for site, run in groupby(recording.operations, lambda operation: operation.site):
        operations = list(run)
        counted = len({operation.name for operation in operations}) > 1
        counts: Counter[str] = Counter()
        for operation in operations:
            counts[operation.name] += 1
            source = (len(places),) if site is None else (site.code, site.instruction)
            places.append((*source, operation.name, counts[operation.name] if counted else 0))
    return places


def text_of(operation: Operation) -> str:
    """The operation as the person wrote it; its name where it is hidden in a function that is not the user's."""
    return (operation.site and _text_at(operation.site)) or operation.name


@lru_cache(maxsize=4096)
def _text_at(site: Site) -> str:
    called = (site.called or "add").rpartition(".")[2]
    return site.text if called in _SPELLINGS else ""


def _passed(step: Step, g: Tensor, changed: Change) -> list[tuple[Value, Tensor]]:
    operation = step.operation
    here = {operand: changed[place] for place, operand, _ in step.edges if place in changed}
    if operation.name in RULES and here:
        return _by_rule(step, g, here)
    if operation.name in RULES or operation.name in PULLBACKS:
        passed = passed_back(operation, g, 0.0)
    else:
        passed = _by_autograd(step, g)
    if not here:
        return passed
    names = {value: operand for _, operand, value in step.edges}
    count = {"count": elements_per_result(operation)}
    return [(value, here[names[value]](count, d) if names[value] in here else d) for value, d in passed]  # type: ignore[operator]  # STRAIGHT is no edge's


def _by_rule(step: Step, g: Tensor, here: Mapping[str, Any]) -> list[tuple[Value, Tensor]]:
    operation, passed = step.operation, []
    surroundings = {**operation.tensors(), "out": operation.result.tensor, "kink": 0.0}
    for _, name, value in step.edges:
        if name in RULES[operation.name].partials:
            local = partial_on_tensors(operation.name, name)(surroundings)
            local = here[name](surroundings, local) if name in here else local
            passed.append((value, sum_to(g * torch.as_tensor(local, dtype=g.dtype), value.tensor.shape)))
    return passed


def _by_autograd(step: Step, g: Tensor) -> list[tuple[Value, Tensor]]:
    """An operation without a rule of ours (`norm`, `unbind`): autograd's own step, where it has one operand."""
    if len(step.edges) != 1:
        raise RecordingError("recorder.no_rule", operation=step.operation.name, known=", ".join(sorted(RULES)))
    value, result = step.edges[0][2], step.operation.result.tensor
    (slope,) = torch.autograd.grad(result, value.tensor, g, retain_graph=True, materialize_grads=True)
    return [(value, slope)]


def elements_per_result(operation: Operation) -> float:
    """How many elements a sum or mean took together."""
    first = operation.operands["a"].tensor if "a" in operation.operands else operation.result.tensor
    return first.numel() / max(operation.result.tensor.numel(), 1)
