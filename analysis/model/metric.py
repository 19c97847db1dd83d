"""What can be measured of a contender under a workload: names, units, which direction is better, how a value is written."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One kind of figure. `name` ends in its unit; `unit` is what people read, `write` makes it.

    Tables have a row for it, or, if it is `rare`, where some contender has it.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    write: Callable[[float], str]
    rare: bool = False


def significant(digits: int, scale: float = 1.0) -> Callable[[float], str]:
    """Write a value times `scale` with so many significant digits, no exponent, thousands separated by commas."""

    def write(value: float) -> str:
        scaled = value * scale
        if scaled == 0:
            return "0"
        if not math.isfinite(scaled):
            return "–"
        decimals = digits - 1 - math.floor(math.log10(abs(scaled)))
        return f"{round(scaled, decimals):,.{max(decimals, 0)}f}"

    return write


def percent(share: float) -> str:
    """A share, in percent with two significant digits."""
    return f"{significant(2, 100)(share)}%"


_MEGA = 1e-6

GOODPUT = Metric("goodput_per_s", "goodput", "requests/s", "higher", significant(3))
LATENCY_MEAN = Metric("latency_mean_ms", "latency mean", "ms", "lower", significant(3))
LATENCY_P50 = Metric("latency_p50_ms", "latency P50", "ms", "lower", significant(3))
LATENCY_P90 = Metric("latency_p90_ms", "latency P90", "ms", "lower", significant(3))
LATENCY_P99 = Metric("latency_p99_ms", "latency P99", "ms", "lower", significant(3))
LATENCY_P999 = Metric("latency_p999_ms", "latency P99.9", "ms", "lower", significant(3), rare=True)
CPU_PER_REQUEST = Metric("cpu_per_request_us", "CPU per request", "µs", "lower", significant(3))
KERNEL_PER_REQUEST = Metric("kernel_per_request_us", "of it in the kernel", "µs", "lower", significant(3), rare=True)
SIDECAR_CPU = Metric("sidecar_cpu_per_request_us", "side services' CPU per request", "µs", "lower", significant(3), rare=True)
SIDECAR_MEMORY = Metric("sidecar_rss_bytes", "side services' memory (RSS)", "MB", "lower", significant(3, _MEGA), rare=True)
RSS_IDLE = Metric("rss_idle_bytes", "memory idle (RSS)", "MB", "lower", significant(3, _MEGA))
RSS_LOADED = Metric("rss_loaded_bytes", "memory loaded (RSS)", "MB", "lower", significant(3, _MEGA))
PSS_LOADED = Metric("pss_loaded_bytes", "memory loaded (PSS)", "MB", "lower", significant(3, _MEGA))
RSS_PEAK = Metric("rss_peak_bytes", "memory peak (RSS)", "MB", "lower", significant(3, _MEGA))
SERVER_BUSY = Metric("server_busy_share", "server's cores busy", "%", "higher", significant(3, 100))
IDLE_BUSY = Metric("idle_busy_share", "CPU while nobody asks", "% of a core", "lower", significant(2, 100), rare=True)
GENERATOR_BUSY = Metric("generator_busy_share", "generator's cores busy", "%", "lower", significant(3, 100))
HARNESS_BUSY = Metric("harness_busy_share", "harness's share of one core", "%", "lower", significant(2, 100))
WORKER_BUSY = Metric("worker_busy_share", "worker's share of one core", "%", "lower", significant(2, 100))
OUTSIDE = Metric("outside_s", "of a trial beside load and readings", "s", "lower", significant(2))

LATENCIES = (LATENCY_MEAN, LATENCY_P50, LATENCY_P90, LATENCY_P99, LATENCY_P999)
LOAD_METRICS = (GOODPUT, *LATENCIES)
CPU_METRICS = (CPU_PER_REQUEST, KERNEL_PER_REQUEST, SIDECAR_CPU)
MEMORY_METRICS = (RSS_IDLE, RSS_LOADED, PSS_LOADED, RSS_PEAK)
TRIAL_METRICS = (*LOAD_METRICS, *CPU_METRICS, *MEMORY_METRICS, SIDECAR_MEMORY, IDLE_BUSY, SERVER_BUSY, GENERATOR_BUSY)
"""What a trial is measured for, in the order of tables."""
COMPARED = (GOODPUT, LATENCY_P50, LATENCY_P99, CPU_PER_REQUEST, RSS_LOADED)
"""What services are compared by: what the tables of ratios show, for each comparison makes every other's test harder."""
ALL_COMPARED = (*COMPARED, SIDECAR_CPU)
"""The same, with what only services with side services have."""

BINARY_SIZE = Metric("binary_bytes", "binary size", "MB", "lower", significant(3, _MEGA))
CLEAN_BUILD = Metric("clean_build_s", "build time, clean", "s", "lower", significant(3))
INCREMENTAL_BUILD = Metric("incremental_build_s", "build time, incremental", "s", "lower", significant(3))
BUILD_METRICS = (BINARY_SIZE, CLEAN_BUILD, INCREMENTAL_BUILD)

BENCHMARK_TIME = Metric("time_ns", "time", "ns", "lower", significant(3))
INSTRUCTIONS = Metric("instructions", "instructions", "instructions", "lower", significant(6))

OF_A_KIND = (GOODPUT, LATENCY_P50, LATENCY_P99)
"""What is told of each kind of request in a mix: CPU time cannot be told apart."""

BY_NAME = {metric.name: metric for metric in (*TRIAL_METRICS, *BUILD_METRICS, BENCHMARK_TIME, INSTRUCTIONS)}

Figures = Mapping[str, float]
"""Values of one trial, by the names of metrics."""
