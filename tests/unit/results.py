"""Results of regression checks, written out rather than judged, so that what is made of them never moves by a last digit."""

import math
from collections.abc import Sequence
from typing import Literal

from analysis.model.flag import Flag
from analysis.regress.model import DoubtedFlag, RegressResult
from analysis.regress.verdict import ControlVerdict, MetricVerdict, Outcome
from analysis.stats.interval import Interval
from loadgen.config.regress import Layer
from loadgen.record.regress import Side
from tests.unit import records

HOSTILE = "<b>|x`*_[y](z)\n@all #1 \x1b[31m"
"""A name that is markup, a cell's end, a link, a mention and a terminal's colour."""

BASE = (100.0, 101.0, 99.0, 100.5, 99.5, 100.0, 100.25, 99.75, 101.5, 98.5)
HEAD_WORSE = (104.0, 105.0, 103.0, 104.5, 103.5, 104.0, 104.25, 103.75, 105.5, 102.5)
HEAD_FEWER = (98.0, 99.0, 97.0, 98.5, 97.5, 98.0, 98.25, 97.75, 99.5, 96.5)
HEAD_AS_BASE = (100.5, 100.0, 99.5, 100.0, 100.25, 99.0, 101.0, 98.5, 99.75, 101.5)

MACHINE = records.MACHINE.replace(
    fingerprint="0123abcd",
    cpu_model="Some CPU @ 2.00GHz",
    memory_bytes=8_000_000_000,
    kernel="6.1.0",
    system="Debian GNU/Linux 12",
    load_average_1m=0.25,
)


def metric(
    name: str = "cpu_per_request_us",
    *,
    service: str = "cpp",
    layer: Layer = "load",
    workload: str = "article",
    base: Sequence[float] = BASE,
    head: Sequence[float] = HEAD_WORSE,
    worse: float = 1.04,
    half: float = 0.01,
    outcome: Outcome = "regression",
    reason: str = "worse by more than the margin of 1.5%",
    required: bool = True,
    doubts: Sequence[str] = (),
) -> MetricVerdict:
    """One with the interval worse ± half; medians are those of the values, which are as many as the pairs."""
    return MetricVerdict(
        service=service,
        layer=layer,
        workload=workload,
        metric=name,
        required=required,
        base=_median(base),
        head=_median(head),
        pairs=len(base),
        worse=worse,
        interval=Interval(low=worse - half, high=worse + half, level=0.9975, method="trimmed-mean-yuen"),
        minimum_detectable_effect=0.0225,
        margin=0.015,
        exclude=0.03,
        outcome=outcome,
        reason=reason,
        base_values=list(base),
        head_values=list(head),
        doubts=list(doubts),
    )


def with_logs(metric: MetricVerdict, logs: Sequence[float]) -> MetricVerdict:
    """The same with pairs that are worse by these logarithms; of a metric that is better when it is lower."""
    return metric.replace(base_values=[1.0] * len(logs), head_values=[math.exp(log) for log in logs])


def _median(values: Sequence[float]) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def exact_metric(name: str, layer: Layer, workload: str, base: float, head: float, outcome: Outcome = "pass") -> MetricVerdict:
    """One without noise."""
    return metric(name, layer=layer, workload=workload, base=[base], head=[head], worse=head / base, outcome=outcome).replace(
        exact=True,
        interval=None,
        minimum_detectable_effect=None,
        margin=0.01,
        exclude=None,
        reason="not more by 1.0% or more",
    )


def passed(name: str, *, service: str = "cpp", layer: Layer = "load", workload: str = "article") -> MetricVerdict:
    """One that is no worse."""
    return metric(
        name,
        service=service,
        layer=layer,
        workload=workload,
        head=HEAD_AS_BASE,
        worse=1.0,
        outcome="pass",
        reason="worse by 3.0% is excluded",
    )


