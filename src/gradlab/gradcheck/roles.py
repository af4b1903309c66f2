"""What each argument of a `grad_NAME` stands for: a parameter, data of the model, the prediction, the target."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradlab.gradcheck.calling import Function, RefusalError, name_of, parameters_of
from gradlab.gradcheck.samples import is_data, is_prediction, is_target


@dataclass(frozen=True, slots=True)
class Roles:
    """How a gradient, a loss and a model go together.

    `data` gives for each argument of the model that is no parameter the gradient's own name for it, `targets` the same
    for the arguments of the loss other than `prediction`. `given` is the gradient's name for the prediction, if it is
    handed one.
    """

    parameters: tuple[str, ...]
    data: Mapping[str, str]
    targets: Mapping[str, str]
    prediction: str | None = None
    given: str | None = None

    @property
    def asked_for(self) -> list[str]:
        """What has to be made up besides the parameters, by the gradient's names."""
        return list(dict.fromkeys([*self.data.values(), *self.targets.values()]))


def roles(gradient: Function, loss: Function, model: Function | None, parameters: Sequence[str]) -> Roles:
    """Assign every argument, by equal names first, then by what names tell, then by order.

    Raises RefusalError where the gradient does not take what the model or the loss needs.

    >>> found = roles(lambda x_true, y_pred, y_true, m: 0, lambda p, y_true: 0, lambda m, inputs: 0, ["m"])
    >>> dict(found.data), dict(found.targets), found.prediction, found.given
    ({'inputs': 'x_true'}, {'y_true': 'y_true'}, 'p', 'y_pred')
    """
    takes = required(gradient)
    ordered = tuple(name for name in takes if name in parameters) or tuple(parameters)
    loss_needs = required(loss)
    if model is None:
        own = {name: name for name in loss_needs if name not in ordered}
        if missing := [name for name in own if name not in takes]:
            raise RefusalError("gradcheck.not_taken", function=name_of(gradient), names=", ".join(missing))
        return Roles(ordered, {}, own)
    prediction = next((name for name in loss_needs if is_prediction(name)), loss_needs[0] if loss_needs else None)
    wanted_data = [name for name in required(model) if name not in ordered]
    wanted_targets = [name for name in loss_needs if name != prediction and name not in ordered]
    free = [name for name in parameters_of(gradient) if name not in ordered]
    data, targets, given = _assigned(free, defaults(gradient), wanted_data, wanted_targets, prediction)
    missing = [name for name in wanted_targets if name not in targets]
    unseen = [name for name in wanted_data if name not in data]
    if given is not None:  # what went into the prediction need not be handed over again
        data |= {name: name for name in unseen}
    if missing := missing + [name for name in unseen if name not in data]:
        raise RefusalError("gradcheck.not_taken", function=name_of(gradient), names=", ".join(missing))
    return Roles(ordered, data, targets, prediction, given)


def required(function: Function) -> list[str]:
    """The arguments without a default."""
    return [name for name, parameter in parameters_of(function).items() if parameter.default is parameter.empty]


def defaults(function: Function) -> dict[str, Any]:
    """The arguments with a default."""
    return {name: p.default for name, p in parameters_of(function).items() if p.default is not p.empty}


def is_vector(name: str) -> bool:
    """Whether it is likely to be one number per point."""
    return is_data(name) or is_prediction(name)


def _assigned(
    free: list[str],
    optional: Collection[str],
    wanted_data: list[str],
    wanted_targets: list[str],
    prediction: str | None,
) -> tuple[dict[str, str], dict[str, str], str | None]:
    data = {name: name for name in wanted_data if name in free}
    targets = {name: name for name in wanted_targets if name in free}
    given = prediction if prediction in free else None
    taken = {*data, *targets, given, *optional}
    rest = [name for name in free if name not in taken]
    if given is None:
        given = next((name for name in rest if is_prediction(name)), None)
        rest = [name for name in rest if name != given]
    open_targets = [name for name in wanted_targets if name not in targets]
    for name in [name for name in rest if is_target(name)][: len(open_targets)]:
        targets[open_targets.pop(0)] = name
        rest.remove(name)
    open_data = [name for name in wanted_data if name not in data]
    for wanted, name in zip(open_data, list(rest), strict=False):
        data[wanted] = name
        rest.remove(name)
    for wanted, name in zip(open_targets, list(rest), strict=False):
        targets[wanted] = name
    return data, targets, given
