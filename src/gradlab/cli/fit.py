"""`gradlab fit`: points and a model in, a descent and everything it showed out."""

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradlab.cli.points import model_asked, points_asked
from gradlab.cli.values import assignments, number, one_of, whole

if TYPE_CHECKING:
    from gradlab.cli.answer import Answer
    from gradlab.data import Points
    from gradlab.history import History
    from gradlab.models import Model

EXAMPLE = "gradlab fit norris --model line --standardise --lr 0.1"
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "history": (".csv", ".json", ".parquet"),
    "figure": (".png", ".svg", ".pdf"),
    "report": (".html",),
}
STATUS: Mapping[str, int] = {"diverged": 1, "interrupted": 130}


def run(options: argparse.Namespace) -> int:
    """Fit, show, write; 1 where the run diverged."""
    from gradlab.cli.answer import answer_to
    from gradlab.cli.blame import users_code
    from gradlab.descent import fit
    from gradlab.history import History
    from gradlab.models import resolve

    _check_outputs(options)
    points = points_asked(options, EXAMPLE)
    earlier = History.load(options.resume) if options.resume else None
    known = options.model or (earlier.settings.get("model") if earlier else None)
    name, start = model_asked(known, options.data, EXAMPLE)
    with users_code(name):
        model = resolve(name, points.names)
        _warn(points, model)
        start |= assignments("--start", options.start)
        history = fit(model, points, start=start, resume=earlier, **_settings(options, earlier))
        answer = answer_to(model, points, history)
    _write(options, answer)
    _show(options, answer)
    return STATUS.get(history.outcome.kind, 0)


def _check_outputs(options: argparse.Namespace) -> None:
    """Before any work is done: a long run must not be lost to a folder that is not there."""
    from gradlab.files import check_output

    for option, endings in ENDINGS.items():
        if path := getattr(options, option):
            check_output(path, endings)


def _settings(options: argparse.Namespace, earlier: "History | None") -> dict[str, Any]:
    """The options as the arguments of `fit`; what is not given is an earlier run's, or the default."""
    return {
        **DEFAULTS,
        **{name: value for name, value in (earlier.settings if earlier else {}).items() if name in DEFAULTS},
        **{name: value for name, value in _given(options).items() if value is not None},
        "progress": not options.quiet,
    }


DEFAULTS: Mapping[str, Any] = {
    "loss": "mse",
    "freeze": (),
    "lr": 1e-3,
    "gradient": "autograd",
    "delta": None,
    "kink": 0.0,
    "optimizer": "sgd",
    "batch_size": None,
    "seed": 0,
    "standardise": False,
}


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """Only what was typed: None stands for an option that was not."""
    engine = one_of("--engine", options.engine, ("auto", "eager", "fused"))
    return {"lr": number("--lr", options.lr), "engine": engine, **_typed(options)}


def run_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What was typed of the options that every run has, whatever its lr."""
    return {name: value for name, value in _typed(options).items() if value is not None}


def _typed(options: argparse.Namespace) -> dict[str, Any]:
    import torch

    return {
        "loss": options.loss,
        "freeze": options.freeze or None,
        "steps": whole("--steps", options.steps),
        "gradient": options.gradient,
        "delta": number("--delta", options.delta),
        "kink": number("--kink", one_of("--kink", options.kink, ("-1", "0", "1"))),
        "optimizer": options.optimizer,
        "batch_size": whole("--batch-size", options.batch_size),
        "seed": whole("--seed", options.seed),
        "standardise": options.standardise or None,
        "until": number("--until", options.until),
        "dtype": getattr(torch, one_of("--dtype", options.dtype, ("float64", "float32")) or "", None),
        "device": options.device,
    }


def _warn(points: "Points", model: "Model") -> None:
    """What is allowed, but seldom meant."""
    from gradlab.messages import text

    n, unknowns = len(points), len(model.parameters)
    columns = dict(zip(points.names, points.x.reshape(n, -1).T, strict=True))
    constant = [name for name, column in columns.items() if bool((column == column[0]).all())]
    if n == 1:
        print(text("cli.warn_one_point"), file=sys.stderr)
    elif n < unknowns:
        print(text("cli.warn_few_points", n=n, unknowns=unknowns), file=sys.stderr)
    elif constant:
        print(text("cli.warn_constant", name=constant[0], value=columns[constant[0]][0].item()), file=sys.stderr)


def _write(options: argparse.Namespace, answer: "Answer") -> None:
    if options.history:
        answer.history.save(options.history)
    if options.figure:
        from gradlab.figures import save

        save(answer.figure(), options.figure)
    if options.report:
        from gradlab.files import write_atomically

        with write_atomically(options.report) as path:
            path.write_text(answer.as_page(options.data, options.y or "y"), encoding="utf-8")


def _show(options: argparse.Namespace, answer: "Answer") -> None:
    """With --json the standard output is one object and nothing else; what a person reads goes to stderr then."""
    from gradlab.messages import text

    if options.log:
        from gradlab.text import step_log

        people = sys.stderr if options.json else sys.stdout
        for line in step_log(answer.history):
            print(line, file=people)
    if options.json:
        print(answer.as_json())
    if not options.quiet and (reason := answer.history.engine_sentence()):
        print(f"gradlab: {reason}", file=sys.stderr)
    if not options.quiet and not options.json:
        print(answer.as_text())
        for path in filter(None, (options.history, options.figure, options.report)):
            print(text("cli.written", path=path))
    elif answer.history.outcome.kind == "diverged":
        print(f"gradlab: {answer.history.outcome.sentence()}", file=sys.stderr)
