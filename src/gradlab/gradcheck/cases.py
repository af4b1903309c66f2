"""What is compared: at one sample, the checked numbers beside the right ones.

Numbers are the same where they differ by rounding only. How much that may be is not what a dtype promises: 1 − s² near
s = 1 has lost most digits. What the two arbiters of the right derivative differ by (`error`) is forgiven too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

RELATIVE = 1e-5
SINGLE = 2e-4
"""For what was computed with float32's digits; still below a gradient that is 0.1 % wrong."""

OF_THE_SCALE = 1e-2
"""What is smaller than this share of the tolerance times the usual derivative of a sample says nothing."""

Components = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One sample. `mine` and `right` are by component: the argument of a derivative, the parameters of a gradient.

    `error` is how far the right numbers may be off, by component. `n` is the number of points.
    """

    n: int
    mine: Components
    right: Components
    error: Components = field(default_factory=dict)
    relative: float = RELATIVE

    def wrong_share(self, name: str) -> float:
        """The share of points at which this component is wrong; NaN where none can be compared."""
        mine, right = self.mine[name], self.right[name]
        asked = torch.isfinite(mine) & torch.isfinite(right)
        if not bool(asked.any()):
            return float("nan")
        apart = asked & ~same(mine, right, self.relative, self.error.get(name))
        return float(apart.double().sum() / asked.sum())

    def trusted(self) -> dict[str, Tensor]:
        """The right numbers, NaN where they may be off by more than the tolerance."""
        found = {}
        for name, right in self.right.items():
            off = right + 2 * self.error[name] if name in self.error else right
            found[name] = torch.where(same(right, off, self.relative), right, torch.nan)
        return found

    @property
    def is_single(self) -> bool:
        """Whether something was computed with float32's digits."""
        return self.relative == SINGLE

    def worst(self) -> float:
        """The largest |mine − right| / (|mine| + |right|) over all components."""
        gaps = [relative_gap(self.mine[name], right) for name, right in self.right.items()]
        return max((float(gap.max()) for gap in gaps if gap.numel()), default=0.0)


def same(mine: Tensor, wanted: Tensor, relative: float = RELATIVE, error: Tensor | None = None) -> Tensor:
    """Point by point, whether two numbers are the same but for rounding; where either is not finite, False.

    >>> same(torch.tensor([1.0, 2.0]), torch.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    finite = wanted[torch.isfinite(wanted)].abs()
    scale = finite.median() if finite.numel() else wanted.new_zeros(())
    allowed = relative * torch.maximum(mine.abs(), wanted.abs()) + OF_THE_SCALE * relative * scale + 1e-13
    return (mine - wanted).abs() <= (allowed if error is None else allowed + 2 * error)


def relative_gap(mine: Tensor, right: Tensor) -> Tensor:
    """|mine − right| / (|mine| + |right|) where both are finite; a third for a factor of 2."""
    asked = torch.isfinite(mine) & torch.isfinite(right)
    return ((mine - right).abs() / (mine.abs() + right.abs()).clamp(min=1e-300))[asked]


def compared_points(cases: Sequence[Case]) -> int:
    """At how many points there was something to compare."""
    return sum(
        int((torch.isfinite(case.mine[name]) & torch.isfinite(right)).sum())
        for case in cases
        for name, right in case.right.items()
    )


def wrong_components(cases: Sequence[Case]) -> list[str]:
    """The components that are wrong: at more than single points, which may be kinks.

    A mistake in one branch of a function shows at some points only: one sample in ten, or two, is enough.
    """
    names = cases[0].right
    shares = {name: [case.wrong_share(name) for case in cases] for name in names}
    return [name for name, each in shares.items() if _is_wrong([share for share in each if share == share])]


def _is_wrong(shares: Sequence[float]) -> bool:
    seen = sum(share > 0.02 for share in shares)
    return seen >= max(1, min(2, len(shares) // 2)) and seen >= 0.1 * len(shares)
