"""The log of a run, step by step, as the lesson prints it."""

from collections.abc import Iterator
from itertools import islice

from gradlab.history import History
from gradlab.history.columns import Element
from gradlab.messages import text
from gradlab.text.lines import listed, plain

MOST_NUMBERS = 8


def step_log(history: History, at_most: int | None = None) -> Iterator[str]:
    """Line by line, each step: parameters, mean of y and of the prediction, loss, gradient, update.

    All steps, unless `at_most` allows fewer: then the first and the last ones, and between them how many were left out.
    The last row has been evaluated and not updated. Of many parameters the first 8 numbers are shown.

    >>> history = gradlab.fit("m*x", gradlab.Points([1.0], [2.0]), lr=0.25, steps=1)
    >>> print(*step_log(history), sep="\\n")
    ----- step 0
    m = 0
    mean of y: 2
    mean prediction: 0
    loss: 4
    gradient: ∂L/∂m = -4
    update: m + 1
    ----- step 1
    m = 1
    mean of y: 2
    mean prediction: 1
    loss: 1
    gradient: ∂L/∂m = -2
    """
    rows = len(history)
    kept = rows if at_most is None else min(rows, max(2, at_most))
    shown = list(islice(history.elements(), MOST_NUMBERS))
    for row in range(kept - kept // 2):
        yield from _step(history, shown, row)
    if kept < rows:
        yield f"[{text('text.steps_left_out', count=rows - kept)}]"
    for row in range(rows - kept // 2, rows):
        yield from _step(history, shown, row)


def _step(history: History, shown: list[Element], row: int) -> Iterator[str]:
    measured = {name: history[name][row].item() for name in ("step", "loss", "mean_y", "mean_prediction")}
    rest = sum(history[name][0].numel() for name in history.parameters) - len(shown)
    more = [text("text.and_more", count=rest)] if rest else []
    names = {each.name: plain(each.name) for each in shown}
    yield f"----- {text('text.step', **measured)}"
    yield from listed("", [*(f"{names[each.name]} = {each.values[row].item():.6g}" for each in shown), *more])
    yield text("text.mean_y", **measured)
    yield text("text.mean_prediction", **measured)
    yield text("text.loss", **measured)
    slopes = (f"∂L/∂{names[each.name]} = {each.gradient[row].item():.6g}" for each in shown)
    yield from listed(f"{text('text.gradient')}: ", [*slopes, *more])
    if row + 1 < len(history):
        updates = (_update(history, each, row) for each in shown)
        yield from listed(f"{text('text.update')}: ", [*updates, *more])


def _update(history: History, element: Element, row: int) -> str:
    """What the step added to a number or took from it, as in an assignment: `m - 0.0213`."""
    name = plain(element.name)
    if element.parameter in history.frozen:
        return text("text.frozen", name=name)
    change = (element.values[row + 1] - element.values[row]).item()
    return f"{name} {'-' if change < 0 else '+'} {abs(change):.6g}"
