"""The six traps: the lesson's loop beside one that differs in a line or two, both really run."""

import difflib
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gradlab.curvature import largest_stable_lr
from gradlab.errors import OptionError
from gradlab.lab.loop import Program, write
from gradlab.lab.loop.program import INDENT
from gradlab.lab.loop.running import FILE, Running, beginning
from gradlab.lab.loop.spelling import number
from gradlab.lab.runs import Run

MOST_STEPS = 100
TOO_HIGH = 1.1
"""So many times the largest stable lr; where nothing curves, as under an absolute value, a hundred times the lr."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a loop: parameters and loss at each row it reached, and what PyTorch said where it stopped."""

    params: Tensor
    losses: Tensor
    raised: dict[str, Any] | None


def trap(name: str, run: Run) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Header and arrays of a `trap`: by plain descent along autograd's gradient, from the start of `run`.

    Raises OptionError for an unknown name.
    """
    if name not in TRAPS:
        raise OptionError("lab.unknown_trap", name=name[:40], known=", ".join(TRAPS), field="name")
    steps = min(run.state.steps, MOST_STEPS)
    state = replace(run.state, gradient="autograd", optimizer="sgd", batch=None, steps=steps)
    right = _as_in_the_lesson(write(state, run.model, run.start()))
    wrong = TRAPS[name](right, run)
    before = beginning(state, run.points)
    ran = {"right": _ran(right, before), "wrong": _ran(wrong, before)}
    header = {
        "name": name,
        "parameters": list(right.variables),
        "code_right": right.text,
        "code_wrong": wrong.text,
        "differs": _differing(right.text, wrong.text),
        "findings": _findings(wrong, before),
        **(ran["wrong"].raised or {"raised": None}),
    }
    arrays = {f"{side}_params": one.params for side, one in ran.items()}
    return header, arrays | {f"{side}_loss": one.losses for side, one in ran.items()}


def _as_in_the_lesson(program: Program) -> Program:
    """The lesson clears first, where there is something to clear: so a lost gradient shows where it is used."""
    *others, zero = program.blocks
    lines = [(f"if {v}.grad is not None:", f"{INDENT}{v}.grad.zero_()") for v in program.variables.values()]
    return replace(program, blocks=(replace(zero, lines=tuple(line for two in lines for line in two)), *others))


def _no_zero(right: Program, run: Run) -> Program:
    return replace(right, blocks=tuple(block for block in right.blocks if block.phase != "zero"))


def _rebind(right: Program, run: Run) -> Program:
    return _moving(right, lambda p: f"{INDENT}{p} = {p} - lr * {p}.grad", run)


def _no_no_grad(right: Program, run: Run) -> Program:
    _, *lines = right.block("update").lines
    return right.with_lines("update", *(line.strip() for line in lines))


def _wrong_sign(right: Program, run: Run) -> Program:
    return _moving(right, lambda p: f"{INDENT}{p} += lr * {p}.grad", run)


def _broadcast(right: Program, run: Run) -> Program:
    return replace(right, setup=("y = y.reshape(-1, 1)", *right.setup))


def _lr_too_high(right: Program, run: Run) -> Program:
    start = {name: run.history[name][0] for name in run.history.parameters}
    free = {name: value for name, value in start.items() if name not in run.state.freeze}
    stable = largest_stable_lr(lambda moving: run.objective({**start, **moving}), free)
    lr = TOO_HIGH * stable if 0 < stable < float("inf") else 100 * run.state.lr
    lines = [f"lr = {number(lr)}" if line.startswith("lr = ") else line for line in right.setup]
    return replace(right, setup=tuple(lines))


def _moving(right: Program, line_of: Callable[[str], str], run: Run) -> Program:
    free = [variable for name, variable in right.variables.items() if name not in run.state.freeze]
    return right.with_lines("update", right.block("update").lines[0], *map(line_of, free))


TRAPS: Mapping[str, Callable[[Program, Run], Program]] = {
    "no-zero": _no_zero,
    "rebind": _rebind,
    "no-no-grad": _no_no_grad,
    "wrong-sign": _wrong_sign,
    "broadcast": _broadcast,
    "lr-too-high": _lr_too_high,
}


def _ran(program: Program, before: Mapping[str, Any]) -> Ran:
    """Row by row, until the last step or until PyTorch, or Python, refuses."""
    running = Running(program, before)
    params: list[list[float]] = []
    losses: list[float] = []
    raised, step = None, 0
    running.set_up()
    try:
        for step in range(program.steps + 1):
            for block in program.blocks:
                if block.phase == "update":
                    params.append([value.item() for value in running.parameters().values()])
                    losses.append(running.variables["loss"].item())
                    if step == program.steps:
                        break
                running.phase(block.phase, step)
    except Exception as failure:  # whatever the wrong loop raises is what is to be shown
        said = f"{type(failure).__name__}: {failure}"
        raised = {"raised": said, "raised_step": step, "raised_line": _line_of(failure)}
    table = torch.tensor(params, dtype=torch.float64).reshape(len(params), len(program.variables))
    return Ran(table, torch.tensor(losses, dtype=torch.float64), raised)


def _findings(program: Program, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the doctor says of the wrong loop, run once more under its eyes, as its text stands."""
    from gradlab.doctor import watch  # brings torch.optim, which takes a second to import

    running = Running(program, before)
    watching = watch()
    with suppress(Exception), watching:  # what the loop raises leaves the watched block as it would leave a script
        running.whole()
    return [finding.as_dict() for finding in watching.findings]


def _line_of(failure: Exception) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(failure.__traceback__) if frame.filename == FILE]
    return lines[-1] if lines else None


def _differing(right: str, wrong: str) -> dict[str, list[int]]:
    """The lines, counted from 1, of each text that the other does not have."""
    matcher = difflib.SequenceMatcher(None, right.splitlines(), wrong.splitlines(), autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    return {
        "right": [line + 1 for _, first, last, _, _ in changes for line in range(first, last)],
        "wrong": [line + 1 for _, _, _, first, last in changes for line in range(first, last)],
    }
