"""Where points come from: generators, files, bundled datasets."""

from gradlab.data.bundled import Dataset, dataset, datasets
from gradlab.data.files import read, write
from gradlab.data.points import Points, noisy_line

__all__ = ["Dataset", "Points", "dataset", "datasets", "noisy_line", "read", "write"]
