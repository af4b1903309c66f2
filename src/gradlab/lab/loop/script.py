"""A whole script around the loop: its points, the loop that keeps every row, and nothing of gradlab."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from gradlab.lab.loop.program import INDENT, Program, is_batched, write
from gradlab.lab.runs import Run
from gradlab.messages import text

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of the script: prose in Markdown, or code."""

    kind: Literal["prose", "code"]
    text: str


def sections(run: Run) -> list[Section]:
    """The script in the order of its run; at its end the list `history` has one dictionary for each row.

    Each number in it is the run's own: bit for bit, except that a chain rule written out rounds in another order.
    """
    program = write(run.state, run.model, run.start(), exact=True)
    found = [
        Section("prose", text("loop.script_title", model=run.model.name, loss=run.state.loss)),
        Section("code", _points(run)),
    ]
    if is_batched(run.state):
        found += [Section("prose", text("loop.script_batches")), Section("code", _batches(run))]
    loop = "\n".join([*program.setup, f"steps = {run.history.steps}", "history = []"])
    return [*found, Section("prose", text("loop.script_loop")), Section("code", loop), Section("code", _loop(program))]


def as_script(pieces: Iterable[Section]) -> str:
    """One Python file; prose as comments."""
    parts = []
    for piece in pieces:
        commented = "\n".join(f"# {line}" for line in textwrap.wrap(piece.text, WIDTH - 2))
        parts.append(commented if piece.kind == "prose" else piece.text + "\n")
    return "\n".join(parts)


def _points(run: Run) -> str:
    """The points as they were before standardising, each number in full."""
    names = ("all_x", "all_y") if is_batched(run.state) else ("x", "y")
    points = run.state.points
    imports = ["from hashlib import blake2b", "", "import torch"] if is_batched(run.state) else ["import torch"]
    columns = [_tensor(name, column) for name, column in zip(names, (points.x, points.y), strict=True)]
    scale = run.history.settings["standardise"]
    scaled = [f"{names[0]} = ({names[0]} - {scale['mean'][0]!r}) / {scale['sd'][0]!r}"] if scale else []
    return "\n".join([*imports, "", *columns, *scaled])


def _tensor(name: str, column: Tensor) -> str:
    lines, line = [], INDENT
    for value in column.tolist():
        piece = f"{value!r}, "
        if len(line) + len(piece) > WIDTH:
            lines.append(line.rstrip())
            line = INDENT
        line += piece
    body = "\n".join([*lines, line.rstrip()])
    return f"{name} = torch.tensor([\n{body}\n], dtype=torch.float64)"


def _batches(run: Run) -> str:
    """The draw of `descent.batches`, written out."""
    size = run.state.batch
    return f'''def batch_of(step):
    epoch, position = divmod(step, -(-len(all_x) // {size}))
    seed = int.from_bytes(blake2b(f"{run.state.seed},{{epoch}}".encode(), digest_size=8).digest(), "big") >> 1
    order = torch.randperm(len(all_x), generator=torch.Generator().manual_seed(seed))
    return order[position * {size} : (position + 1) * {size}]
'''


def _loop(program: Program) -> str:
    """The loop; each row is kept after its gradient, and the last one is not followed by an update."""
    lines = ["for step in range(steps + 1):"]
    for block in program.blocks:
        if block.phase == "update":
            lines += [f"{INDENT}{line}" for line in _keeping(program)]
        lines += [f"{INDENT}# {line}" for line in block.comment.splitlines()]
        lines += [f"{INDENT}{line}" for line in block.lines]
    return "\n".join(lines)


def _keeping(program: Program) -> Sequence[str]:
    columns = {"step": "step", "loss": "loss.item()", "mean_y": "y.mean().item()"}
    columns |= {"mean_prediction": "y_pred.mean().item()"}
    columns |= {name: f"{variable}.item()" for name, variable in program.variables.items()}
    columns |= {f"grad_{name}": f"{slope}.item()" for name, slope in program.slopes.items()}
    return [
        "history.append({",
        *(f'{INDENT}"{name}": {value},' for name, value in columns.items()),
        "})",
        'print(", ".join(f"{name} {value:.6g}" for name, value in history[-1].items()))',
        "if step == steps:",
        f"{INDENT}break",
    ]
