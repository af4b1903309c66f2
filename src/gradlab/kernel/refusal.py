"""What the fused loop leaves to the eager one, and why."""

from gradlab.errors import RecordingError


class NotFusedError(RecordingError):
    """A run that cannot be fused: no mistake of the user's, the eager loop takes it."""
