"""The laboratory: one session that answers messages, and thin hosts that carry them: a browser, a notebook."""

from gradlab.lab.opening import open_lab

__all__ = ["open_lab"]
