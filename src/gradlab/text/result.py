"""The result of a fit as a table."""

from collections.abc import Iterator, Mapping
from itertools import islice

from torch import Tensor

from gradlab.history import History
from gradlab.history.columns import elements
from gradlab.messages import text
from gradlab.text.lines import aligned, hanging, plain

MOST_ROWS = 20
NAME_WIDTH = 14
Numbers = Mapping[str, Tensor]


def summary(history: History, exact: Numbers | None = None, *, own: Numbers | None = None) -> str:
    """How a fit was run and ended, and each parameter with its value and its partial derivative.

    `exact` sets a known answer beside the values, by parameter (the least-squares solution of a model linear in its
    parameters), and the distance that is left. A run on standardised x learned the parameters of that x; `own` are
    those of x as it was measured, which are shown and compared instead. Of many numbers the first 20 are shown.

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
    lines = [*_facts(history), "", *_parameters(history, exact or {}, own)]
    if own:
        lines += ["", *hanging("", text("text.own_units"))]
    if exact and history.settings.get("loss", "mse") != "mse":
        lines += ["", *hanging("", text("text.other_loss", loss=history.settings["loss"]))]
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


def _parameters(history: History, exact: Numbers, own: Numbers | None) -> list[str]:
    """One row per number: name, value, then what is known of it."""
    values, slopes, answers = (dict(_flat(numbers)) for numbers in (own or history.params, history.gradient, exact))
    header = ["parameter", "value", *([] if own else ["gradient"]), *(["exact", "distance"] if exact else [])]
    rows = [[text(f"text.head_{column}") for column in header]]
    for name, (parameter, value) in islice(values.items(), MOST_ROWS):
        answer = answers.get(name, (parameter, None))[1]
        cells = {"parameter": _named(history, parameter, name), "value": f"{value:.8g}"}
        cells["gradient"] = f"{slopes[name][1]:.4g}" if name in slopes else ""
        cells["exact"] = "" if answer is None else f"{answer:.8g}"
        cells["distance"] = "" if answer is None else f"{value - answer:.3g}"
        rows.append([cells[column] for column in header])
    lines = aligned(rows)
    return [*lines, text("text.and_more", count=len(values) - MOST_ROWS)] if len(values) > MOST_ROWS else lines


def _flat(numbers: Numbers) -> Iterator[tuple[str, tuple[str, float]]]:
    """Each number by its name, with the parameter that it is part of."""
    for parameter, tensor in numbers.items():
        for index, name in elements(parameter, tensor.shape):
            yield name, (parameter, tensor[index].item())


def _named(history: History, parameter: str, name: str) -> str:
    shown = plain(name, NAME_WIDTH)
    return f"{shown} {text('text.mark_frozen')}" if parameter in history.frozen else shown
