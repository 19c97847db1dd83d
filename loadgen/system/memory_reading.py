"""Memory of a process tree, as it is read and as records keep it."""

from loadgen.strict import Strict


class MemoryReading(Strict):
    """Memory of a process tree at one moment, from smaps_rollup and status."""

    rss_bytes: int
    """Resident memory."""
    pss_bytes: int | None
    """Resident memory with shared pages counted in proportion."""
    anonymous_bytes: int | None
    """Resident memory that is of no file."""
    peak_rss_bytes: int
    """The most resident memory so far (VmHWM)."""
