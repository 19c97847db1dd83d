"""Checks of several generators, on records that were made for them: what each names, and that honest ones raise none."""

from collections.abc import Mapping

import pytest

from analysis.checks.trial import check_trial
from analysis.model.flag import Flag
from analysis.model.metric import GENERATOR_BUSY, GOODPUT, LATENCY_MEAN, SERVER_BUSY
from analysis.trial.generators import ANSWERED, MEAN
from loadgen.record.generators import GeneratorRecord, HostReadings
from loadgen.record.run import RunRecord
from loadgen.record.trial import Load
from tests.unit.records import MACHINE, RUN, TRIAL

FIGURES = {SERVER_BUSY.name: 0.99, GENERATOR_BUSY.name: 0.10, GOODPUT.name: 100.0, LATENCY_MEAN.name: 100.0}
EVEN = {f"{ANSWERED} g1": 6_000.0, f"{ANSWERED} g2": 4_000.0, f"{MEAN} g1": 100.0, f"{MEAN} g2": 100.0}
HOST = HostReadings(
    seconds=12.0,
    clock_moved_s=0.0001,
    link_mbit_per_s=1_000,
    received_bytes=200_000_000,
    sent_bytes=100_000_000,
    segments_sent=1_000_000,
    segments_retransmitted=15,
    connect_ms=0.3,
    start_uncertainty_s=0.0005,
)
FIRST = GeneratorRecord(
    label="g1", connections=6, cores=[0], started_s=0.0, ended_s=11.1, rows=6_600, read_s=10.0, cpu_s=3.0, cores_idle_s=6.5
)
SECOND = FIRST.replace(label="g2", connections=4, cores=[2], started_s=0.01, ended_s=11.2, rows=4_400, cpu_s=2.0)


def made(first: GeneratorRecord, second: GeneratorRecord, server_host: HostReadings | None = None) -> Load:
    assert TRIAL.load is not None
    return TRIAL.load.replace(generators=[first, second], server_host=server_host)


def flags(
    first: GeneratorRecord = FIRST,
    second: GeneratorRecord = SECOND,
    figures: Mapping[str, float] = EVEN,
    server_host: HostReadings | None = None,
    run: RunRecord = RUN,
) -> dict[str, Flag]:
    trial = TRIAL.replace(load=made(first, second, server_host))
    return {flag.check: flag for flag in check_trial(run, trial, {**FIGURES, **figures})}


def on_hosts(**of_the_second: object) -> tuple[GeneratorRecord, GeneratorRecord]:
    return FIRST.replace(host=HOST), SECOND.replace(host=HOST.replace(**of_the_second))


def test_honest_generators_raise_no_flag() -> None:
    assert flags() == {}
    assert flags(*on_hosts(), server_host=HOST.replace(connect_ms=None)) == {}


def test_a_generator_at_its_limit_is_named_though_the_other_is_not() -> None:
    busy = SECOND.replace(cpu_s=9.7, cores_idle_s=0.2)
    assert "generator_bound" not in flags(second=busy), "the server is at its own limit, too"
    flag = flags(second=busy, figures={**EVEN, SERVER_BUSY.name: 0.5})["generator_bound"]
    assert flag.evidence == "generator g2 98% busy, server 50%"
    assert "generator_bound" not in flags(figures={**EVEN, SERVER_BUSY.name: 0.5})


def test_others_on_one_generators_core_make_it_the_limit() -> None:
    found = flags(second=SECOND.replace(cores_idle_s=0.0), figures={**EVEN, SERVER_BUSY.name: 0.5})
    assert found["generator_bound"].evidence == "generator g2 100% busy, server 50%"


def test_one_that_has_fewer_responses_than_its_share_is_a_straggler() -> None:
    flag = flags(figures={**EVEN, f"{ANSWERED} g2": 2_000.0})["straggler"]
    assert flag.evidence == "g2 had 2,000 responses, 50% of its share beside the others"
    assert "straggler" not in flags(figures={**EVEN, f"{ANSWERED} g1": 5_000.0, f"{ANSWERED} g2": 5_000.0}), "as many each"
    few = {f"{ANSWERED} g1": 30.0, f"{ANSWERED} g2": 14.0}
    assert "straggler" not in flags(figures={**EVEN, **few}), "chance"


