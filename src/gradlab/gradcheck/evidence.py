"""What a diagnosis reasons from: at each sample the wrong numbers, the right ones, and the recorded computation.

    mine = base + c · nᵖ · term        at every point of every sample, with one constant c and p = 0, 1 or −1

is the one question that is asked again and again: with base 0 and term the right derivative, c is a constant factor (N
with p = 1); with base the derivative without one path and term that path, c = −1 is a sign turned and c = 0 a term
forgotten; with base the right derivative and term some quantity at hand, it is a term too many.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from gradlab.errors import RecordingError
from gradlab.gradcheck.cases import RELATIVE, Components, same
from gradlab.gradcheck.edges import Change, Computation, text_of

_PRODUCTS = 6


Variation = tuple[str, str]
"""A code of the public list, and the name of an argument."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One sample. `mine` and `right` hold the wrong components only, of the shapes in which `computation` has them.

    `value` is the function's own; `others` are the derivatives by other arguments, or all components; `quantities`
    whatever else is at hand; `relative` the tolerance. `mine_depends` and `right_depends` tell on which of the
    `arguments` either depends. `reduced`: the function ends in a sum or a mean over the n points. `variations`
    are right derivatives at changed arguments, which a mistaken one may be.
    """

    n: int
    mine: Components
    right: Components
    value: Tensor
    relative: float = RELATIVE
    computation: Computation | None = None
    others: Mapping[str, Tensor] = field(default_factory=dict)
    quantities: Mapping[str, Tensor] = field(default_factory=dict)
    arguments: frozenset[str] = frozenset()
    mine_depends: frozenset[str] = frozenset()
    right_depends: frozenset[str] = frozenset()
    reduced: bool = False
    variations: Callable[[], Mapping[Variation, Tensor]] = dict

    def only(self, name: str) -> "Evidence":
        """The same with one component."""
        return replace(self, mine={name: self.mine[name]}, right={name: self.right[name]})

    @property
    def tells_something(self) -> bool:
        """Whether there is a number to compare in every component."""
        return all(bool(torch.isfinite(self.right[name] + mine).any()) for name, mine in self.mine.items())

    def slopes(self, change: Change) -> Components | None:
        """The right derivative with a mistake on trial; None where that cannot be computed."""
        if self.computation is None:
            return None
        try:
            with torch.no_grad():
                slopes = self.computation.slopes(change)
        except (RuntimeError, TypeError, ValueError, RecordingError):
            return None
        return {name: slopes[name].to(torch.float64) for name in self.mine}

    def equals(self, candidate: Mapping[str, Tensor] | None) -> bool:
        """Whether all of `mine` is `candidate`, wherever both are finite."""
        return candidate is not None and all(self.equals_at(name, candidate[name]) for name in self.mine)

    def equals_at(self, name: str, candidate: Tensor) -> bool:
        """Whether this component of `mine` is `candidate`."""
        return _all_same(self.mine[name], candidate, self.relative)

    def terms(self) -> dict[str, Tensor]:
        """What a derivative may wrongly contain: 1, arguments, values on the way, and those times ∂f/∂value.

        A component that is one number can contain only what was averaged or summed over the points.
        """
        at_hand = {"1": torch.ones((), dtype=torch.float64), **self.quantities}
        single = all(mine.dim() == 0 for mine in self.mine.values())
        others = {f"∂{name}": derivative for name, derivative in self.others.items()}
        found = {label: q.mean() if single else q for label, q in (at_hand | others).items()}
        for label, product in self._products(at_hand):
            found.setdefault(label, product.sum() if single else product)
        return found

    def _products(self, at_hand: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
        if self.computation is None:
            return
        arrived = self.computation.arrived({})
        for step in self.computation.steps[:_PRODUCTS]:
            g = arrived.get(step.operation.result)
            for label, quantity in at_hand.items():
                if g is not None and quantity.shape in (g.shape, ()):
                    yield f"∂({text_of(step.operation)}) · {label}", (g * quantity).detach()


def _all_same(mine: Tensor, wanted: Tensor, relative: float) -> bool:
    try:
        mine, wanted = torch.broadcast_tensors(mine, wanted)
    except RuntimeError:  # shapes that do not go together are not equal
        return False
    asked = torch.isfinite(mine) & torch.isfinite(wanted)
    return bool(asked.any()) and bool(same(mine, wanted, relative)[asked].all())


@dataclass(frozen=True, slots=True)
class Fit:
    """c and p of `mine = base + c · nᵖ · term`."""

    constant: float
    power: int = 0

    @property
    def plain(self) -> float | None:
        """The constant, where N plays no part."""
        return self.constant if self.power == 0 else None


Parts = Callable[[Evidence], tuple[Components, Components] | None]
"""Base and term of a fit at a sample, by component; None where they cannot be computed."""


def as_factor(term: Components) -> tuple[Components, Components]:
    """Of a fit with nothing but a factor: base 0."""
    return {name: torch.zeros_like(part) for name, part in term.items()}, term


def fitted(evidence: Sequence[Evidence], parts: Parts, powers: Sequence[int] = (0,)) -> Fit | None:
    """The constant and the power of n with which `base` and `term` give `mine` at every point; None if none do.

    Of few numbers anything can be made: then only the constants that people forget or add are believed.
    """
    rows: list[_Row] = []
    for each in evidence:
        row = _row(each, parts(each))
        if row is None or not row.holds_by_itself():
            return None
        rows.append(row)
        powers = [power for power in powers if _constant(rows, power) is not None]
        if not powers:
            return None
    lengths = {row.n for row in rows}
    for power in powers:
        constant = tidy(_constant(rows, power) or 0.0)
        believable = sum(row.ratios.numel() for row in rows) >= _ENOUGH or constant in _USUAL
        if believable and all(row.holds(constant * row.n**power) for row in rows):
            return _by_n(Fit(constant, power), lengths)
    return None


def _constant(rows: Sequence["_Row"], power: int) -> float | None:
    """The constant that the rows have in common, roughly; of rows that say nothing it is 0."""
    ratios = torch.cat([row.ratios / row.n**power for row in rows])
    if not ratios.numel():
        return 0.0
    middle = float(ratios.median())
    return middle if float((ratios - middle).abs().max()) <= 1e-3 * (abs(middle) + 1e-3) else None


_ENOUGH = 3
_USUAL = frozenset({-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0})


def _by_n(fit: Fit, lengths: set[int]) -> Fit:
    """With one number of points only, a factor that equals it is meant to be it."""
    (n, *more) = lengths
    if fit.power == 0 and not more and n >= _ENOUGH:
        if fit.constant == n:
            return Fit(1.0, 1)
        if abs(fit.constant * n - 1) < 1e-5:
            return Fit(1.0, -1)
    return fit


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One sample's numbers: mine, base and term, by component; and (mine − base) / term where that tells something."""

    n: int
    relative: float
    parts: Sequence[tuple[Tensor, Tensor, Tensor]]
    ratios: Tensor

    def holds(self, factor: float) -> bool:
        return all(_all_same(mine, base + factor * term, self.relative) for mine, base, term in self.parts)

    def holds_by_itself(self) -> bool:
        """Whether there is a constant at all for this sample, be it with N in it or not."""
        return not self.ratios.numel() or self.holds(float(self.ratios.median()))


