from collections.abc import Mapping, Sequence

import pytest

from analysis.checks.answers import too_good
from analysis.checks.registry import Check
from analysis.checks.trial import CHECKS, CHECKS_OF_A_HALF, check_trial, merged
from analysis.model.flag import Flag
from analysis.model.metric import GENERATOR_BUSY, GOODPUT, LATENCY_MEAN, SERVER_BUSY
from analysis.trial import timeline
from loadgen.record.run import RunRecord
from loadgen.record.trial import Answers, LoadTrial, Sample
from loadgen.record.workload import Rate
from loadgen.system.accept_queue import AcceptQueue
from loadgen.system.memory_reading import MemoryReading
from tests.machines import recorded
from tests.machines.tree import Recorded, machine_of
from tests.unit.asked import asks
from tests.unit.records import CONTENDER, RUN, TRIAL

HEALTHY = {SERVER_BUSY.name: 0.99, GENERATOR_BUSY.name: 0.10, GOODPUT.name: 100.0, LATENCY_MEAN.name: 100.0}


def flags(trial: LoadTrial = TRIAL, figures: Mapping[str, float] = HEALTHY) -> dict[str, Flag]:
    return {flag.check: flag for flag in check_trial(RUN, trial, figures)}


def with_load(statuses: dict[str, int], errors: dict[str, int]) -> LoadTrial:
    assert TRIAL.load is not None
    return TRIAL.replace(load=TRIAL.load.replace(statuses=statuses, errors=errors))


def with_cpu(**update: float) -> LoadTrial:
    assert TRIAL.cpu is not None
    return TRIAL.replace(cpu=TRIAL.cpu.model_copy(update=update))


def test_an_honest_trial_raises_no_flag() -> None:
    assert flags() == {}


@pytest.mark.parametrize(
    ("statuses", "errors"), [({"200": 970, "503": 30}, {}), ({"307": 1000}, {}), ({"200": 1000}, {"connection refused": 1})]
)
def test_any_status_but_200_and_any_error_is_fatal(statuses: dict[str, int], errors: dict[str, int]) -> None:
    assert flags(with_load(statuses, errors))["errors"].fatal


def test_a_wrong_answer_is_fatal_and_shows_its_evidence() -> None:
    wrong = TRIAL.replace(answers=Answers(checked=20, wrong=["expected prime 541 for n=100, got 547"]))
    flag = flags(wrong)["wrong_answers"]
    assert flag.fatal
    assert flag.evidence == "1 of 20 checked: expected prime 541 for n=100, got 547"


def test_a_trial_whose_answers_nobody_checked_says_so() -> None:
    unchecked = TRIAL.replace(answers=Answers(checked=0, wrong=[]))
    assert not flags(unchecked)["unchecked_answers"].fatal


def test_more_cpu_time_than_its_threads_can_use_is_fatal() -> None:
    assert flags(figures={**HEALTHY, SERVER_BUSY.name: 1.30})["cores_exceeded"].fatal


def test_a_busy_generator_and_an_idle_server_are_the_generators_limit() -> None:
    found = flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80, GENERATOR_BUSY.name: 0.99})
    assert set(found) == {"generator_bound"}
    assert not found["generator_bound"].fatal


def test_an_idle_server_alone_was_not_saturated() -> None:
    assert set(flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80})) == {"not_saturated"}


@pytest.mark.parametrize("mean_ms", [90.0, 110.0])
def test_requests_in_flight_must_be_the_connections(mean_ms: float) -> None:
    assert "littles_law" in flags(figures={**HEALTHY, LATENCY_MEAN.name: mean_ms})


@pytest.mark.parametrize(
    "update", [{"stolen_s": 0.2}, {"others_on_server_cores_s": 0.6}, {"throttled_s": 0.2}, {"thermal_events": 1}]
)
def test_a_core_that_was_taken_away_or_slowed_down_is_noisy(update: dict[str, float]) -> None:
    assert set(flags(with_cpu(**update))) == {"noisy"}


TIMED = RUN.replace(workloads={"w": RUN.workloads["w"].model_copy(update=asks(10_000))}, contenders=[CONTENDER])
"""A run of the article's n, 2,925,594 divisions, by a service that promises to make them."""


def timed_flags(trial: LoadTrial = TRIAL, **figures: float) -> dict[str, Flag]:
    return {flag.check: flag for flag in check_trial(TIMED, trial, {**HEALTHY, **figures})}


def test_less_time_than_the_divisions_take_is_too_good_to_be_true() -> None:
    flag = timed_flags(cpu_per_request_us=700.0)["too_good"]
    assert flag.fatal
    assert flag.evidence == "700 µs of CPU a request; 2,925,594 divisions take longer"
    assert "too_good" not in timed_flags(cpu_per_request_us=800.0)


