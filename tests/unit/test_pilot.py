"""Pilots: when a service has settled, what that costs, and how long trials become by it."""

from dataclasses import replace

import pytest

from loadgen.config.scenarios import Timing
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.record.pilot import Pilot, PilotSegment
from loadgen.run.pilots import piloted, timed
from loadgen.run.plan import original
from loadgen.trial.pilot import SEGMENTS_S
from loadgen.trial.slot import Slot
from tests.unit.plans import CONTENDERS, plan, workload


def segments(*costs_ms: float) -> list[PilotSegment]:
    """One of each cost, as long as they really are."""
    return [
        PilotSegment(load_s=load_s, server_cpu_s=cost_ms / 1e3 * 100, responses=100)
        for cost_ms, load_s in zip(costs_ms, SEGMENTS_S, strict=False)
    ]


def pilot(*costs_ms: float) -> Pilot:
    return Pilot(segments=segments(*costs_ms))


@pytest.mark.parametrize(
    ("costs_ms", "expected"),
    [
        ((5.0,), None),
        ((5.0, 4.8), 0.0),
        ((5.0, 5.5), 0.0),
        ((5.0, 4.0), None),
        ((5.0, 4.0, 3.9), 0.8),
        ((5.0, 4.0, 3.0, 2.9), 1.6),
        ((64, 32, 16, 8, 4, 2, 1), None),
    ],
)
def test_it_has_settled_when_cost_falls_no_more(costs_ms: tuple[float, ...], expected: float | None) -> None:
    found = pilot(*costs_ms)
    assert found.has_settled is (expected is not None)
    if expected is not None:
        assert found.warm_up_s == pytest.approx(expected)


def test_without_a_response_nothing_has_settled() -> None:
    none = PilotSegment(load_s=0.4, server_cpu_s=0.1, responses=0)
    assert not Pilot(segments=[none, none]).has_settled
    assert Pilot(segments=[none, none]).rate_per_s == 0


def test_settling_costs_the_cpu_of_the_loads_before() -> None:
    assert pilot(5.0, 4.9).settling_cpu_s == 0
    assert pilot(5.0, 4.0, 3.9).settling_cpu_s == pytest.approx(0.9)
    assert pilot(64, 32, 16, 8, 4, 2, 1).warm_up_s == pytest.approx(sum(SEGMENTS_S[:-1]))


@pytest.mark.parametrize(
    ("rate_per_s", "load_s", "told"),
    [(200.0, 6.0, False), (100.0, 12.0, False), (4000.0, 0.5, False), (10.0, 24.0, True), (None, 6.0, False)],
)
def test_a_load_lasts_as_long_as_the_slowest_service_needs(rate_per_s: float | None, load_s: float, told: bool) -> None:
    found, short = timed(Timing(warm_up_s=0.5, load_s=6.0, requests=1000), rate_per_s)
    assert found.load_s == pytest.approx(load_s)
    assert bool(short) is told
    if short:
        assert "1,000 responses take 2:00 min a trial in the slowest service and get 0:24" in short


def test_a_load_without_a_number_of_requests_stays_as_it_is() -> None:
    assert timed(Timing(warm_up_s=0.5, load_s=6.0), 1.0) == (Timing(warm_up_s=0.5, load_s=6.0), None)


def test_each_service_is_piloted_once_a_request_and_warmed_up_as_it_needs() -> None:
    said: list[str] = []
    asked: list[tuple[str, str]] = []

    def run(name: str, contender: Contender) -> Pilot:
        asked.append((name, contender.label))
        if contender.label == "c":
            raise Error("c: died")
        return pilot(5.0, 4.0, 3.9) if contender.label == "b" else pilot(5.0, 4.9)

    many = plan(main=workload(), again=workload(), side=workload(n=1))
    found = piloted(many, [*CONTENDERS, CONTENDERS[0].twin], run, said.append)
    assert asked == [(name, label) for name in ("main", "side") for label in "abc"]
    assert said == ["main: no pilot of c: c: died", "side: no pilot of c: c: died"]
    assert set(found.pilots) == {"n = 1,000", "n = 1"}

    def warm_up_s(name: str, label: str, beside: str = "") -> float:
        return found.timing(Slot(0, 0, 0, name, label, beside)).warm_up_s

    assert [warm_up_s("main", label) for label in ("a", "b", "c", "a:aa", "b:aa")] == [0.2, 0.8, 0.2, 0.2, 0.8]
    assert warm_up_s("again", "b") == 0.8


def test_an_aa_control_settles_as_its_original_does() -> None:
    assert [original(label) for label in ("cpp", "cpp:aa", "cpp:tuned", "cpp:tuned:aa")] == [
        "cpp",
        "cpp",
        "cpp:tuned",
        "cpp:tuned",
    ]


def test_what_is_in_flight_at_the_end_is_part_of_what_is_expected() -> None:
    asked = plan(main=workload())
    assert asked.expected_s([Slot(0, 0, 0, "main", "a")]) == pytest.approx(2.1)
    known = piloted(asked, CONTENDERS[:1], lambda *_: pilot(5.0, 4.9), lambda _: None)
    rate_per_s = known.pilots["n = 1,000"]["a"].rate_per_s
    assert known.expected_s([Slot(0, 0, 0, "main", "a")]) == pytest.approx(2.1 + 10 / rate_per_s)


def test_a_workload_keeps_its_warm_up_when_a_budget_takes_the_one_that_had_the_pilots() -> None:
    many = plan(main=workload(), side=workload(n=1), again=workload())
    found = piloted(many, CONTENDERS, lambda *_: pilot(5.0, 4.0, 3.9), lambda _: None)
    smaller = replace(found, workloads={"again": found.workloads["again"]})
    assert smaller.timing(Slot(0, 0, 0, "again", "a")).warm_up_s == 0.8
