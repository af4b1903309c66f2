"""Names of losses as they stand on an axis, in the language in force."""

from gradlab import messages

_KNOWN = ("mae", "mse", "huber", "logcosh", "quantile")


def loss_name(loss: str, n: int = 0) -> str:
    """A loss by its full name; over one point nothing is averaged, and the name says so.

    >>> with messages.speaking("en"):
    ...     loss_name("mae"), loss_name("mae", n=1), loss_name("huber:1.5")
    ('mean absolute error (MAE)', 'absolute error (AE)', 'mean Huber loss (δ = 1.5)')
    """
    kind, _, number = loss.partition(":")
    if kind not in _KNOWN:
        return loss
    return messages.text(f"figures.loss_{kind}{'_one' if n == 1 else ''}", number=number or "1")