def control(
    kind: Literal["relinked", "slowed"], *, kept: bool | None, evidence: str = "CPU per request +0.1%"
) -> ControlVerdict:
    """One of the service cpp under the workload article."""
    return ControlVerdict(kind=kind, service="cpp", layer="load", workload="article", pairs=10, kept=kept, evidence=evidence)


def result(
    outcome: Outcome | Literal["invalid"],
    metrics: Sequence[MetricVerdict],
    controls: Sequence[ControlVerdict] = (),
    *,
    invalid: Sequence[str] = (),
    flags: Sequence[DoubtedFlag] = (),
    next_steps: Sequence[str] = (),
    asked: str = "HEAD",
) -> RegressResult:
    """A check of `asked` against origin/main."""
    return RegressResult(
        run_id="20261001T120000Z-regress-89abcdef",
        started="2026-10-01T12:00:00+00:00",
        machine=MACHINE,
        primebench_version="0.1.0",
        base=Side(asked="origin/main", commit="0123456789abcdef0123456789abcdef01234567"),
        head=Side(asked=asked, commit="89abcdef0123456789abcdef0123456789abcdef", changed=["server/main.cpp"]),
        merge_base=True,
        same_sources=False,
        outcome=outcome,
        invalid=list(invalid),
        layers={metric.layer: metric.outcome for metric in metrics},
        metrics=list(metrics),
        controls=list(controls),
        flags=list(flags),
        family=len(metrics),
        family_error=0.01,
        looks=[20, 40, 80, 160],
        measured_s=1234.5,
        ended_because="every metric is decided",
        command=["primebench", "regress", "--base", "origin/main", "--head", asked],
        next_steps=list(next_steps),
    )


def regression() -> RegressResult:
    """Every layer, every kind of verdict, and names that nobody should trust."""
    return result(
        "regression",
        [
            metric(),
            metric("goodput_per_s", head=HEAD_FEWER, worse=1.02, outcome="inconclusive", reason="about 60 pairs would decide"),
            metric(
                "latency_p99_ms", worse=1.03, outcome="inconclusive", reason="no number of pairs would decide", required=False
            ),
            passed("rss_loaded_bytes"),
            passed("cpu_per_request_us", service="fiber:published", workload=f"n-100 {HOSTILE}"),
            metric("time_ns", layer="microbench", workload="json_decode/served/article", doubts=["stall"]),
            exact_metric("instructions", "instructions", "json_decode/served/article", 1000.0, 1005.0),
            exact_metric("binary_bytes", "size", "", 2_000_000.0, 2_000_000.0),
        ],
        [control("relinked", kept=True), control("slowed", kept=None, evidence=HOSTILE)],
        flags=[
            DoubtedFlag(
                service="cpp",
                workload="article",
                flag=Flag(
                    check="stall",
                    evidence=f"no answer for 300 ms {HOSTILE}",
                    threshold="100 ms",
                    remedy="look what the server waits for",
                    fatal=False,
                    trials=[3],
                ),
                raised_by=1,
                trials=20,
            )
        ],
        next_steps=["look at CPU per request of cpp under article", f"measure again: primebench regress --head {HOSTILE}"],
        asked=HOSTILE,
    )


def no_regression() -> RegressResult:
    """A pass with its controls kept."""
    return result("pass", [passed("cpu_per_request_us"), passed("goodput_per_s")], [control("slowed", kept=True)])


def inconclusive() -> RegressResult:
    """A run that ended before it could tell."""
    return result(
        "inconclusive",
        [metric(outcome="inconclusive", worse=1.02, reason="about 60 pairs would decide")],
        [control("relinked", kept=True), control("slowed", kept=None)],
        next_steps=["measure longer: --budget 30m"],
    )


def invalid() -> RegressResult:
    """A control failed: the metrics are there, and mean nothing."""
    return result(
        "invalid",
        [metric(), passed("goodput_per_s")],
        [control("relinked", kept=False, evidence="CPU per request +5.0% [+4.0%, +6.0%]")],
        invalid=[f"the base relinked was called different: {HOSTILE}"],
        next_steps=["leave the machine alone while it measures"],
    )
