"""`gradlab solve`: the certified answer, its uncertainty, and what to mind about it."""

import argparse
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradlab.cli.points import model_asked, points_asked, sizes_asked
from gradlab.cli.values import assignments, intervals, number, whole
from gradlab.errors import OptionError

if TYPE_CHECKING:
    from gradlab.data import Points
    from gradlab.solve import Solution, Validation
    from gradlab.solve.solution import Intervals

EXAMPLE = 'gradlab solve points.csv --model "a*exp(-b*x)" --start a=5 --start b=0.1'
ENDINGS: Mapping[str, tuple[str, ...]] = {"figure": (".png", ".svg", ".pdf"), "report": (".html",)}
LEVEL = 0.95


def run(options: argparse.Namespace) -> int:
    """Solve, show, write; 1 where the search did not settle at a minimum."""
    from gradlab.cli.blame import users_code
    from gradlab.files import check_output

    for option, endings in ENDINGS.items():
        if path := getattr(options, option):
            check_output(path, endings)
    level, folds, seed = _level(options.level), whole("--folds", options.folds), whole("--seed", options.seed)
    points = points_asked(options, EXAMPLE)
    name, start = model_asked(options.model, options.data, EXAMPLE)
    with users_code(name):
        solution = _solved(options, points, name, start)
        profile = solution.profile(level) if options.profile else None
        validation = None if folds is None else solution.validate(folds, seed or 0)
    _show(options, solution, level, profile, validation)
    return 1 if solution.outcome == "unsettled" else 0


def _level(typed: str | None) -> float:
    level = number("--level", typed)
    if level is not None and not 0 < level < 1:
        raise OptionError("cli.level", typed=typed)
    return LEVEL if level is None else level


def _solved(options: argparse.Namespace, points: "Points", name: str, start: dict[str, float]) -> "Solution":
    from gradlab.models import resolve
    from gradlab.solve import solve

    n, weights, sigma_y = len(points), options.weights, options.sigma_y
    return solve(
        resolve(name, points.names),
        points,
        start | assignments("--start", options.start),
        freeze=options.freeze,
        bounds=intervals("--bounds", options.bounds),
        weights=sizes_asked("--weights", options, [weights] if weights else [], n),
        sigma_x=sizes_asked("--sigma-x", options, options.sigma_x, n),
        sigma_y=sizes_asked("--sigma-y", options, [sigma_y] if sigma_y else [], n),
        loss=options.loss or "mse",
    )


def _show(
    options: argparse.Namespace,
    solution: "Solution",
    level: float,
    profile: "Intervals | None",
    validation: "Validation | None",
) -> None:
    from gradlab.messages import text
    from gradlab.text import solution_text

    if options.json:
        print(json.dumps(_finite(as_json(solution, level, profile, validation))))
    else:
        print(solution_text(solution, level, profile=profile, validation=validation))
    if options.figure:
        from gradlab.figures import draw_solution, save

        save(draw_solution(solution, level), options.figure)
    if options.report:
        from gradlab.files import write_atomically
        from gradlab.report import solution_report

        page = solution_report(solution, level, profile=profile, validation=validation, data=options.data)
        with write_atomically(options.report) as path:
            path.write_text(page, encoding="utf-8")
    if not options.json:
        for written in filter(None, (options.figure, options.report)):
            print(text("cli.written", path=written))


def as_json(
    solution: "Solution", level: float, profile: "Intervals | None", validation: "Validation | None"
) -> dict[str, Any]:
    """All that there is to know, as JSON can hold it; what is not finite becomes null."""
    from dataclasses import asdict

    return {
        "params": {name: value.tolist() for name, value in solution.params.items()},
        "standard_errors": {name: value.tolist() for name, value in solution.standard_errors.items()},
        "intervals": solution.intervals(level),
        "profile": profile,
        "level": level,
        "names": solution.names,
        "correlation": solution.correlation.tolist(),
        "covariance": solution.covariance.tolist(),
        "n": solution.n,
        "dof": solution.dof,
        "residual_sd": solution.residual_sd,
        "rss": solution.rss,
        "r_squared": solution.r_squared,
        "aic": solution.aic,
        "bic": solution.bic,
        "loss": solution.loss,
        "loss_name": getattr(solution.problem.loss, "name", None),
        "outcome": solution.outcome,
        "sentence": solution.sentence(),
        "method": solution.method,
        "iterations": solution.iterations,
        "warnings": [{"code": note.code, "sentence": note.sentence()} for note in solution.warnings],
        "model": solution.problem.model.name,
        "validation": asdict(validation) if validation else None,
    }


def _finite(value: Any) -> Any:
    """JSON has no other word than null for a number that is not finite."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(each) for key, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
    return value
