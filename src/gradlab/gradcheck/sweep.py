"""How wrong a finite difference is for each size of Δ, beside what theory says; and what is left of it in a fit.

Too large a Δ and the function bends within it (truncation), too small and the digits run out (rounding):

    forward      Δ/2 · |L''|      +  ε (|L| + |p L'|) / Δ
    central      Δ²/6 · |L'''|    +  ε (|L| + |p L'|) / 2Δ
    richardson   Δ⁴/480 · |L⁽⁵⁾|  +  3 ε (|L| + |p L'|) / Δ

with the derivatives along the one element p that is moved and ε half the spacing of the dtype at 1. Where Δ reaches
over a kink theory says nothing: `kinks` counts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gradlab._types import ObjectiveFunction, Params
from gradlab.curvature import hessian_vector_product
from gradlab.errors import OptionError
from gradlab.gradients import finite_difference
from gradlab.objective import Objective
from gradlab.recorder import Operation, Recorder

_TRUNCATION: Mapping[str, tuple[int, int, float]] = {
    "forward": (2, 1, 1 / 2),
    "central": (3, 2, 1 / 6),
    "richardson": (5, 4, 1 / 480),
}
"""Of each scheme: which derivative, which power of Δ, times what."""

_ROUNDING: Mapping[str, float] = {"forward": 1.0, "central": 0.5, "richardson": 3.0}


@dataclass(frozen=True, slots=True, eq=False)
class DeltaSweep:
    """Errors of finite differences of one element over K sizes of Δ, each tensor of shape (K,).

    `errors` and `theory` are by label, "central float64", ready for `figures.draw_delta_error`; `kinks[k]` is how many
    kinks (of |u|, relu, maximum, …; one for each point) lie between p − Δ and p + Δ.
    """

    name: str
    derivative: float
    deltas: Tensor
    errors: Mapping[str, Tensor]
    theory: Mapping[str, Tensor]
    kinks: Tensor

    @property
    def best(self) -> dict[str, float]:
        """The Δ with the least error, by label; of several equals the largest, which is the safest from rounding."""
        return {label: float(self.deltas[error == error.min()].max()) for label, error in self.errors.items()}


def delta_sweep(
    objective: ObjectiveFunction,
    params: Params,
    name: str,
    *,
    index: tuple[int, ...] = (),
    deltas: Tensor | None = None,
    schemes: Sequence[str] = ("forward", "central"),
    dtypes: Sequence[torch.dtype] = (torch.float64,),
) -> DeltaSweep:
    """|finite difference − derivative| of the element `params[name][index]`, over Δ, per scheme and dtype.

    The derivative is autograd's in float64. Without `deltas` 55 of them from 1e-9 to 1, evenly by their logarithms.
    An `Objective` is evaluated wholly in each dtype; a bare function in whatever its own data are.

    Raises OptionError for a name that is no parameter, an unknown scheme, a Δ that is not positive.

    >>> at = {"a": torch.tensor(2.0, dtype=torch.float64)}
    >>> swept = delta_sweep(lambda p: p["a"] ** 3, at, "a", deltas=torch.tensor([1.0, 0.1]), schemes=["central"])
    >>> swept.errors["central float64"]
    tensor([1.0000, 0.0100], dtype=torch.float64)
    """
    if name not in params:
        raise OptionError.unknown("gradcheck.no_parameter", name, list(params))
    deltas = torch.logspace(-9, 0, 55, dtype=torch.float64) if deltas is None else deltas.to(torch.float64)
    exact = _in(torch.float64, objective), _params_in(torch.float64, params)
    derivatives = _derivatives(*exact, name, index)
    size = abs(derivatives[0]) + abs(float(exact[1][name][index]) * derivatives[1])
    errors, theory = {}, {}
    for dtype in dtypes:
        for scheme in schemes:
            label = f"{scheme} {str(dtype).removeprefix('torch.')}"
            found = _differences(_in(dtype, objective), _params_in(dtype, params), (name, index), deltas, scheme)
            errors[label] = (found - derivatives[1]).abs()
            theory[label] = _theory(scheme, dtype, deltas, derivatives, size)
    kinks = torch.tensor([_kinks_between(*exact, (name, index), delta) for delta in deltas.tolist()])
    shown = name + (f"[{','.join(map(str, index))}]" if index else "")
    return DeltaSweep(shown, derivatives[1], deltas, errors, theory, kinks)


def _in(dtype: torch.dtype, objective: ObjectiveFunction) -> ObjectiveFunction:
    if not isinstance(objective, Objective):
        return objective
    return Objective(objective.model, objective.loss, objective.points.to(dtype))


def _params_in(dtype: torch.dtype, params: Params) -> Params:
    return {name: value.detach().to(dtype) for name, value in params.items()}


def _moved(params: Params, element: tuple[str, tuple[int, ...]], shift: float | Tensor) -> Params:
    name, index = element
    mask = torch.zeros_like(params[name])
    mask[index] = 1
    return {**params, name: params[name] + shift * mask}


def _derivatives(objective: ObjectiveFunction, params: Params, name: str, index: tuple[int, ...]) -> list[float]:
    """L, L', L'', … L⁽⁵⁾ along one element."""
    shift = torch.zeros((), dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        value = objective(_moved(params, (name, index), shift))
        found = [float(value.detach())]
        for _ in range(5):
            if value.requires_grad:
                (value,) = torch.autograd.grad(value, shift, create_graph=True, materialize_grads=True)
                found.append(float(value.detach()))
            else:
                found.append(0.0)
    return found


def _differences(
    objective: ObjectiveFunction, params: Params, element: tuple[str, tuple[int, ...]], deltas: Tensor, scheme: str
) -> Tensor:
    def along(one: Params, /) -> Tensor:
        return objective(_moved(params, element, one["p"]))

    here = {"p": torch.zeros((), dtype=params[element[0]].dtype)}
    found = [finite_difference(delta, scheme)(along, here).gradient["p"] for delta in deltas.tolist()]
    return torch.stack(found).to(torch.float64)


def _theory(scheme: str, dtype: torch.dtype, deltas: Tensor, derivatives: Sequence[float], size: float) -> Tensor:
    order, power, constant = _TRUNCATION[scheme]
    rounding = _ROUNDING[scheme] * torch.finfo(dtype).eps / 2 * size / deltas
    return constant * abs(derivatives[order]) * deltas**power + rounding


_SIDES: Mapping[str, tuple[str, ...]] = {
    "abs": ("a",),
    "relu": ("a",),
    "sign": ("a",),
    "maximum": ("a", "b"),
    "minimum": ("a", "b"),
    "clamp_min": ("a", "b"),
    "clamp_max": ("a", "b"),
    "where": ("c",),
}
"""Operations with a kink, and the operands by whose order they are on one side of it or the other."""


def _kinks_between(
    objective: ObjectiveFunction, params: Params, element: tuple[str, tuple[int, ...]], delta: float
) -> int:
    """How many elements of operations with a kink stand on different sides at p − Δ and p + Δ."""
    below, above = (_sides(objective, _moved(params, element, shift)) for shift in (-delta, delta))
    return sum(int((one != two).sum()) for one, two in zip(below, above, strict=False) if one.shape == two.shape)


def _sides(objective: ObjectiveFunction, params: Params) -> list[Tensor]:
    with torch.no_grad(), Recorder() as recorder:
        objective(params)
    return [side for operation in recorder.recording.operations for side in _side(operation)]


def _side(operation: Operation) -> list[Tensor]:
    """Where each element stands."""
    named = operation.tensors()
    if operation.name == "clamp":
        return [torch.as_tensor(named["a"] < named["b"]), torch.as_tensor(named["a"] > named["c"])]
    if operation.name not in _SIDES:
        return []
    one, *two = (torch.as_tensor(named[operand]) for operand in _SIDES[operation.name])
    return [one > (two[0] if two else 0)]


def forward_bias(objective: ObjectiveFunction, params: Params, delta: float | Mapping[str, float]) -> Params:
    """How far from the minimum `params` a descent by forward differences comes to rest.

    A forward difference is the derivative at p plus Δ/2 · L''; it vanishes where H (p − p*) = −Δ/2 · diag(H):

        p − p* = −½ H⁻¹ (Δ · diag H)

    exact for a quadratic loss, the first order in Δ elsewhere. Central differences leave nothing of the kind in a
    quadratic loss. The result has the shapes of `params`, in their units.

    >>> at_minimum = {"a": torch.tensor(3.0, dtype=torch.float64)}
    >>> forward_bias(lambda p: 5 * (p["a"] - 3) ** 2, at_minimum, 0.1)["a"]
    tensor(-0.0500, dtype=torch.float64)
    """
    at = _params_in(torch.float64, params)
    objective = _in(torch.float64, objective)
    sizes = [value.numel() for value in at.values()]
    columns = []
    for unit in torch.eye(sum(sizes), dtype=torch.float64):
        direction = {n: u.reshape(at[n].shape) for n, u in zip(at, unit.split(sizes), strict=True)}
        product = hessian_vector_product(objective, at, direction)
        columns.append(torch.cat([value.reshape(-1) for value in product.values()]))
    hessian = torch.stack(columns, dim=1)
    steps = [torch.full((size,), _of(delta, n), dtype=torch.float64) for n, size in zip(at, sizes, strict=True)]
    shift = -torch.linalg.lstsq(hessian, (torch.cat(steps) * hessian.diagonal() / 2).unsqueeze(1)).solution.squeeze(1)
    return {name: part.reshape(at[name].shape) for name, part in zip(at, shift.split(sizes), strict=True)}


def _of(delta: float | Mapping[str, float], name: str) -> float:
    return delta[name] if isinstance(delta, Mapping) else delta
