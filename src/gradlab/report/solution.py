"""A certified answer as one HTML page."""

from gradlab import messages
from gradlab.figures import draw_residuals, draw_solution
from gradlab.messages import text
from gradlab.report.pictures import as_picture
from gradlab.report.tables import Table, signed
from gradlab.report.templates import template
from gradlab.solve import Solution, Validation
from gradlab.solve.solution import LEVEL, Intervals
from gradlab.text.solution import correlation_rows, quality_facts, shows_correlation, solution_facts, solution_rows

MOST_PARAMETERS = 40


def solution_report(
    solution: Solution,
    level: float = LEVEL,
    *,
    profile: Intervals | None = None,
    validation: Validation | None = None,
    data: str = "DATA.csv",
) -> str:
    """The HTML text: outcome and warnings, parameters, goodness of fit, curve with bands, residuals, correlations.

    `data` names the file or dataset of the points. The page makes no request; what comes from the user is escaped.

    >>> solution = gradlab.solve("line", gradlab.noisy_line(0.5, 0.0, 20))
    >>> solution_report(solution).partition(">")[0]
    '<!doctype html'
    """
    points = solution.problem.points
    header, *rows = solution_rows(solution, level, profile, MOST_PARAMETERS)
    facts, quality, method = solution_facts(solution), quality_facts(solution, validation), text("text.label_method")
    related = correlation_rows(solution) if shows_correlation(solution) else []
    pictures = [as_picture(draw_residuals(points, solution.fitted), text("report.caption_residuals"))]
    if points.x.dim() == 1 or points.x.shape[1] == 1:
        pictures.insert(0, as_picture(draw_solution(solution, level), text("report.caption_solution")))
    return template("solution.html").render(
        language=messages.language(),
        text=messages.text,
        solution=solution,
        model=solution.problem.model.name,
        data=data,
        result=Table(header, signed(rows)),
        quality=[(label, facts[label]) for label in facts if label != method] + [*quality.items()],
        method=f"{method}: {facts[method]}",
        correlation=Table(related[0], signed(related[1:])) if related else None,
        pictures=pictures,
    )
