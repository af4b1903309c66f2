"""The loop, put together: what stands before it, its phases, and the whole as text with the lines of each phase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gradlab.lab.loop.gradient import WrittenGradient, written_gradient
from gradlab.lab.loop.losses import written_loss
from gradlab.lab.loop.prediction import WrittenModel, written_model
from gradlab.lab.loop.spelling import bracketed, number
from gradlab.lab.loop.updates import WrittenUpdate, written_update
from gradlab.lab.state import State
from gradlab.messages import text
from gradlab.models import Model

PHASES = ("predict", "loss", "gradient", "update", "zero")
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Block:
    """One phase of the loop: its lines, not yet indented, and the comment above them."""

    phase: str
    lines: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Program:
    """A training loop as source. `variables` are the parameters' names in it, `slopes` those of their gradients.

    It expects `x` and `y` (with mini-batches `all_x` and `all_y`) to be there; `text` runs as it is after them.
    """

    setup: tuple[str, ...]
    blocks: tuple[Block, ...]
    steps: int
    variables: Mapping[str, str]
    slopes: Mapping[str, str]

    @property
    def text(self) -> str:
        return "\n".join(self._lines()[0]) + "\n"

    def lines_of(self, phase: str) -> list[int]:
        """The lines of `text` that do it, counted from 1; none where the phase needs none."""
        return self._lines()[1][phase]

    def block(self, phase: str) -> Block:
        return next(block for block in self.blocks if block.phase == phase)

    def with_lines(self, phase: str, *lines: str) -> "Program":
        """The same loop with other lines in one phase."""
        blocks = (replace(block, lines=lines) if block.phase == phase else block for block in self.blocks)
        return replace(self, blocks=tuple(blocks))

    def _lines(self) -> tuple[list[str], dict[str, list[int]]]:
        lines = [*self.setup, "", f"for step in range({self.steps}):"]
        places: dict[str, list[int]] = {}
        for block in self.blocks:
            lines += [f"{INDENT}# {line}" for line in block.comment.splitlines()]
            places[block.phase] = list(range(len(lines) + 1, len(lines) + 1 + len(block.lines)))
            lines += [f"{INDENT}{line}" for line in block.lines]
        return lines, places


def write(state: State, model: Model, start: Mapping[str, float], *, exact: bool = False) -> Program:
    """The loop of `state`, comments in the language in force; see `written_update` for `exact`.

    Raises OptionError for what has no source: a function of the user's that was typed away, or one without a formula
    where derivatives are to be written out.
    """
    written, loss = written_model(model), written_loss(state.loss, state.kink)
    gradient = written_gradient(state.gradient, state.delta, state.kink, written, loss)
    moving = [
        (written.variables[name], gradient.slopes[name]) for name in written.variables if name not in state.freeze
    ]
    update = written_update(state.optimizer, moving, exact=exact)
    predict = f"y_pred = {written.text}"
    batch = ("rows = batch_of(step)", "x, y = all_x[rows], all_y[rows]") if is_batched(state) else ()
    blocks = (
        Block("predict", (*batch, predict), text("loop.predict_batch" if batch else "loop.predict")),
        Block("loss", (*loss.before, f"loss = {bracketed(loss.value)}.mean()"), text("loop.loss")),
        Block("gradient", gradient.lines, text(f"loop.gradient_{gradient.kind}")),
        Block("update", _update_lines(update, gradient), _update_comment(state, gradient, exact)),
        Block("zero", _zero_lines(written, gradient), text("loop.zero") if gradient.tracked else ""),
    )
    setup = _setup(state, written, start, gradient, update)
    return Program(setup, blocks, state.steps, written.variables, gradient.slopes)


def is_batched(state: State) -> bool:
    """Whether a step sees less than all points."""
    return state.batch is not None and state.batch < len(state.points)


def _setup(
    state: State, model: WrittenModel, start: Mapping[str, float], gradient: WrittenGradient, update: WrittenUpdate
) -> tuple[str, ...]:
    tracked = ", requires_grad=True" if gradient.tracked else ""
    preamble: Sequence[str] = [*model.preamble.splitlines(), "", ""] if model.preamble else []
    parameters = [
        f"{variable} = torch.tensor({start[name]!r}, dtype=torch.float64{tracked})"
        for name, variable in model.variables.items()
    ]
    return (*preamble, *gradient.setup, *parameters, f"lr = {number(state.lr)}", *update.setup)


def _update_lines(update: WrittenUpdate, gradient: WrittenGradient) -> tuple[str, ...]:
    if not gradient.tracked:
        return update.lines
    return ("with torch.no_grad():", *(f"{INDENT}{line}" for line in update.lines))


def _update_comment(state: State, gradient: WrittenGradient, exact: bool) -> str:
    sentences = [text("loop.update_no_grad" if gradient.tracked else "loop.update")]
    if state.freeze:
        sentences.append(text("loop.frozen", names=", ".join(state.freeze)))
    exactly = f"\n{text('loop.exact')}" if exact and state.optimizer == "sgd" else ""
    return "; ".join(sentences) + exactly


def _zero_lines(model: WrittenModel, gradient: WrittenGradient) -> tuple[str, ...]:
    return tuple(f"{variable}.grad.zero_()" for variable in model.variables.values()) if gradient.tracked else ()
