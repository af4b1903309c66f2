"""Record once, read many ways: ordinary PyTorch code, run unchanged, becomes a list of operations."""

from gradlab.recorder.frames import name_of, site_at, users_frames
from gradlab.recorder.functions import NO_OPERATION, plain_name, spoken, writes_over
from gradlab.recorder.mode import Recorder, record
from gradlab.recorder.recording import Operation, Recording, Value
from gradlab.recorder.script import line_of_failure, read_script, run_script
from gradlab.recorder.sites import Site, site_of_caller

__all__ = [
    "NO_OPERATION",
    "Operation",
    "Recorder",
    "Recording",
    "Site",
    "Value",
    "line_of_failure",
    "name_of",
    "plain_name",
    "read_script",
    "record",
    "run_script",
    "site_at",
    "site_of_caller",
    "spoken",
    "users_frames",
    "writes_over",
]
