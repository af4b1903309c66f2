"""One session of the lab: a message in, messages out. No browser, no socket; two tabs are two sessions."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradlab import messages
from gradlab.data import Points, datasets, read
from gradlab.errors import GradlabError, OptionError, shortened
from gradlab.history.columns import named_numbers
from gradlab.lab.compare import delta, race
from gradlab.lab.exports import as_file, export
from gradlab.lab.replay import page
from gradlab.lab.runs import Runs
from gradlab.lab.solving import Answer, solve
from gradlab.lab.state import MAX_GRID, MAX_POINTS, MAX_STEPS, lesson_points, made_points, read_index, read_state
from gradlab.lab.step import step
from gradlab.lab.traps import trap
from gradlab.models import NAMES as MODELS
from gradlab.models import Model, resolve
from gradlab.rules import FORMULA_FUNCTIONS


class Session:
    """What a host holds: it answers `handle(message)`, and remembers only the points and model it was opened with."""

    def __init__(self, points: Points | None = None, model: str | Callable[..., Any] | Model | None = None) -> None:
        self.points = points
        self.model = model if isinstance(model, str) or model is None else resolve(model)
        self._runs = Runs({} if not isinstance(self.model, Model) else {self.model.name: self.model})
        self._answers: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
            "hello": self._welcome,
            "solve": self._solve,
            "step": self._step,
            "export": self._export,
            "trap": self._trap,
            "race": lambda message: race(message.get("states"), self._runs.of),
            "delta": self._delta,
            "points": _points,
            "csv": _csv,
        }

    def handle(self, message: Mapping[str, Any]) -> Iterator[Answer]:
        """The answers to one message, each with the message's id; whatever is wrong becomes a `refused`."""
        kind, known = str(message.get("type")), message.get("id")
        named = {"id": known if isinstance(known, int) else None}
        try:
            if kind not in self._answers:
                raise OptionError("lab.unknown_message", name=kind[:40], known=", ".join(self._answers))
            with messages.speaking(_language(message)):
                header, arrays = self._answers[kind](message)
                yield {"type": _ANSWER.get(kind, kind), **named, **header}, arrays
        except GradlabError as problem:
            yield _refused(problem, message) | named, {}
        except Exception as problem:  # a function of the user's may raise anything; the tab stays usable
            said = shortened(f"{type(problem).__name__}: {problem}", 200)
            yield _refused(OptionError("lab.failed", problem=said), message) | named, {}

    def _solve(self, message: Mapping[str, Any]) -> Answer:
        state = read_state(message.get("state"))
        return solve(self._runs.of(state), state)

    def _step(self, message: Mapping[str, Any]) -> Answer:
        return step(self._runs.of(read_state(message.get("state"))), read_index(message.get("index"))), {}

    def _export(self, message: Mapping[str, Any]) -> Answer:
        run, what = self._runs.of(read_state(message.get("state"))), message.get("what")
        if what != "html":
            return export(run, str(what))
        state = {**message["state"], **_as_lists(run.state.points)[0]}
        return as_file("html", "text/html", page(self.handle, state, messages.language()).encode())

    def _trap(self, message: Mapping[str, Any]) -> Answer:
        return trap(str(message.get("name")), self._runs.of(read_state(message.get("state"))))

    def _delta(self, message: Mapping[str, Any]) -> Answer:
        return delta(self._runs.of(read_state(message.get("state"))), read_index(message.get("index", 0)))

    def _welcome(self, message: Mapping[str, Any]) -> Answer:
        import torch

        points = self.points if self.points is not None else lesson_points()
        initial: dict[str, Any] = {"points": {"x": points.x.tolist(), "y": points.y.tolist()}}
        if self.points is not None:
            initial |= {"source": {"kind": "own"}, "model": "line", "loss": "mse", "start": {}, "freeze": []}
        if self.model is not None:
            name = self.model.name if isinstance(self.model, Model) else self.model
            initial |= {"model": name, "start": {}, "freeze": []}
        header = {
            "torch": torch.__version__,
            "models": [_model(resolve(name.replace(":K", ":3"))) for name in MODELS if name != "plane"]
            + [_model(own) for own in [self.model] if isinstance(own, Model)],
            "losses": ["mae", "mse", "huber", "logcosh", "quantile:0.9"],
            "optimizers": ["sgd", "momentum", "nesterov", "adam"],
            "gradients": ["autograd", "chain-rule"]
            + [f"finite-difference:{scheme}" for scheme in ("central", "forward", "richardson")],
            "datasets": [name for name in datasets() if read(name).x.dim() == 1],
            "functions": sorted(FORMULA_FUNCTIONS),
            "limits": {"points": MAX_POINTS, "steps": MAX_STEPS, "grid": MAX_GRID},
            "state": initial,
        }
        return header, {}


_ANSWER = {"hello": "welcome", "solve": "solution", "csv": "points"}


def _language(message: Mapping[str, Any]) -> str:
    asked = message.get("lang")
    return asked if asked in messages.LANGUAGES else messages.language()


def _model(model: Model) -> dict[str, Any]:
    return {"name": model.name, "parameters": list(model.parameters), "start": named_numbers(model.start)}


def _points(message: Mapping[str, Any]) -> Answer:
    return _as_lists(made_points(message.get("source")))


def _csv(message: Mapping[str, Any]) -> Answer:
    """Pasted or dropped text, read as a file would be; it never touches another file of the machine."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    pasted = message.get("text")
    if not isinstance(pasted, str):
        raise OptionError("lab.malformed")
    with TemporaryDirectory() as folder:
        path = Path(folder, "pasted.csv")
        path.write_text(pasted, encoding="utf-8", errors="replace")
        names = pasted.partition("\n")[0].strip().split(",")
        x, y = ("x", "y") if {"x", "y"} <= set(names) or len(names) != 2 else (names[0], names[1])
        points = read(path, x=x, y=y)
    if len(points) > MAX_POINTS:
        raise OptionError("lab.too_many", field="points", count=len(points), limit=MAX_POINTS)
    return _as_lists(points)


def _as_lists(points: Points) -> Answer:
    return {"points": {"x": points.x.tolist(), "y": points.y.tolist()}}, {}


def _refused(problem: GradlabError, message: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence in the language asked for, and its key, so that the front can say it in another one later."""
    with messages.speaking(_language(message)):
        sentence = str(problem)
    values = {name: value for name, value in problem.values.items() if isinstance(value, str | int | float)}
    usable = {n: v if not isinstance(v, float) or math.isfinite(v) else str(v) for n, v in values.items()}
    field = problem.values.get("field")
    return {"type": "refused", "key": problem.key, "values": usable, "sentence": sentence, "field": field}
