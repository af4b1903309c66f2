"""Memory foreseen before it is asked for: a grid that would not fit is refused, not begun."""

from pathlib import Path

from gradlab.errors import OptionError

A_CELL, A_POINT = 12, 8
"""Numbers of eight bytes that the most demanding way holds at once for each cell and each point."""

_MEMINFO = Path("/proc/meminfo")


def check_memory(cells: int, n: int) -> None:
    """Raise OptionError where the surface would take more than is free; where the system does not tell, nothing is."""
    needed, free = 8 * (A_CELL * cells + A_POINT * n), free_bytes()
    if free is not None and needed > free:
        raise OptionError("surface.memory", cells=cells, n=n, needed=needed, free=free)


def free_bytes() -> int | None:
    """What Linux says can be had without swapping; None elsewhere."""
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None
