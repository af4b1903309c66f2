"""For every code: the remedy as code, and the station of the lesson that explains it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """`fix` is code with the placeholders of a Finding; `station` counts the stations of the lesson from 1."""

    fix: str
    station: int


REMEDIES = {
    "accumulated-gradient": Remedy(
        """
        {variable}.grad = None      # or optimizer.zero_grad()
        loss.backward()
        """,
        5,
    ),
    "lost-leaf": Remedy(
        """
        with torch.no_grad():
            {variable} -= lr * {variable}.grad
        """,
        5,
    ),
    "update-in-graph": Remedy(
        """
        with torch.no_grad():
            {variable} -= lr * {variable}.grad
        """,
        5,
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
    ),
    "stale-optimizer": Remedy(
        """
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)      # after the last change of {variable}
        """,
        5,
    ),
    "ascending": Remedy(
        """
        with torch.no_grad():
            {variable} -= lr * {variable}.grad
        """,
        2,
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
        {variable}.detach()     # or .item() for a number
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
    "no-backward": Remedy("loss.backward()", 4),
    "partly-unseen": Remedy("torch.compiler.set_stance('force_eager')", 4),
    "stopped": Remedy("", 4),
}
