"""All derivatives of a person's file, checked."""

import os
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from gradlab.errors import BadInputError, GradlabError
from gradlab.gradcheck.calling import Function, parameters_of, quietly
from gradlab.gradcheck.derivative import check_derivative
from gradlab.gradcheck.loading import Loaded, load
from gradlab.gradcheck.pairs import Derivative, derivatives, loss_of, model_of
from gradlab.gradcheck.samples import is_data
from gradlab.gradcheck.verdict import Verdict, unsure
from gradlab.gradcheck.written_gradient import check_written_gradient
from gradlab.messages import text


def check_file(path: str | os.PathLike[str]) -> list[Verdict]:
    """A verdict on each written derivative of the file at `path`, in its order.

    Paired by name: `NAME_d_ARG` with `NAME`, and `grad_NAME` with `NAME_loss` or `NAME` and the model of the file. Of
    the file only the definitions are run. Raises BadInputError: no such file, it does not parse, no pairs.
    """
    loaded = load(path)
    functions = _functions(loaded)
    pairs = {pair.name: pair for pair in derivatives(functions)}
    asked = [name for name in functions if _is_own(functions[name], path) and (name in pairs or _is_gradient(name))]
    if not asked:
        raise BadInputError("gradcheck.no_pairs", path=os.fspath(path), failures=_failures(loaded))
    with quietly():
        return [_verdict(name, pairs.get(name), functions, loaded) for name in asked]


def _functions(loaded: Loaded) -> dict[str, Function]:
    """What can be called and tells its arguments, in the order of the file."""
    found = {}
    for name, value in loaded.namespace.items():
        if callable(value) and not isinstance(value, type) and not name.startswith("__"):
            try:
                parameters_of(value)
            except GradlabError:
                continue
            found[name] = value
    return found


def _is_own(function: Function, path: str | os.PathLike[str]) -> bool:
    """Written in this file, not imported into it."""
    return not isinstance(function, FunctionType) or function.__code__.co_filename == os.fspath(path)


def _is_gradient(name: str) -> bool:
    return name.startswith("grad_") and len(name) > len("grad_")


def _failures(loaded: Loaded) -> str:
    """What raised while the definitions were run, as a sentence of its own; empty if nothing did."""
    told = [text("gradcheck.failed_line", line=line, raised=raised) for line, raised in loaded.failures]
    return "".join(f" {each}" for each in told[:2])


def _verdict(name: str, pair: Derivative | None, functions: Mapping[str, Function], loaded: Loaded) -> Verdict:
    try:
        found = _judged(name, pair, functions)
    except GradlabError as problem:
        found = unsure(name, pair.argument if pair else None, str(problem).rstrip("."))
    if found.verdict == "unsure" and loaded.failures:
        return found.with_note(_failures(loaded).strip())
    return found


def _judged(name: str, pair: Derivative | None, functions: Mapping[str, Function]) -> Verdict:
    if pair is not None:
        return check_derivative(functions[name], functions[pair.base], pair.argument, name=name)
    loss = loss_of(name, functions)
    if loss is None:
        rest = name.removeprefix("grad_")
        return unsure(name, None, text("gradcheck.no_loss", wanted=f"{rest}_loss", other=rest))
    model = model_of(name, loss, functions)
    if model is not None:
        return check_written_gradient(functions[name], functions[loss], functions[model[0]], model[1], name)
    own: list[Any] = [
        p for p in parameters_of(functions[loss]) if p in parameters_of(functions[name]) and not is_data(p)
    ]
    if not own:
        return unsure(name, None, text("gradcheck.no_model"))
    return check_written_gradient(functions[name], functions[loss], None, own, name)
