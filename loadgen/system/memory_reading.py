"""Memory of a process tree, as it is read and as records keep it."""

from loadgen.strict import Strict


class MemoryReading(Strict):
    """Memory of a process tree at one moment, from smaps_rollup (RSS, PSS, anonymous) and status (peak: VmHWM)."""

    rss_bytes: int
    pss_bytes: int | None
    anonymous_bytes: int | None
    peak_rss_bytes: int