@pytest.mark.parametrize(("spent_s", "caught"), [(0.5, False), (0.05, True)])
def test_cpu_time_that_came_after_the_window_is_not_too_good(spent_s: float, caught: bool) -> None:
    assert TRIAL.load is not None
    ends = ((0.0, 1.0), (9.0, 1.0 + spent_s))
    looks = [Sample(at_s=at_s, server_cpu_s=cpu_s, generator_cpu_s=0.0, server_rss_bytes=1) for at_s, cpu_s in ends]
    late = TRIAL.replace(samples=looks, load=TRIAL.load.replace(statuses={"200": 100}))
    assert ("too_good" in timed_flags(late, cpu_per_request_us=0.04)) is caught


@pytest.mark.parametrize(("tier", "caught"), [("reference", True), ("tuned", False), ("better-algorithm", False)])
def test_what_is_too_good_depends_on_what_the_tier_promises(tier: str, caught: bool) -> None:
    run = TIMED.replace(contenders=[TIMED.contenders[0].replace(tier=tier)])
    found = {flag.check for flag in check_trial(run, TRIAL, {**HEALTHY, "cpu_per_request_us": 100.0})}
    assert ("too_good" in found) is caught


def stating(durations_us: list[float], latencies_us: list[float]) -> LoadTrial:
    answers = Answers(checked=len(durations_us), wrong=[], durations_us=durations_us, latencies_us=latencies_us)
    return TRIAL.replace(answers=answers)


def test_a_duration_longer_than_the_answer_took_is_a_mismatch() -> None:
    flag = timed_flags(stating([4_900.0, 6_000.0], [5_000.0, 5_000.0]), cpu_per_request_us=5_000.0)["duration_mismatch"]
    assert flag.evidence == "says 6,000 µs of an answer that took 5,000 µs"


def test_a_duration_far_below_the_cpu_time_is_a_mismatch() -> None:
    assert "duration_mismatch" in timed_flags(stating([490.0] * 3, [9_000.0] * 3), cpu_per_request_us=5_000.0)
    assert "duration_mismatch" not in timed_flags(stating([4_900.0] * 3, [9_000.0] * 3), cpu_per_request_us=5_000.0)


def test_a_short_calculation_is_not_most_of_its_request() -> None:
    short = stating([0.05] * 3, [900.0] * 3)
    found = {flag.check for flag in check_trial(RUN, short, {**HEALTHY, "cpu_per_request_us": 8.0})}
    assert found == set()


def test_a_long_gap_between_answers_is_a_stall() -> None:
    figures = {timeline.LONGEST_GAP: 0.4, timeline.GAP_EXPECTED: 0.005, timeline.STALLED_SHARE: 0.08}
    assert timed_flags(TRIAL, **figures)["stall"].evidence == "no answer for 400 ms; 8.0% of the window without answers"
    assert "stall" not in timed_flags(TRIAL, **{**figures, timeline.STALLED_SHARE: 0.0})


def test_memory_that_still_grows_is_a_leak() -> None:
    loaded = MemoryReading(rss_bytes=40_000_000, pss_bytes=None, anonymous_bytes=None, peak_rss_bytes=40_000_000)
    trial = TRIAL.replace(loaded=loaded)
    growing = {timeline.MEMORY_GROWTH: 30e6, timeline.MEMORY_GROWTH_PER_REQUEST: 50_000.0}
    assert "50,000 bytes a request" in timed_flags(trial, **growing)["leak"].evidence
    assert "leak" not in timed_flags(trial, **{timeline.MEMORY_GROWTH: 1.9e6})


def test_the_same_check_of_several_trials_is_one_flag_that_names_them() -> None:
    one = flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80})["not_saturated"]
    other = one.replace(trials=[9], evidence="other")
    assert [flag.trials for flag in merged([one, other])] == [[3, 9]]
    assert merged([one, other])[0].evidence == one.evidence


def at_a_rate(rate_per_s: int) -> tuple[RunRecord, LoadTrial]:
    rate = Rate(share=0.7, of="closed", whose="own")
    run = RUN.replace(workloads={"w": RUN.workloads["w"].replace(rate=rate)})
    return run, TRIAL.replace(rate_per_s=rate_per_s)


def test_an_open_loop_need_not_saturate_a_server_nor_fill_its_connections() -> None:
    figures = {SERVER_BUSY.name: 0.7, GENERATOR_BUSY.name: 0.1, GOODPUT.name: 100.0, LATENCY_MEAN.name: 1.0}
    run, trial = at_a_rate(100)
    assert check_trial(run, trial, figures) == []
    assert check_trial(RUN, trial, figures) == []  # of a curve, whose trials have rates of their own
    assert {flag.check for flag in check_trial(RUN, TRIAL, figures)} == {"not_saturated", "littles_law"}


