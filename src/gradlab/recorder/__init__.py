"""Record once, read many ways: ordinary PyTorch code, run unchanged, becomes a list of operations."""

from gradlab.recorder.functions import plain_name, spoken, writes_over
from gradlab.recorder.mode import Recorder, record
from gradlab.recorder.recording import Operation, Recording, Value
from gradlab.recorder.sites import Site, site_of_caller

__all__ = [
    "Operation",
    "Recorder",
    "Recording",
    "Site",
    "Value",
    "plain_name",
    "record",
    "site_of_caller",
    "spoken",
    "writes_over",
]
