"""For every code: the remedy as code, and the station of the lesson that explains it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """`fix` is code with the placeholders of a Finding; `station` counts the stations of the lesson from 1.

    `many` is the code where several parameters are concerned.
    """

    fix: str
    station: int
    many: str = ""


_DOWNHILL = """
        with torch.no_grad():
            {variable} -= lr * {variable}.grad
        """
_ALL_DOWNHILL = """
        with torch.no_grad():
            for parameter in parameters:
                parameter -= lr * parameter.grad
        """


REMEDIES = {
    "accumulated-gradient": Remedy(
        """
        {variable}.grad = None
        loss.backward()
        """,
        5,
        """
        optimizer.zero_grad()       # or grad = None for each of them
        loss.backward()
        """,
    ),
    "lost-leaf": Remedy(
        _DOWNHILL,
        5,
        _ALL_DOWNHILL,
    ),
    "update-in-graph": Remedy(
        _DOWNHILL,
        5,
        _ALL_DOWNHILL,
    ),
    "inplace-on-leaf": Remedy(
        """
        with torch.no_grad():
            {source}
        """,
        5,
    ),
    "never-reached": Remedy(
        """
        prediction = model(x)       # must use {variable}
        """,
        4,
    ),
    "cut-graph": Remedy(
        """
        loss = loss_function(model(x), y)       # tensors all the way from {variable} to the loss
        """,
        5,
    ),
    "no-grad-required": Remedy(
        """
        {variable}.requires_grad_(True)
        """,
        5,
    ),
    "cleared-before-use": Remedy(
        """
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        """,
        5,
    ),
    "not-updated": Remedy(
        """
        with torch.no_grad():
            {variable} -= lr * {variable}.grad      # or optimizer.step()
        """,
        5,
        """
        loss.backward()
        optimizer.step()            # of an optimizer over model.parameters()
        """,
    ),
    "stale-optimizer": Remedy(
        """
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)      # after the last change of {variable}
        """,
        5,
    ),
    "ascending": Remedy(
        _DOWNHILL,
        2,
        _ALL_DOWNHILL,
    ),
    "diverging": Remedy(
        """
        lr = {safe:.3g}
        """,
        3,
    ),
    "non-finite": Remedy(
        """
        assert torch.isfinite({variable}).all()
        """,
        4,
    ),
    "broadcast": Remedy(
        """
        assert prediction.shape == y.shape      # y.reshape_as(prediction)
        """,
        4,
    ),
    "retained-graph": Remedy(
        """
        {variable}              # keep loss.item() or prediction.detach() in it
        """,
        5,
    ),
    "backward-twice": Remedy(
        """
        {variable} = {variable}.detach()        # at the border between the steps
        """,
        5,
    ),
    "non-scalar-loss": Remedy(
        """
        {variable}.mean().backward()
        """,
        4,
    ),
    "numpy-on-grad": Remedy(
        """
        {variable}.detach().numpy()
        """,
        5,
    ),
    "no-backward": Remedy("", 4),
    "partly-unseen": Remedy("", 4),
    "stopped": Remedy("", 4),
}
