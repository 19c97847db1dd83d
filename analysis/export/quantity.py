"""What the metrics of a verdict are called, counted in and better for, in the words of other tools.

Metric.unit is what tables show (MB); values are in the unit that the metric's name ends in (bytes). What goes to other tools
are the values, so their unit stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.verdict import MetricVerdict
from loadgen.trouble import Trouble

Side = Literal["base", "head"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Quantity:
    """A metric: `unit` is that of its values. `go_unit` is benchstat's, which a value times `go_scale` is in; `measure` is
    Bencher's, one of its own where the unit is the same. `time_unit` is Google Benchmark's, None for what is not a time.
    """

    title: str
    unit: str
    better: Better
    go_unit: str
    measure: str
    go_scale: float = 1.0
    time_unit: Literal["ns", "us", "ms"] | None = None


QUANTITIES: Mapping[str, Quantity] = {
    "cpu_per_request_us": Quantity(
        "CPU per request", "µs", "lower", "cpu-ns/op", "cpu-per-request-us", go_scale=1e3, time_unit="us"
    ),
    "goodput_per_s": Quantity("goodput", "requests/s", "higher", "req/s", "throughput"),
    "latency_p99_ms": Quantity("latency P99", "ms", "lower", "p99-ns", "latency-p99-ms", go_scale=1e6, time_unit="ms"),
    "rss_loaded_bytes": Quantity("memory loaded (RSS)", "bytes", "lower", "rss-B", "rss-loaded-bytes"),
    "time_ns": Quantity("time", "ns", "lower", "ns/op", "latency", time_unit="ns"),
    "instructions": Quantity("instructions", "instructions", "lower", "instructions/op", "instructions"),
    "binary_bytes": Quantity("binary size", "bytes", "lower", "binary-B", "file-size"),
}
"""By the metric's name: every metric that loadgen.gate.Limits has a limit for."""


def quantity_of(one: MetricVerdict) -> Quantity:
    """The quantity of a metric; raise Trouble for one that this version does not know, for its direction would be a guess."""
    if one.metric not in QUANTITIES:
        raise Trouble(f"metric {one.metric!r}: expected one of {', '.join(QUANTITIES)}; export with the version that judged it")
    return QUANTITIES[one.metric]


def values_of(one: MetricVerdict, side: Side) -> list[float]:
    """The values of one side, a pair each, in the metric's own unit."""
    return one.base_values if side == "base" else one.head_values
