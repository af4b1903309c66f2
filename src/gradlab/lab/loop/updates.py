"""The optimizers as source, parameter by parameter, in the operations of `optimizers`."""

from collections.abc import Sequence
from dataclasses import dataclass

BETA, BETAS, EPS = 0.9, (0.9, 0.999), 1e-8


@dataclass(frozen=True, slots=True)
class WrittenUpdate:
    """`setup` stands before the loop, `lines` move the parameters in it."""

    setup: tuple[str, ...]
    lines: tuple[str, ...]


def written_update(optimizer: str, moving: Sequence[tuple[str, str]], *, exact: bool) -> WrittenUpdate:
    """How `optimizer` moves each (parameter, gradient).

    `exact` writes the step of plain descent as PyTorch's optimizers compute it, in one rounding, where a person
    writes two.

    >>> written_update("sgd", [("m", "m.grad")], exact=False).lines
    ('m -= lr * m.grad',)
    """
    match optimizer:
        case "sgd":
            return WrittenUpdate((), tuple(_downhill(p, g) if exact else f"{p} -= lr * {g}" for p, g in moving))
        case "momentum":
            lines = [(f"velocity_{p}.mul_({BETA}).add_({g})", _downhill(p, f"velocity_{p}")) for p, g in moving]
            return WrittenUpdate(_at_rest(moving), tuple(line for pair in lines for line in pair))
        case "nesterov":
            return WrittenUpdate(_at_rest(moving), tuple(line for p, g in moving for line in _nesterov(p, g)))
        case "adam":
            setup = tuple(f"{kind}_{p} = torch.zeros_like({p})" for p, _ in moving for kind in ("mean", "square"))
            return WrittenUpdate(("taken = 0", *setup), _adam(moving))
        case _:
            kind, parameters = optimizer.removeprefix("torch:"), ", ".join(p for p, _ in moving)
            handed = tuple(f"{p}.grad = {g}" for p, g in moving if g != f"{p}.grad")
            setup = (f"optimizer = torch.optim.{kind}([{parameters}], lr=lr)",)
            return WrittenUpdate(setup, (*handed, "optimizer.step()"))


def _downhill(parameter: str, direction: str) -> str:
    return f"{parameter}.sub_({direction}, alpha=lr)"


def _at_rest(moving: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"velocity_{p} = torch.zeros_like({p})" for p, _ in moving)


def _nesterov(p: str, g: str) -> tuple[str, str]:
    return f"velocity_{p}.mul_({BETA}).add_({g})", _downhill(p, f"torch.add({g}, velocity_{p}, alpha={BETA})")


def _adam(moving: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    one, two = BETAS
    lines = ["taken += 1", f"reach, root = lr / (1 - {one}**taken), (1 - {two}**taken) ** 0.5"]
    for p, g in moving:
        lines += [
            f"mean_{p}.lerp_({g}, 1 - {one})",
            f"square_{p}.mul_({two}).addcmul_({g}, {g}, value=1 - {two})",
            f"{p}.addcdiv_(mean_{p}, (square_{p}.sqrt() / root).add_({EPS}), value=-reach)",
        ]
    return tuple(lines)
