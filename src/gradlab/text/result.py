"""The result of a fit as a table."""

from collections.abc import Iterator, Mapping
from itertools import islice

from torch import Tensor

from gradlab.history import History
from gradlab.history.columns import named_numbers
from gradlab.messages import text
from gradlab.text.lines import aligned, hanging, plain

MOST_ROWS = 20
NAME_WIDTH = 14
DIGITS = 8
Numbers = Mapping[str, float | Tensor]


def summary(history: History, exact: Numbers | None = None, *, own: Numbers | None = None) -> str:
    """How a fit was run and ended, and each parameter with its value and its partial derivative.

    `exact` sets the optimum of the run's own objective beside the values, by parameter, and the distance that is left.
    A run on standardised x learned the parameters of that x; `own` are those of x as it was measured, which are shown
    and compared instead. Of many numbers the first 20 are shown.

    >>> history = gradlab.fit("m*x", gradlab.Points([1.0, 2.0], [2.0, 4.0]), lr=0.1, steps=3)
    >>> print(summary(history, {"m": torch.tensor(2.0)}))
    model   m*x
    points  2
    method  autograd; sgd, lr 0.1; engine eager
    loss    mse, from 10 at the start to 0.15625 at the end
    The 3 steps are done: loss 0.15625, gradient norm 1.25.
    <BLANKLINE>
    parameter  value  gradient  least squares  distance
    m           1.75     -1.25              2     -0.25
    """
    lines = [*_facts(history), "", *aligned(result_rows(history, exact, own, MOST_ROWS, DIGITS))]
    if more := numbers_left_out(history, MOST_ROWS):
        lines.append(more)
    for note in result_notes(own):
        lines += ["", *hanging("", note)]
    return "\n".join(lines)


def _facts(history: History) -> Iterator[str]:
    settings, first, last = history.settings, history.losses[0].item(), history.losses[-1].item()
    facts = {
        text("text.label_model"): plain(str(settings.get("model", "")), 60),
        text("text.label_points"): str(settings.get("n", "")),
        text("text.label_method"): _method(history) if settings else "",
        text("text.label_loss"): text("text.losses", name=settings.get("loss", ""), first=first, last=last),
    }
    width = max(map(len, facts))
    for label, fact in facts.items():
        if fact:
            yield from hanging(f"{label:<{width}}  ", fact)
    yield from hanging("", history.outcome.sentence())


def _method(history: History) -> str:
    settings = history.settings
    parts = [str(settings.get("gradient", ""))]
    if settings.get("delta") is not None:
        parts[0] += f", Δ = {settings['delta']}"
    parts.append(f"{settings.get('optimizer', '')}, lr {settings.get('lr', 0):.6g}")
    if settings.get("batch_size"):
        parts.append(text("text.batches", size=settings["batch_size"], seed=settings.get("seed")))
    parts.append(text("text.engine", name=history.engine))
    return "; ".join(parts)


def result_rows(
    history: History, exact: Numbers | None, own: Numbers | None, most: int, digits: int
) -> list[list[str]]:
    """A header, and one row per number: name, value, then what is known of it; of many, the first `most`."""
    columns = ["parameter", "value", *([] if own else ["gradient"]), *(["exact", "distance"] if exact else [])]
    values, answers = named_numbers(own or history.params), named_numbers(exact or {})
    squared = history.settings.get("loss", "mse") == "mse"
    heads = [column if squared or column != "exact" else "optimum" for column in columns]
    rows = [[text(f"text.head_{head}") for head in heads]]
    for element in islice(history.elements(), most):
        value, answer = values[element.name], answers.get(element.name)
        mark = f" {text('text.mark_frozen')}" if element.parameter in history.frozen else ""
        cells = {"parameter": plain(element.name, NAME_WIDTH) + mark, "value": f"{value:.{digits}g}"}
        cells["gradient"] = f"{element.gradient[-1].item():.4g}"
        cells["exact"] = "" if answer is None else f"{answer:.{digits}g}"
        cells["distance"] = "" if answer is None else f"{value - answer:.3g}"
        rows.append([cells[column] for column in columns])
    return rows


def result_notes(own: Numbers | None) -> list[str]:
    """What must be said of the rows: whose x the parameters are for."""
    return [text("text.own_units")] if own else []


def numbers_left_out(history: History, most: int) -> str:
    """How many numbers there are beyond the first `most`; nothing if none."""
    count = sum(history[name][0].numel() for name in history.parameters) - most
    return text("text.and_more", count=count) if count > 0 else ""
