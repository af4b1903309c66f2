"""Where points come from: generators, files, bundled datasets."""

from gradlab.data.points import Points, noisy_line

__all__ = ["Points", "noisy_line"]
