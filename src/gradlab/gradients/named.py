"""The names under which a person asks for a gradient."""

from collections.abc import Mapping
from difflib import get_close_matches

from gradlab._types import Gradient
from gradlab.errors import OptionError
from gradlab.gradients.autograd import autograd
from gradlab.gradients.chain import chain_rule
from gradlab.gradients.difference import finite_difference

GRADIENTS = ("autograd", "chain-rule", "finite-difference")


def resolve(gradient: str | Gradient, delta: float | Mapping[str, float] | None = None, kink: float = 0.0) -> Gradient:
    """A gradient by its name: autograd, chain-rule, finite-difference[:central|forward|richardson].

    Raises OptionError for an unknown name.

    >>> callable(resolve("finite-difference:forward", delta=0.1))
    True
    """
    if not isinstance(gradient, str):
        return gradient
    name, _, scheme = gradient.partition(":")
    match name:
        case "autograd" if not scheme:
            return autograd()
        case "chain-rule" if not scheme:
            return chain_rule(kink)
        case "finite-difference":
            return finite_difference(delta, scheme or "central")
        case _:
            nearest = get_close_matches(gradient, GRADIENTS, 1) or GRADIENTS[:1]
            raise OptionError("gradients.unknown", name=gradient, known=", ".join(GRADIENTS), nearest=nearest[0])
