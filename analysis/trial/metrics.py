"""One number per metric for one trial. Pure: a record and its rows in, numbers out."""

from collections.abc import Mapping

import numpy as np

from analysis.model import metric as m
from analysis.trial.rows import Rows
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

QUANTILES = {m.LATENCY_P50.name: 0.50, m.LATENCY_P90.name: 0.90, m.LATENCY_P99.name: 0.99, m.LATENCY_P999.name: 0.999}
SAMPLES_BEYOND = 10
"""A quantile is shown if at least so many requests of each trial lie beyond it."""


def figures_of(run: RunRecord, trial: LoadTrial, rows: Rows) -> Mapping[str, float]:
    """Metric name -> value for a trial that did not fail; a metric that the trial cannot support is left out."""
    assert trial.window_from_s is not None
    assert trial.window_to_s is not None
    return of_rows(rows, (trial.window_from_s, trial.window_to_s)) | _of_the_process(trial) | _cpu(run, trial, rows)


def of_rows(rows: Rows, window: tuple[float, float]) -> dict[str, float]:
    """Metric name -> value of what rows alone tell, of all requests or of those of one kind."""
    latencies = rows.latencies_ms(*window)
    figures: dict[str, float] = {}
    if answered := rows.answered(*window):  # a goodput of nothing has no ratio to anything
        figures[m.GOODPUT.name] = answered / (window[1] - window[0])
    if latencies.size:
        figures[m.LATENCY_MEAN.name] = float(np.mean(latencies))
    for name, level in QUANTILES.items():
        if latencies.size * (1 - level) >= SAMPLES_BEYOND:
            figures[name] = float(np.quantile(latencies, level))
    return figures


def _cpu(run: RunRecord, trial: LoadTrial, rows: Rows) -> dict[str, float]:
    cpu = trial.cpu
    if cpu is None:
        return {}
    wall_s = cpu.to_s - cpu.from_s
    figures = {
        m.SERVER_BUSY.name: cpu.server_cpu_s / (wall_s * run.server_threads),
        m.GENERATOR_BUSY.name: cpu.generator_cpu_s / (wall_s * cores_of_generators(run, trial)),
    }
    spent_s, answered = cpu.server_cpu_s, rows.answered(cpu.from_s, cpu.to_s) + cpu.witnessed
    beside_s = sum(cpu.sidecar_cpu_s.values())
    if trial.load is not None and trial.load.server_cpu_s is not None:  # of the whole load (loadgen.trial.paired)
        spent_s, answered = trial.load.server_cpu_s, int(np.count_nonzero(rows.right)) + trial.load.witnessed
        beside_s = sum(trial.load.sidecar_cpu_s.values())
    if answered:
        figures[m.CPU_PER_REQUEST.name] = spent_s / answered * 1e6
        in_kernel = cpu.server_system_s / (cpu.server_user_s + cpu.server_system_s or 1.0)
        figures[m.KERNEL_PER_REQUEST.name] = figures[m.CPU_PER_REQUEST.name] * in_kernel
        if cpu.sidecar_cpu_s:
            figures[m.SIDECAR_CPU.name] = beside_s / answered * 1e6
    return figures


def cores_of_generators(run: RunRecord, trial: LoadTrial) -> int:
    """Return how many CPUs the generator had, or the generators together: what does not divide is left over."""
    several = sum(len(generator.cores) for generator in trial.load.generators) if trial.load else 0
    return several or len(run.generator_cores) or run.machine.cores


def _of_the_process(trial: LoadTrial) -> dict[str, float]:
    figures: dict[str, float] = {}
    if trial.idle_busy_share is not None:
        figures[m.IDLE_BUSY.name] = trial.idle_busy_share
    if trial.idle:
        figures[m.RSS_IDLE.name] = trial.idle.rss_bytes
    if trial.loaded:
        figures[m.RSS_LOADED.name] = trial.loaded.rss_bytes
        if trial.loaded.pss_bytes is not None:
            figures[m.PSS_LOADED.name] = trial.loaded.pss_bytes
    if trial.sidecars:
        figures[m.SIDECAR_MEMORY.name] = sum(sidecar.rss_bytes for sidecar in trial.sidecars.values())
    if trial.after:
        figures[m.RSS_PEAK.name] = trial.after.peak_rss_bytes
    return figures
