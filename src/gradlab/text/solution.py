"""A certified answer as text: how it was found, each parameter with its error, goodness of fit, what to mind."""

import math
from collections.abc import Iterator
from itertools import islice

from gradlab.history.columns import named_numbers
from gradlab.messages import text
from gradlab.solve import Solution, Validation
from gradlab.solve.solution import LEVEL, Intervals
from gradlab.text.lines import aligned, hanging, plain

MOST_ROWS = 20
MOST_CORRELATED = 8
NAME_WIDTH = 14
ABSENT = "–"


def solution_text(
    solution: Solution,
    level: float = LEVEL,
    *,
    profile: Intervals | None = None,
    validation: Validation | None = None,
) -> str:
    """The whole answer for a terminal of 80 columns; intervals at `level`, from `profile` where it is given.

    >>> solution = gradlab.solve("m*x", gradlab.Points([1.0, 2.0, 3.0, 4.0], [2.1, 3.9, 6.0, 8.1]))
    >>> solution_text(solution).splitlines()[7:9]
    ['parameter  value  standard error      95 % interval', 'm           2.01         0.01732  1.95488 … 2.06512']
    """
    facts = solution_facts(solution)
    width = max(map(len, facts))
    lines = [line for label, fact in facts.items() for line in hanging(f"{label:<{width}}  ", fact)]
    lines += [*hanging("", solution.sentence()), "", *aligned(solution_rows(solution, level, profile, MOST_ROWS))]
    if (rest := len(solution.names) - MOST_ROWS) > 0:
        lines.append(text("text.and_more", count=rest))
    quality = quality_facts(solution, validation)
    width = max(map(len, quality))
    lines += ["", *(line for label, fact in quality.items() for line in hanging(f"{label:<{width}}  ", fact))]
    if shows_correlation(solution):
        lines += ["", text("solve.label_correlation"), *aligned(correlation_rows(solution))]
    for note in solution.warnings:
        lines += ["", *hanging(f"{text('solve.label_note')}: ", note.sentence())]
    return "\n".join(lines)


def solution_facts(solution: Solution) -> dict[str, str]:
    """What was solved and how, by label."""
    loss = getattr(solution.problem.loss, "name", type(solution.problem.loss).__name__)
    return {
        text("text.label_model"): plain(solution.problem.model.name, 60),
        text("text.label_points"): text("solve.points", n=solution.n, dof=solution.dof),
        text("text.label_method"): text(f"solve.method_{solution.method.replace('-', '_')}"),
        text("text.label_loss"): text("solve.loss", name=plain(loss), loss=solution.loss),
    }


def solution_rows(solution: Solution, level: float, profile: Intervals | None, most: int) -> list[list[str]]:
    """A header, and one row per number: name, value, standard error, interval; a frozen parameter has only a value."""
    errors, intervals = named_numbers(solution.standard_errors), profile or solution.intervals(level)
    head = "solve.head_profile" if profile else "solve.head_interval"
    header = [text("text.head_parameter"), text("text.head_value"), text("solve.head_error")]
    rows = [[*header, text(head, percent=100 * level)]]
    for name, value in islice(named_numbers(solution.params).items(), most):
        if name not in errors:
            rows.append([f"{plain(name, NAME_WIDTH)} {text('text.mark_frozen')}", f"{value:.10g}", "", ""])
            continue
        low, high = intervals.get(name, (float("nan"), float("nan")))
        error, known = errors[name], not math.isnan(errors[name])
        interval = f"{low:.6g} … {high:.6g}" if known else ABSENT
        rows.append([plain(name, NAME_WIDTH), f"{value:.10g}", f"{error:.4g}" if known else ABSENT, interval])
    return rows


def quality_facts(solution: Solution, validation: Validation | None) -> dict[str, str]:
    """How good the fit is, by label; what has no meaning for this loss is left out."""
    facts = {"sum_of_squares": solution.rss, "residual_sd": solution.residual_sd, "r_squared": solution.r_squared}
    facts |= {"aic": solution.aic, "bic": solution.bic} if solution.dof else {}
    shown = {text(f"solve.label_{name}"): f"{value:.8g}" for name, value in facts.items() if math.isfinite(value)}
    if validation is not None:
        label = text("solve.label_validation", folds=len(validation.folds))
        shown[label] = text("solve.validation", rmse=validation.rmse, within=validation.within, r2=validation.r_squared)
    return shown


def shows_correlation(solution: Solution) -> bool:
    """Whether there are correlations, and few enough for a table."""
    return 1 < len(solution.names) <= MOST_CORRELATED and solution.dof > 0


def correlation_rows(solution: Solution) -> list[list[str]]:
    """The correlations below the diagonal, with a header of names."""
    names = [plain(name, 8) for name in solution.names]
    related = solution.correlation.tolist()
    lower = [[name, *_lower(row, place)] for place, (name, row) in enumerate(zip(names, related, strict=True))]
    return [["", *names], *lower]


def _lower(row: list[float], place: int) -> Iterator[str]:
    yield from (ABSENT if math.isnan(value) else f"{value:.4f}" for value in row[:place])
    yield "1"
    yield from [""] * (len(row) - place - 1)
