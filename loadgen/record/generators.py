"""One of several generators that put a load together, and what its host read meanwhile."""

from loadgen.strict import Strict


class HostReadings(Strict):
    """What a host of several read of its clocks and its network, from just before a load to just after it."""

    seconds: float
    """The time between its two readings."""
    clock_moved_s: float
    """By how much its time of day moved against its monotonic clock in that time; generators keep to the latter."""
    link_mbit_per_s: int | None
    """The speed of its link in the data network; null where its driver tells none."""
    received_bytes: int
    """What it received by that link in that time."""
    sent_bytes: int
    """What it sent."""
    segments_sent: int
    """TCP segments that it sent."""
    segments_retransmitted: int
    """How many of them it had to send again."""
    connect_ms: float | None = None
    """The least time of a few TCP connections to the server's host, before the load; null of that host itself."""
    start_uncertainty_s: float = 0.0
    """How far its common start may be off, by the round trip that told the other host's clock."""


class GeneratorRecord(Strict):
    """What one of several generators did. Times count from the common start; latencies are all of its own clock."""

    label: str
    """Its name in the column `generator` of the rows: `g1`, `g2`, and so on, or the name of its host."""
    connections: int
    """Its share of the workload's connections."""
    cores: list[int]
    """The CPU numbers that it had; empty where nothing is pinned."""
    started_s: float
    """When it began."""
    ended_s: float
    """When its last response came; of none, when it began."""
    rows: int
    """How many of the rows are its."""
    reported: dict[str, float] = {}
    """Its own summary, which no estimate uses."""
    read_s: float | None = None
    """The time between two readings near the edges of the measured window; null without both."""
    cpu_s: float | None = None
    """Its CPU time between them."""
    cores_idle_s: float | None = None
    """How long its cores were idle between them, added up; null where it has none of its own."""
    host: HostReadings | None = None
    """What its host read, if that is another one than the server's."""