@pytest.mark.parametrize(("due", "found"), [(100, set()), (105, set()), (106, {"rate_missed"})])
def test_an_open_loop_has_to_be_answered_at_its_rate(due: int, found: set[str]) -> None:
    run, trial = at_a_rate(due)
    assert {flag.check for flag in check_trial(run, trial, HEALTHY)} == found


def test_a_connection_that_the_server_closed_is_an_error() -> None:
    assert TRIAL.load is not None
    load = TRIAL.load.replace(closed_by_server=2)
    flag = flags(TRIAL.replace(load=load))["errors"]
    assert flag.fatal
    assert flag.evidence.startswith("2 x connection closed by the server")
    assert "keep_alive = false" in flag.remedy
    with_others = flags(TRIAL.replace(load=load.replace(errors={"connection reset": 1})))["errors"]
    assert "keep_alive" not in with_others.remedy


@pytest.mark.parametrize(("away", "found"), [(0, set()), (2_000, {"accept_queue_full"})])
def test_a_service_that_lets_too_few_connections_wait_is_named(away: int, found: set[str]) -> None:
    raised = flags(TRIAL.replace(accept_queue=AcceptQueue(places=5, turned_away=away)))
    assert set(raised) == found
    for flag in raised.values():
        assert "accept queue: 2,000 times" in flag.evidence
        assert flag.threshold == "0; its backlog is 5"


def test_others_on_the_generators_core_make_it_the_limit() -> None:
    half = {**HEALTHY, SERVER_BUSY.name: 0.60, GENERATOR_BUSY.name: 0.50}
    assert set(flags(figures=half)) == {"not_saturated"}
    found = flags(with_cpu(generator_cpu_s=5.0, generator_cores_idle_s=0.1), half)
    assert set(found) == {"generator_bound"}
    assert found["generator_bound"].evidence == "generator 50% busy, others on its cores 49%, server 60%"


def test_a_generator_whose_core_is_never_idle_is_the_limit_whoever_keeps_it_busy() -> None:
    half = {**HEALTHY, SERVER_BUSY.name: 0.60, GENERATOR_BUSY.name: 0.50}
    assert set(flags(with_cpu(generator_cpu_s=5.0, generator_cores_idle_s=0.6), half)) == {"not_saturated"}
    assert set(flags(with_cpu(generator_cpu_s=5.0, generator_cores_idle_s=0.4), half)) == {"generator_bound"}


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ({"memory_stalled_s": 0.05, "server_major_faults": 3}, set()),
        ({"memory_limit_hits": 900}, set()),  # a page cache that fills its container is no shortage
        ({"memory_stalled_s": 0.2}, {"memory_short"}),
        ({"server_major_faults": 9, "to_s": 2.0}, set()),  # a handful in a short window
        ({"server_major_faults": 200, "memory_limit_hits": 900}, {"memory_short"}),
    ],
)
def test_memory_is_short_when_programs_wait_for_it(evidence: dict[str, float], found: set[str]) -> None:
    assert set(flags(with_cpu(**evidence))) == found


def test_one_answer_that_came_sooner_than_its_calculation_takes_was_remembered() -> None:
    honest = Answers(checked=3, wrong=[], latencies_us=[5_000.0, 9_000.0], idle_latencies_us=[[4_800.0]])
    assert too_good(TIMED, TRIAL.replace(answers=honest), {}) is None
    for some in ({"latencies_us": [5_000.0, 90.0]}, {"idle_latencies_us": [[4_800.0, 90.0]]}):
        flag = too_good(TIMED, TRIAL.replace(answers=honest.model_copy(update=some)), {})
        assert flag is not None
        assert flag.fatal
        assert flag.evidence == "an answer within 90.0 µs; 2,925,594 divisions take longer"


def test_interrupts_charged_to_a_busy_server_do_not_make_it_idle() -> None:
    assert set(flags(with_cpu(others_on_server_cores_s=-2.0))) == set()


def test_a_server_whose_core_others_use_is_noise_and_not_unsaturated() -> None:
    half = {**HEALTHY, SERVER_BUSY.name: 0.50}
    assert set(flags(figures=half)) == {"not_saturated"}
    assert set(flags(with_cpu(others_on_server_cores_s=4.9), half)) == {"noisy"}
    assert set(flags(with_cpu(server_cpu_s=5.0, server_cores_idle_s=0.1), half)) == {"noisy"}


