"""The cross-check of the generators: which load it has, its place in a run, and when the two are said to differ."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analysis.model import metric as m
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import CrossCheckResult
from analysis.pipeline.compared import Analysed
from analysis.pipeline.cross_check import cross_check, flagged_by
from analysis.pipeline.workload import build_workload
from analysis.report.headline import doubts_in_words
from analysis.report.trial_table import records_of
from analysis.tables.workload import run_tables
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import Workload
from loadgen.errors import Error
from loadgen.record.trial import Trial
from loadgen.record.workload import Sending, WorkloadRecord
from loadgen.run.budget import fit
from loadgen.run.cross_check import ROUNDS, cross_checked
from loadgen.run.plan import Plan
from loadgen.run.resume import plan_of
from loadgen.run.session import RunRequest, plan_for
from loadgen.run.state import RunState
from loadgen.task.http.task import read_task
from loadgen.task.prime.task import KIND, TASK
from loadgen.trial.slot import Slot
from tests.tasks import echo_task
from tests.unit.asked import asks
from tests.unit.comparisons import SUMMARY
from tests.unit.plans import CONTENDERS, TIMING, plan, workload
from tests.unit.records import RUN, TRIAL, contender

SCENARIOS = Path(__file__).parents[2] / "scenarios.toml"
ECHO = echo_task(
    {"name": "read", "weight": 6, "path": "/read/{id}"},
    {"name": "root", "weight": 1, "path": "/"},
    {"name": "health", "weight": 3, "path": "/health"},
)
MIX = Workload(title="t", connections=10)


def checked(plan: Plan) -> dict[str, Workload]:
    return cross_checked(plan.profile, plan.workloads, plan.task, plan.rounds)


def marked(plan: Plan, name: str, value: bool = True) -> Plan:
    timings = plan.profile.workloads | {name: TIMING.replace(generators=value)}
    return replace(plan, profile=plan.profile.replace(workloads=timings))


def with_cross_check(plan: Plan) -> Plan:
    return replace(plan, cross_check=checked(marked(plan, "side")))


def of_echo(folder: Path, plan: Plan, text: str = ECHO) -> Plan:
    (folder / "task.toml").write_text(text)
    return replace(plan, task=read_task(folder / "task.toml"))


def test_both_generators_put_the_load_that_the_profile_marks() -> None:
    found = checked(marked(plan(rounds=2, fewest_rounds=None), "side"))
    assert list(found) == ["side:native", "side:oha"]
    assert [workload.generator for workload in found.values()] == ["native", "oha"]
    assert [(workload.request, workload.parameters, workload.connections) for workload in found.values()] == [
        (KIND, {"n": 1}, 10)
    ] * 2


def test_a_long_run_checks_the_native_generator_unasked_and_no_other() -> None:
    native = workload().replace(generator="native")
    assert checked(plan()) == {}
    assert list(checked(plan(main=workload(), other=native))) == ["other:native", "other:oha"]
    assert checked(plan(rounds=9, fewest_rounds=9, main=native)) == {}
    assert checked(marked(plan(main=native), "main", value=False)) == {}


def test_of_a_mix_it_is_the_heaviest_kind_that_is_always_the_same(tmp_path: Path) -> None:
    assert [workload.request for workload in checked(of_echo(tmp_path, plan(mix=MIX))).values()] == ["health", "health"]


def test_a_marked_load_without_such_a_kind_is_refused_and_any_other_is_passed_over(tmp_path: Path) -> None:
    reads = of_echo(tmp_path, plan(reads=MIX.replace(request="read")))
    assert checked(reads) == {}
    with pytest.raises(Error, match=r"workloads\.reads: generators = true: oha asks one request again and again"):
        checked(marked(reads, "reads"))


def test_of_the_profiles_only_the_standard_one_pays_for_it_and_less_than_a_minute() -> None:
    scenarios = read_scenarios(SCENARIOS)
    plans = [plan_for(RunRequest(name, SCENARIOS), scenarios) for name in scenarios.profiles]
    found = {plan.profile_name: replace(plan, cross_check=checked(plan)) for plan in plans}
    assert [name for name, plan in found.items() if plan.cross_check] == ["standard"]
    standard = found["standard"]
    slots = [slot for slot in standard.slots(CONTENDERS) if slot.workload in standard.cross_check]
    assert len(slots) == 24
    assert standard.expected_s(slots) <= 60


def test_the_first_service_has_both_in_turns_after_all_other_trials() -> None:
    one = with_cross_check(plan(rounds=15))
    slots = one.slots(CONTENDERS)
    assert [slot.number for slot in slots] == list(range(len(slots)))
    own = [slot for slot in slots if slot.workload in one.cross_check]
    assert own == slots[-2 * ROUNDS :]
    assert {slot.contender for slot in own} == {"a"}
    assert all(a.workload != b.workload for a, b in pairwise(own) if a.round == b.round)
    assert sum(slot.position == 0 and slot.workload == "side:oha" for slot in own) == ROUNDS / 2
    assert slots[: -2 * ROUNDS] == plan(rounds=15).slots(CONTENDERS)


def test_a_budget_takes_it_before_a_workload_and_says_so() -> None:
    asked = with_cross_check(plan(rounds=12, fewest_rounds=12))
    without = plan(rounds=12, fewest_rounds=12)
    fitted = fit(asked, CONTENDERS, without.expected_s(without.slots(CONTENDERS)))
    assert (fitted.cross_check, list(fitted.workloads)) == ({}, ["main", "side"])
    assert fitted.given_up == ["generators are not cross-checked"]


def test_a_round_that_was_cut_between_the_generators_is_measured_again() -> None:
    one = with_cross_check(plan(rounds=6, fewest_rounds=5))
    slots = one.slots(CONTENDERS)

    def trial(slot: Slot) -> Trial:
        return TRIAL.replace(index=slot.number, round=slot.round, workload=slot.workload, contender=slot.contender)

    asked: list[str] = []

    def settled(name: str, _trials: Sequence[Trial]) -> bool:
        asked.append(name)
        return False

    state = RunState(slots, one.rounds, 5, settled)
    state.take_up([trial(slot) for slot in slots[:-1]])
    assert state.wanted() == slots[-2:]
    assert set(asked) == {"main", "side"}, "the cross-check is never stopped early"


def test_a_run_that_goes_on_has_the_same_cross_check() -> None:
    one = with_cross_check(plan())
    assert plan_of(RUN.replace(plan=one.record(), task_digest=TASK.digest)).cross_check == one.cross_check


NATIVE, OHA = "native 1", "oha 1"
CLOSE = {m.GOODPUT: 1.02, m.LATENCY_P50: 0.99, m.LATENCY_P99: 1.05}


def record(generator: str) -> WorkloadRecord:
    return WorkloadRecord(
        title="", **asks(100), connections=10, warm_up_s=1.0, load_s=10.0, sending=Sending(generator=generator)
    )


LOADED = RUN.replace(workloads={"w": record(NATIVE), "other": record(OHA), "w:native": record(NATIVE), "w:oha": record(OHA)})


def trials(name: str, levels: Mapping[m.Metric, float], first: int, flags: Sequence[Flag]) -> list[Analysed]:
    """Ten trials whose figures are these levels, within 0.4%."""
    return [
        Analysed(
            TRIAL.replace(workload=name, round=number, index=first + number),
            {metric.name: level * (1 + 0.001 * ((7 * number + first) % 5 - 2)) for metric, level in levels.items()},
            np.full(2_000, 1.0),
            list(flags),
        )
        for number in range(10)
    ]


def found(levels: Mapping[m.Metric, float], flags: Sequence[Flag] = ()) -> CrossCheckResult:
    """What is said of the native generator with these levels, where those of oha are 1."""
    analysed = {
        ("w:native", "c"): trials("w:native", levels, 0, ()),
        ("w:oha", "c"): trials("w:oha", dict.fromkeys(levels, 1.0), 11, flags),
    }
    result = cross_check(LOADED, [contender("c")], analysed, {})
    assert result is not None
    return result


def test_generators_that_differ_by_less_than_the_margin_agree() -> None:
    result = found(CLOSE)
    assert [contender.label for contender in result.contenders] == [NATIVE, OHA]
    assert {comparison.metric: round(comparison.ratio or 0, 3) for comparison in result.comparisons} == {
        metric.name: pytest.approx(level, abs=0.002) for metric, level in CLOSE.items()
    }
    assert [comparison.pairs for comparison in result.comparisons] == [10, 10, 10]
    assert result.flags == []


@pytest.mark.parametrize(
    ("metric", "level"), [(m.GOODPUT, 1.06), (m.GOODPUT, 0.94), (m.LATENCY_P50, 1.06), (m.LATENCY_P99, 1.11)]
)
def test_generators_that_differ_by_more_are_flagged_with_what_they_differ_in(metric: m.Metric, level: float) -> None:
    (flag,) = found({**CLOSE, metric: level}).flags
    assert flag.check == "generators_differ"
    assert f"{NATIVE} over {OHA}, the same load on the same service: {metric.title} {level:.2f}"[:-1] in flag.evidence
    assert not flag.fatal
    assert set(flag.trials) == {*range(10), *range(11, 21)}


def test_where_one_was_the_limit_nothing_is_said_of_the_two() -> None:
    bound = Flag(check=GENERATOR_BOUND, evidence="", threshold="", remedy="", fatal=False, trials=[])
    result = found({**CLOSE, m.GOODPUT: 2.0}, [bound])
    assert result.flags == []
    assert {comparison.reason for comparison in result.comparisons} == {f"generator_bound: {OHA}"}


def test_too_few_rounds_say_nothing() -> None:
    analysed = {
        ("w:native", "c"): trials("w:native", {**CLOSE, m.GOODPUT: 2.0}, 0, ())[:4],
        ("w:oha", "c"): trials("w:oha", CLOSE, 11, ())[:4],
    }
    result = cross_check(LOADED, [contender("c")], analysed, {})
    assert result is not None
    assert {comparison.verdict for comparison in result.comparisons} == {"cannot tell"}
    assert result.flags == []


def test_a_run_without_such_trials_has_no_cross_check() -> None:
    assert cross_check(LOADED, [contender("c")], {("w", "c"): trials("w", CLOSE, 0, ())}, {}) is None


def test_what_the_native_generator_has_put_carries_the_flag_and_nothing_else_does() -> None:
    differing = found({**CLOSE, m.GOODPUT: 1.2})
    analysed = {(name, "c"): trials(name, CLOSE, 30, ()) for name in ("w", "other")}
    for name, checks in (("w", ["generators_differ"]), ("other", [])):
        built = flagged_by(differing, build_workload(LOADED, name, [contender("c")], analysed, {}))
        assert [[flag.check for flag in contender.flags] for contender in built.contenders] == [checks]
        assert all(flag.trials == list(range(30, 40)) for contender in built.contenders for flag in contender.flags)


def test_a_table_has_both_and_what_they_differ_by_and_leads_to_their_trials() -> None:
    summary = SUMMARY.replace(workloads=[], cross_check=found({**CLOSE, m.GOODPUT: 1.2}))
    (table, *_) = run_tables(summary)
    assert table.title == "generators: n = 100, 10 connections, c"
    assert table.heads == [NATIVE, OHA, f"{NATIVE} / {OHA}"]
    assert [head for head, _ in table.rows] == ["goodput, requests/s", "latency P50, ms", "latency P99, ms"]
    assert table.rows[0][1][2].number == pytest.approx(1.2, abs=0.003)
    assert table.notes[0].startswith(f"generators_differ: {NATIVE} over {OHA}")
    assert {cell.anchor for _, cells in table.rows for cell in cells if cell.anchor} == {
        record.id for record in records_of(summary)
    }
    assert doubts_in_words(summary) == [f"generators_differ: cross-check ({NATIVE}, {OHA})"]