def test_one_whose_last_response_comes_much_later_is_a_straggler() -> None:
    flag = flags(second=SECOND.replace(ended_s=16.1))["straggler"]
    assert (flag.evidence, flag.threshold) == ("g2 had its last response 5.0 s after the others", "1.0 s")
    slow = {**EVEN, LATENCY_MEAN.name: 600.0, GOODPUT.name: 16.7}
    assert "straggler" not in flags(second=SECOND.replace(ended_s=16.1), figures=slow), "a slow server's own latency"


def test_a_start_far_from_the_others_is_skewed() -> None:
    flag = flags(second=SECOND.replace(started_s=0.35))["start_skew"]
    assert flag.evidence == "g2 began 350 ms after the common start"
    first, second = on_hosts(start_uncertainty_s=0.2)
    assert flags(first, second)["start_skew"].evidence == "g2 began 10 ms after the common start, known to 200 ms"


def test_generators_that_all_begin_late_are_skewed_and_a_slow_rates_own_phase_is_not() -> None:
    late = flags(FIRST.replace(started_s=0.9), SECOND.replace(started_s=0.91))
    assert late["start_skew"].evidence == "g2 began 910 ms after the common start"
    slow = TRIAL.replace(rate_per_s=2, load=made(FIRST, SECOND.replace(started_s=0.55)))
    assert "start_skew" not in {flag.check for flag in check_trial(RUN, slow, FIGURES)}


@pytest.mark.parametrize(("moved_s", "way"), [(2.0, "forward"), (-2.0, "back")])
def test_a_clock_that_was_set_is_named_and_one_that_is_set_right_slowly_is_not(moved_s: float, way: str) -> None:
    flag = flags(*on_hosts(clock_moved_s=moved_s))["clock_stepped"]
    assert flag.evidence == f"g2: set {way} by 2.000 s within 12.0 s"
    assert "clock_stepped" not in flags(*on_hosts(clock_moved_s=0.006))
    of_server = flags(*on_hosts(), server_host=HOST.replace(clock_moved_s=moved_s))["clock_stepped"]
    assert of_server.evidence.startswith("server: set ")


@pytest.mark.parametrize(
    ("readings", "evidence"),
    [
        ({"received_bytes": 1_450_000_000}, "g2: 967 Mbit/s received by a link of 1,000"),
        ({"sent_bytes": 1_450_000_000}, "g2: 967 Mbit/s sent by a link of 1,000"),
        ({"segments_retransmitted": 9_800}, "g2: 9,800 of 1,000,000 segments sent again (1.0%)"),
        ({"connect_ms": 80.0}, "g2: the way to the server and back takes 80.00 ms, a response 100.00 ms"),
    ],
)
def test_a_network_that_is_the_limit_is_named_with_the_host(readings: dict[str, float], evidence: str) -> None:
    assert flags(*on_hosts(**readings))["network_bound"].evidence == evidence


def test_a_link_of_unknown_speed_and_a_few_lost_segments_are_no_limit() -> None:
    unknown = on_hosts(link_mbit_per_s=None, received_bytes=1_450_000_000, segments_sent=1_000, segments_retransmitted=9)
    assert "network_bound" not in flags(*unknown)


def test_a_host_that_is_farther_away_is_named() -> None:
    flag = flags(*on_hosts(connect_ms=10.3))["host_differs"]
    assert (flag.evidence, flag.threshold) == ("g2: the way to the server and back takes 10.30 ms, from g1 0.30 ms", "0.80 ms")
    assert "host_differs" not in flags(*on_hosts(connect_ms=0.5))


@pytest.mark.parametrize("differs", [{"cpu_model": "another"}, {"cores": 64}, {"kernel": "6.1"}])
def test_a_host_that_is_another_machine_is_named(differs: dict[str, object]) -> None:
    run = RUN.replace(generator_machines={"g1": MACHINE, "g2": MACHINE.replace(**differs)})
    ((name, value),) = differs.items()
    flag = flags(*on_hosts(), run=run)["host_differs"]
    assert flag.evidence == f"g2 has {name} {value}, g1 {getattr(MACHINE, name)}"
    alike = RUN.replace(generator_machines={"g1": MACHINE, "g2": MACHINE})
    assert flags(*on_hosts(), run=alike) == {}
