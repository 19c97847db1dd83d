"""A summary of two services and an A/A control that has everything that plots and report show, with a name from outside."""

from analysis.model import metric as m
from analysis.model.figure_of import figure_of
from analysis.model.microbench import FitResult, MicrobenchResult
from analysis.model.summary import ContenderResult, Fairness, MemoryTimeline, Summary, Tail, WorkloadResult
from loadgen.record.workload import Rate
from tests.unit.asked import asks, residuals
from tests.unit.comparisons import SUMMARY, comparison, contender

HOSTILE = "<script>alert('1')</script> & \"quotes\" ]]> -- ‮rtl"
ROUNDS = 8


def shown(title: str = "Go · Fiber") -> Summary:
    """The summary; `title` is that of one of the services."""
    workloads = [
        _workload("article", 10_000, 5_000.0, title),
        _workload("mixed", 100, 12.0, title),
        _workload("framework", 1, 8.0, title),
        *(_workload(f"open{share}", 1000, 200.0, title, share / 100) for share in (50, 70, 90)),
        *(_workload(f"n1-c{count}", 1, 8.0, title, connections=count) for count in (1, 16)),
    ]
    fits = [
        FitResult(
            label=label,
            title=label,
            unit="divisions",
            overhead_us=figure_of([7.0]),
            cost_per_unit_ns=figure_of([1.7]),
            residuals=residuals({1: 0.01, 100: -0.02, 10_000: 0.01}),
        )
        for label in ("a", "b")
    ]
    return SUMMARY.replace(
        profile="test",
        started="2025-01-01T00:00:00+00:00",
        ended="2025-01-01T00:10:00+00:00",
        run_id="20250101T000000Z-test-0123456",
        rounds=ROUNDS,
        load_command=["oha", "-d", '{"n": 1}', title],
        start_commands={"a": ["./a", title]},
        tools={"a": {"cc": title}},
        workloads=workloads,
        deviations={"a": {title: title}},
        microbench=MicrobenchResult(benches=[], fits=fits, reconciliations=[], shares=[], notes=[]),
    )


def _workload(name: str, n: int, level: float, title: str, share: float | None = None, connections: int = 64) -> WorkloadResult:
    rate = None if share is None else Rate(share=share, of="n1000")
    a = _measured(contender("a"), level, "C++ · Beast")
    ceiling = _measured(contender("ceiling").replace(control=True), level / 2, "epoll · canned answer")
    b = _measured(contender("b"), level * 1.2, title)
    twin = _measured(contender("a:aa", twin_of="a"), level, "C++ · Beast, A/A")
    metrics = [metric for metric in m.COMPARED if rate is None or metric != m.GOODPUT]
    return WorkloadResult(
        name=name,
        title=title,
        **asks(n),
        connections=connections,
        rate=rate,
        contenders=[a, b, ceiling, twin],
        comparisons=[comparison(metric=metric, ratio=0.83, verdict="lower") for metric in metrics],
        over_controls=[
            *(comparison("a", "a:aa", metric=metric, effect=0.01) for metric in metrics),
            *(comparison(label, "ceiling", metric=metric) for label in ("a", "b") for metric in (m.GOODPUT, m.CPU_PER_REQUEST)),
        ],
    )


def _measured(contender: ContenderResult, level: float, title: str) -> ContenderResult:
    each = [level * (1 + step / 100) for step in range(ROUNDS)]
    return contender.replace(
        title=title,
        figures={metric.name: figure_of([value / 10 for value in each]) for metric in m.TRIAL_METRICS},
        trial_indices=[3 * step for step in range(ROUNDS)],
        rounds=list(range(ROUNDS)),
        tail=Tail(
            quantiles=[0.5, 0.9, 0.99],
            latency_ms=[level, level * 2, level * 5],
            low_ms=[level * 0.9, level * 1.8, level * 4],
            high_ms=[level * 1.1, level * 2.2, level * 6],
        ),
        memory=MemoryTimeline(
            window_from_s=0.5,
            window_to_s=2.0,
            at_s=[0.0, 1.0, 2.0],
            rss_bytes=[2e6, 3e6, 3e6],
            low_bytes=[2e6, 2.9e6, 2.9e6],
            high_bytes=[2e6, 3.1e6, 3.2e6],
            idle_bytes=2e6,
            after_bytes=3e6,
        ),
        fairness=Fairness(when="once idle", levels=[0.9, 1.0, 1.1], factor=1.0, p_value=0.5),
    )
