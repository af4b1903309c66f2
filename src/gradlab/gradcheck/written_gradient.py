"""Checking `grad_NAME` of a file against the loss and the model of the same file, on data made up for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradlab._types import Params
from gradlab.gradcheck.calling import Function, RefusalError, called, name_of, numbers, parameters_of
from gradlab.gradcheck.gradient import verdict_on
from gradlab.gradcheck.kinks import Kink
from gradlab.gradcheck.roles import Roles, defaults, is_vector, roles
from gradlab.gradcheck.samples import Layout, Sample, samples
from gradlab.gradcheck.situation import Judged, Situation, judged
from gradlab.gradcheck.translate import translated
from gradlab.gradcheck.verdict import Verdict, unsure
from gradlab.messages import text

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A gradient with its loss and model; without a model the loss takes the parameters itself."""

    gradient: Function
    loss: Function
    model: Function | None
    roles: Roles

    def followable(self) -> "Written":
        """Loss and model with PyTorch alone."""
        return replace(self, loss=translated(self.loss), model=translated(self.model) if self.model else None)

    def losses(self, given: Mapping[str, Any], params: Mapping[str, Any]) -> Tensor:
        """The loss as it is written: handed the prediction, the targets, and the parameters it asks for by name."""
        arguments = {name: given[mine] for name, mine in self.roles.targets.items()}
        arguments |= {name: given[name] for name in defaults(self.loss) if name in given}
        arguments |= {name: params[name] for name in parameters_of(self.loss) if name in params}
        if self.model is not None and self.roles.prediction is not None:
            arguments[self.roles.prediction] = self.prediction(given, params)
        return numbers(called(self.loss, _ordered(self.loss, arguments)))

    def prediction(self, given: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
        """The model at the parameters."""
        assert self.model is not None
        arguments = {name: given[mine] for name, mine in self.roles.data.items()}
        arguments |= {name: given[name] for name in defaults(self.model) if name in given}
        return called(self.model, _ordered(self.model, {**arguments, **params}))

    def answer(self, given: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
        """What the checked function returns, its prediction made consistent with the model."""
        arguments = {**given, **params}
        if self.roles.given and self.model is not None:
            arguments[self.roles.given] = self.prediction(given, params)
        return called(self.gradient, _ordered(self.gradient, arguments))


def _ordered(function: Function, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Those arguments that a function takes, in its own order."""
    return {name: arguments[name] for name in parameters_of(function) if name in arguments}


def check_written_gradient(
    gradient: Function, loss: Function, model: Function | None, parameters: Sequence[str], name: str
) -> Verdict:
    """Is `gradient` that of the mean of `loss`, by the parameters in the order of its own arguments?"""
    seen: RefusalError | None = None
    for wanted in _parameter_lists(model or loss, gradient, parameters):
        try:
            written = Written(gradient, loss, model, roles(gradient, loss, model, wanted))
        except RefusalError as refusal:
            seen = seen or refusal
            continue
        for layout in _layouts(written.roles):
            if not layout.has_vectors and seen is not None and seen.values.get("function") == name_of(gradient):
                break  # it could be handed vectors, and could not handle them: one point alone would hide that
            found, refusal_here = _judged_in(written, layout)
            if found:
                return verdict_on(name, found, kinks=_kinks(written, layout))
            seen = seen or refusal_here
    return unsure(name, None, str(seen or text("gradcheck.no_usable_input")))


def _parameter_lists(model: Function, gradient: Function, partnered: Sequence[str]) -> list[tuple[str, ...]]:
    """By which parameters: those with derivatives of their own, those that the gradient takes, those of the model."""
    all_of_model = tuple(name for name in parameters_of(model) if not is_vector(name))
    taken = tuple(name for name in parameters_of(gradient) if name in all_of_model)
    return [each for each in dict.fromkeys((tuple(partnered), taken, all_of_model)) if each]


def _layouts(found: Roles) -> Iterator[Layout]:
    """Data as vectors, parameters as single numbers; a matrix of data with weights; NumPy arrays; single points."""
    shapes: dict[str, Any] = {name: "vector" if is_vector(name) else "single" for name in found.asked_for}
    if "vector" not in shapes.values():
        shapes = dict.fromkeys(shapes, "vector")
    plain = shapes | dict.fromkeys(found.parameters, "single")
    yield Layout(plain)
    for matrix in list(found.data.values())[:1]:
        for count in range(1, len(found.parameters) + 1):
            for weights in list(combinations(found.parameters, count))[:3]:
                yield Layout(plain | {matrix: "matrix"} | dict.fromkeys(weights, "weights"))
    yield Layout(plain, "array")
    yield Layout(dict.fromkeys(plain, "single"))


def _judged_in(written: Written, layout: Layout) -> tuple[list[Judged], RefusalError | None]:
    found: list[Judged] = []
    refusal: RefusalError | None = None
    for tried, sample in enumerate(samples(layout, _keywords(written), written.roles.parameters)):
        if tried == _TRIES and not found:
            break
        try:
            found.append(judged(_situation(written, sample)))
        except RefusalError as refused:
            refusal = refusal or refused
    return found, refusal


def _keywords(written: Written) -> dict[str, Any]:
    """Those of the gradient that loss or model know as well."""
    known = {*parameters_of(written.loss), *(parameters_of(written.model) if written.model else ())}
    return {name: value for name, value in defaults(written.gradient).items() if name in known}


def _situation(written: Written, sample: Sample) -> Situation:
    parameters = written.roles.parameters
    given = {name: value for name, value in sample.arguments.items() if name not in parameters}
    params = {name: numbers(sample.arguments[name]) for name in parameters}
    plain = any(isinstance(value, np.ndarray) for value in given.values())
    tensors = {n: torch.as_tensor(value) if isinstance(value, np.ndarray) else value for n, value in given.items()}
    followable = written.followable()
    per_point = written.losses(given, _plain(params) if plain else params).dim() > 0
    return Situation(
        lambda params: _mean(written.losses(given, _plain(params) if plain else params)),
        lambda params: _mean(followable.losses(tensors, params)),
        params,
        written.answer(given, _plain(params) if plain else params),
        sample.n,
        per_point,
    )


def _mean(losses: Tensor) -> Tensor:
    return losses.mean() if losses.dim() else losses


def _plain(params: Params) -> dict[str, Any]:
    """As someone who works with NumPy has them."""
    return {name: float(value) if value.dim() == 0 else value.numpy() for name, value in params.items()}


def _kinks(written: Written, layout: Layout) -> list[Kink]:
    """What is answered where every prediction is exact: there |u| has its kink."""
    sample = next(samples(layout, _keywords(written)))
    params = {name: sample.arguments[name] for name in written.roles.parameters}
    targets = [mine for mine in written.roles.targets.values() if layout.shapes.get(mine) == "vector"]
    if written.model is None or not targets:
        return []
    try:
        exact = sample.with_argument(targets[0], written.prediction(sample.arguments, params))
        return list(judged(_situation(written, Sample(exact, sample.n))).kinks.values())
    except RefusalError:
        return []