def _row(evidence: Evidence, parts: tuple[Components, Components] | None) -> _Row | None:
    if parts is None:
        return None
    try:
        laid_out = [torch.broadcast_tensors(mine, parts[0][n], parts[1][n]) for n, mine in evidence.mine.items()]
    except RuntimeError:
        return None
    triples = [(mine, base, term) for mine, base, term in laid_out]
    return _Row(evidence.n, evidence.relative, triples, torch.cat([_ratios(*triple) for triple in triples]))


def _ratios(mine: Tensor, base: Tensor, term: Tensor) -> Tensor:
    """(mine − base) / term where the term is not too small to tell."""
    finite = torch.isfinite(mine + base + term)
    size = term.abs()
    largest = size[finite].max() if bool(finite.any()) else size.new_zeros(())
    asked = finite & (size > 1e-3 * largest) & (size > 1e-6 * (base.abs() + mine.abs()))
    return (mine - base)[asked] / term[asked]


def tidy(value: float) -> float:
    """0.49999998 is a half; what is no simple fraction keeps seven digits.

    >>> tidy(0.49999998), tidy(-0.33333334)
    (0.5, -0.3333333333333333)
    """
    for denominator in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16):
        nearest = round(value * denominator) / denominator
        if abs(nearest - value) <= 1e-5 * max(abs(value), 1e-3):
            return nearest
    return float(f"{value:.7g}")
