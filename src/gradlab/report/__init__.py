"""A run, or a certified answer, as one HTML page that needs nothing beside it."""

from collections.abc import Callable
from typing import Any

from gradlab import messages
from gradlab.data import Points
from gradlab.history import History
from gradlab.history.columns import named_numbers
from gradlab.models import Model, resolve
from gradlab.report.pictures import pictures
from gradlab.report.reproduce import Recipe
from gradlab.report.solution import solution_report
from gradlab.report.tables import result_table, settings_table, step_tables
from gradlab.report.templates import template
from gradlab.text.result import Numbers, result_notes

__all__ = ["report", "solution_report"]


def report(
    history: History,
    points: Points,
    model: str | Callable[..., Any] | Model,
    *,
    exact: Numbers | None = None,
    own: Numbers | None = None,
    true: Numbers | None = None,
    data: str = "DATA.csv",
    y: str = "y",
) -> str:
    """The HTML text: result, how the run ended, figures, settings, steps, and how to get the run again.

    `points` are those that the descent saw. `exact` is a known answer, by parameter, and `own` are the parameters of x
    as it was measured where the run used a standardised one (then `exact` is in the same units as `own`); `true` draws
    the true curve. `data` and `y` name the file or dataset and its column of y, for the lines that repeat the run.

    Pictures and styles are inside the page; it holds no script and makes no request, and all that comes from the user
    is escaped. In the language in force.

    >>> points = gradlab.noisy_line(0.5, 0.0, 20)
    >>> report(gradlab.fit("line", points, steps=3), points, "line").partition(">")[0]
    '<!doctype html'
    """
    resolved = resolve(model, points.names)
    learned = {} if own else named_numbers(exact or {})  # the figures show the parameters that the run itself had
    recipe = Recipe(history, resolved, data, y)
    few, many = step_tables(history)
    return template("page.html").render(
        language=messages.language(),
        text=messages.text,
        history=history,
        model=resolved.name,
        n=len(points),
        data=data,
        result=result_table(history, exact, own),
        notes=result_notes(own),
        pictures=list(pictures(history, points, resolved, learned, true)),
        settings=settings_table(history),
        few=few,
        many=many,
        recipe=recipe if recipe.is_complete() else None,
    )