def test_where_the_idle_time_is_known_ticks_that_beat_with_the_server_are_not_asked() -> None:
    assert set(flags(with_cpu(server_cpu_s=7.0, server_cores_idle_s=2.9, others_on_server_cores_s=1.4))) == set()


def test_one_tick_of_steal_in_a_short_window_is_within_the_clocks_error() -> None:
    assert set(flags(with_cpu(to_s=1.5, server_cpu_s=0.5, stolen_s=0.02))) == set()
    assert set(flags(with_cpu(to_s=1.5, server_cpu_s=0.5, stolen_s=0.03))) == {"noisy"}


def test_a_full_machine_that_server_and_generator_share_is_saturated() -> None:
    shared = RUN.replace(server_cores=[0], generator_cores=[0])
    figures = {**HEALTHY, SERVER_BUSY.name: 0.55}
    assert check_trial(shared, with_cpu(generator_cpu_s=4.0), figures) == []
    assert {flag.check for flag in check_trial(RUN, with_cpu(generator_cpu_s=4.0), figures)} == {"not_saturated"}


@pytest.mark.parametrize(
    ("machine", "server", "generator", "checks"),
    [
        (recorded.TWO_VCPUS, [1], [0], {"shared_core"}),
        (recorded.ONE_VCPU, [0], [0], {"shared_core"}),
        (recorded.TWO_VCPUS, [], [], {"shared_core"}),
        (recorded.DESKTOP, [7], [3], {"shared_core"}),
        (recorded.DESKTOP, [7], [0, 1, 2], set()),
        (recorded.DESKTOP, [], [], set()),
        (recorded.I7_12700K, [15], [0, 16], set()),
        (recorded.I7_12700K, [1, 3, 16], [18], {"mixed_cores"}),
        (recorded.I7_12700K, [], [], {"mixed_cores"}),
        (recorded.I7_12700K, [14], [15, 16], {"shared_core"}),
    ],
)
@pytest.mark.parametrize("checks_of", [CHECKS, CHECKS_OF_A_HALF])
def test_cores_that_server_and_generator_share_and_cores_of_two_kinds_are_named(
    machine: Recorded, server: list[int], generator: list[int], checks: set[str], checks_of: Sequence[Check]
) -> None:
    found = machine_of(machine)
    run = RUN.replace(server_cores=server, generator_cores=generator, pinned=bool(server), machine=found)
    raised = check_trial(run, TRIAL, HEALTHY, checks_of)
    assert {flag.check for flag in raised} == checks
    assert not any(flag.fatal for flag in raised)
    assert all(flag.evidence and flag.threshold and flag.remedy for flag in raised)


def test_a_record_that_says_nothing_of_cores_raises_nothing() -> None:
    assert RUN.machine.core_groups == []
    assert check_trial(RUN.replace(server_cores=[1], generator_cores=[1]), TRIAL, HEALTHY) == []


def test_one_client_cannot_saturate_a_server_that_it_takes_turns_with() -> None:
    one = RUN.replace(workloads={"w": RUN.workloads["w"].replace(connections=1)})
    figures = {**HEALTHY, SERVER_BUSY.name: 0.6, LATENCY_MEAN.name: 10.0}
    assert check_trial(one, TRIAL, figures) == []


def test_a_twin_that_remembers_answers_is_caught_as_its_original_is() -> None:
    twin = TIMED.contenders[0].replace(control=True, twin_of="original")
    run = TIMED.replace(contenders=[twin])
    assert too_good(run, TRIAL, {"cpu_per_request_us": 9.0}) is not None


def test_answers_that_came_only_after_the_load_check_nothing_of_it() -> None:
    late = TRIAL.replace(answers=Answers(checked=40, under_load=0, wrong=[]))
    assert set(flags(late)) == {"unchecked_answers"}


def test_two_kinds_of_evidence_for_one_check_are_both_told_and_each_trial_counts_once() -> None:
    of_trial = flags(with_cpu(others_on_server_cores_s=0.6))["noisy"]
    of_pairs = of_trial.replace(evidence="pairs vary", threshold="10%", trials=[2, 3])
    (both,) = merged([of_trial, of_trial, of_pairs])
    assert both.trials == [2, 3]
    assert both.evidence == f"{of_trial.evidence}; pairs vary"
    assert both.threshold == f"{of_trial.threshold}; 10%"


def test_a_tick_of_the_kernel_is_no_core_too_many() -> None:
    """A process's CPU time is brought up to date at each tick: over a short window that is more than 2%."""
    assert TRIAL.cpu is not None
    short = with_cpu(to_s=TRIAL.cpu.from_s + 0.4)
    busy = {**HEALTHY, SERVER_BUSY.name: 1.03}
    assert "cores_exceeded" not in flags(short, busy)
    assert "cores_exceeded" in flags(figures=busy)
