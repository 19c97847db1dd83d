"""From the records of a run to its capacity curves."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from analysis.curve.estimate import Capacity, Outcome
from analysis.curve.evidence import TOO_FEW, Point, point_of, saturated_per_s, window_of
from analysis.curve.model import CurveResult, ServiceCurve
from analysis.curve.rule import NEAR_IDLE_PER_S, is_bounded, is_narrow, known_of, near_half
from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.figure_of import refused
from analysis.model.flag import GENERATOR_BOUND
from analysis.trial.metrics import QUANTILES, SAMPLES_BEYOND
from analysis.trial.rows import read_rows
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import RunFolder, load_run
from loadgen.record.pilot import Pilot
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

SHOWN = (m.LATENCY_P50, m.LATENCY_P99, m.LATENCY_P999)


def is_curve(folder: Path) -> bool:
    """Whether the run in `folder` is one of capacity curves."""
    return RunFolder(folder).read_run().curve is not None


def curve_result(folder: Path) -> CurveResult:
    """Return the curves of the run in `folder`; raise Error if it has none, or its records or rows are missing."""
    run, trials = load_run(folder)
    if run.curve is None:
        raise Error(f"{folder}: not a run of capacity curves; primebench report shows it")
    loads = [trial for trial in trials if isinstance(trial, LoadTrial)]
    workload = run.workloads[run.curve.workload]
    return CurveResult(
        run_id=run.run_id,
        started=run.started,
        primebench_version=run.primebench_version,
        machine=run.machine,
        workload=run.curve.workload,
        label=workload.label,
        connections=workload.connections,
        objective=run.curve.objective,
        ended_because=run.curve.ended_because or run.end_reason or "it was cut short",
        curves=[
            _curve(folder, run, contender, own)
            for contender in run.contenders
            if (own := [trial for trial in loads if trial.contender == contender.label])
        ],
    )


def _curve(folder: Path, run: RunRecord, contender: ContenderRecord, trials: Sequence[LoadTrial]) -> ServiceCurve:
    assert run.curve is not None
    opened = [trial for trial in trials if trial.rate_per_s is not None]
    points, saturated = [point_of(folder, run, trial) for trial in opened], saturated_per_s(folder, run, trials)
    found, capacity, reason = _found(run, [point.outcome for point in points], saturated, points)
    pilot = _pilot(run, contender)
    half = near_half([point.outcome for point in points], capacity) if capacity else []
    idle = next((point for point in points if point.rate_per_s == NEAR_IDLE_PER_S), None)
    return ServiceCurve(
        label=contender.label,
        title=contender.title,
        control=contender.control,
        found=found,
        capacity=capacity,
        reason=reason,
        saturated_per_s=saturated,
        at_half=_at_half(folder, [opened[at] for at in half if points[at].kept is not None]),
        cpu_share=idle.cpu_share if idle else None,
        first_response_s=run.curve.first_response_s.get(contender.label, []),
        settling_cpu_s=pilot.settling_cpu_s if pilot else None,
        has_settled=pilot.has_settled if pilot else None,
        points=points,
    )


Found = tuple[Literal["capacity", "at least", "nothing"], Capacity | None, str]


def _found(run: RunRecord, tried: Sequence[Outcome], saturated: float | None, points: Sequence[Point]) -> Found:
    """Return what was found of the capacity, and in words why no more."""
    assert run.curve is not None
    if saturated is None:
        return "nothing", None, "its closed loop failed, or was not measured"
    kept = [outcome.rate_per_s for outcome in tried if outcome.kept]
    if not kept:
        broken = min((point for point in points if point.kept is False), key=lambda point: point.rate_per_s, default=None)
        return "nothing", None, _silent(points) if broken is None else _not_even(run, broken)
    capacity = known_of(tried, saturated, run.curve.objective.allowed_share).capacity
    if not is_bounded(tried, capacity, saturated):
        limit = any(point.lost == GENERATOR_BOUND for point in points)
        why = (
            "above it the generator did not keep the rate, by itself or for others on its cores"
            if limit
            else f"no rate was seen to break it: {run.curve.ended_because}"
        )
        return "at least", Capacity(per_s=max(kept), low_per_s=max(kept), high_per_s=max(kept)), why
    detail = f"interval {capacity.width:.1%} wide after {counted(len(tried), 'trial')}"
    return "capacity", capacity, detail if is_narrow(capacity) else f"{detail}: {run.curve.ended_because}"


def _silent(points: Sequence[Point]) -> str:
    """Why none of the trials tells."""
    checks = dict.fromkeys(point.lost for point in points if point.lost and point.lost != TOO_FEW)
    return f"no trial tells: {', '.join(checks)}" if checks else "no trial has requests enough to tell"


def _not_even(run: RunRecord, broken: Point) -> str:
    assert run.curve is not None
    name = f"latency_p{run.curve.objective.percentile:g}_ms".replace(".", "")
    value = broken.figures.get(name)
    detail = "" if value is None else f": P{run.curve.objective.percentile:g} is {m.LATENCY_P99.write(value)} ms"
    return f"not kept at {broken.rate_per_s:,} requests/s either{detail}"


def _pilot(run: RunRecord, contender: ContenderRecord) -> Pilot | None:
    assert run.curve is not None
    return run.pilots.get(run.workloads[run.curve.workload].label, {}).get(contender.twin_of or contender.label)


def _at_half(folder: Path, trials: Sequence[LoadTrial]) -> dict[str, Figure]:
    """Quantiles of the pooled rows of these trials; those that one of them cannot support are refused."""
    if not trials:
        return {metric.name: refused("not measured") for metric in SHOWN}
    each = [read_rows(folder, trial).latencies_ms(*window_of(trial)) for trial in trials]
    figures = {}
    for metric in SHOWN:
        level = QUANTILES[metric.name]
        if min(values.size for values in each) * (1 - level) < SAMPLES_BEYOND:
            figures[metric.name] = refused("too few requests a trial")
            continue
        values = [float(np.quantile(values, level)) for values in each]
        pooled = float(np.quantile(np.concatenate(each), level))
        figures[metric.name] = Figure(value=pooled, interval=None, each=values, refused=None)
    return figures
