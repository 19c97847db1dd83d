"""What a host reads of its clocks and its network around a load."""

import time
from pathlib import Path
from typing import NamedTuple

import psutil

from loadgen.record.generators import HostReadings
from loadgen.system.kernel_file import counters_of

SNMP = Path("/proc/net/snmp")


class NetworkCounters(NamedTuple):
    """Counters at one moment: bytes of one interface, TCP segments of all; seconds by both clocks."""

    at_s: float
    time_of_day_s: float
    received_bytes: int
    sent_bytes: int
    segments_sent: int
    segments_retransmitted: int


def interface_of(address: str) -> str | None:
    """Return the name of the interface that has an address of this host; None if none has."""
    for name, addresses in psutil.net_if_addrs().items():
        if any(known.address.partition("%")[0] == address for known in addresses):
            return name
    return None


def network_counters(interface: str | None) -> NetworkCounters:
    """Read them now."""
    of_all = psutil.net_io_counters(pernic=True)
    received, sent = (of_all[interface].bytes_recv, of_all[interface].bytes_sent) if interface in of_all else (0, 0)
    tcp = counters_of(SNMP, "Tcp")
    return NetworkCounters(time.monotonic(), time.time(), received, sent, tcp["OutSegs"], tcp["RetransSegs"])


def host_readings(interface: str | None, before: NetworkCounters, after: NetworkCounters) -> HostReadings:
    """Return what changed between two readings."""
    links = psutil.net_if_stats()
    return HostReadings(
        seconds=after.at_s - before.at_s,
        clock_moved_s=(after.time_of_day_s - before.time_of_day_s) - (after.at_s - before.at_s),
        link_mbit_per_s=(links[interface].speed or None) if interface in links else None,
        received_bytes=after.received_bytes - before.received_bytes,
        sent_bytes=after.sent_bytes - before.sent_bytes,
        segments_sent=after.segments_sent - before.segments_sent,
        segments_retransmitted=after.segments_retransmitted - before.segments_retransmitted,
    )
