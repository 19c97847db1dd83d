"""What the metrics of a verdict are counted in, in the words of other tools.

Metric.unit is what tables show (MB); values are in the unit that the metric's name ends in (bytes). What goes to other tools
are the values, so their unit stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.model import metric as m
from analysis.regress.verdict import MetricVerdict
from loadgen.errors import Error

Side = Literal["base", "head"]


@dataclass(frozen=True)
class Quantity:
    """A metric: `unit` is that of its values. `go_unit` is benchstat's, which a value times `go_scale` is in; `measure` is
    Bencher's, one of its own where the unit is the same. `time_unit` is Google Benchmark's, None for what is not a time.
    """

    metric: m.Metric
    unit: str
    go_unit: str
    measure: str
    go_scale: float = 1.0
    time_unit: Literal["ns", "us", "ms"] | None = None


QUANTITIES: Mapping[str, Quantity] = {
    quantity.metric.name: quantity
    for quantity in (
        Quantity(m.CPU_PER_REQUEST, "µs", "cpu-ns/op", "cpu-per-request-us", go_scale=1e3, time_unit="us"),
        Quantity(m.SIDECAR_CPU, "µs", "sidecar-cpu-ns/op", "sidecar-cpu-per-request-us", go_scale=1e3, time_unit="us"),
        Quantity(m.GOODPUT, "requests/s", "req/s", "throughput"),
        Quantity(m.LATENCY_P99, "ms", "p99-ns", "latency-p99-ms", go_scale=1e6, time_unit="ms"),
        Quantity(m.RSS_LOADED, "bytes", "rss-B", "rss-loaded-bytes"),
        Quantity(m.BENCHMARK_TIME, "ns", "ns/op", "latency", time_unit="ns"),
        Quantity(m.INSTRUCTIONS, "instructions", "instructions/op", "instructions"),
        Quantity(m.BINARY_SIZE, "bytes", "binary-B", "file-size"),
    )
}
"""By the metric's name: every metric that loadgen.config.regress.Limits has a limit for."""


def quantity_of(metric: MetricVerdict) -> Quantity:
    """The quantity of a metric; raise Error for one that this version does not know, for its direction would be a guess."""
    if metric.metric not in QUANTITIES:
        raise Error(
            f"metric {metric.metric!r}: expected one of {', '.join(QUANTITIES)}; export with the version that judged it"
        )
    return QUANTITIES[metric.metric]


def values_of(metric: MetricVerdict, side: Side) -> list[float]:
    """The values of one side, a pair each, in the metric's own unit."""
    return metric.base_values if side == "base" else metric.head_values
