"""The names that the user's code gives to what it computes."""

from collections.abc import Sequence
from types import FrameType

from gradlab.recorder import Site, site_at


def sites_of(frames: Sequence[FrameType]) -> tuple[Site, ...]:
    """The places in the user's source that are being executed, innermost first."""
    return tuple(site_at(frame.f_code, frame.f_lasti) for frame in frames)


def given_names(sites: tuple[Site, ...], results: int) -> tuple[str | None, ...]:
    """What the results are assigned to at once; what a function returns at once is named by its caller."""
    for site in sites:
        if len(site.targets) == results:
            return site.targets
        if results == 1 and site.target is not None:
            return (site.target,)
        if not site.returned:
            break
    return (None,) * results


def where_given(sites: tuple[Site, ...]) -> Site | None:
    """The place at which a value came to be what the user sees: past functions that only return it."""
    for site in sites:
        if not site.returned:
            return site
    return sites[-1] if sites else None


def is_shared(site: Site, operation: str) -> bool:
    """Whether the call written at `site` may do more than this operation: `model(x)`, but not `torch.exp(x)`."""
    return site.called is not None and site.called.rpartition(".")[2] != operation
