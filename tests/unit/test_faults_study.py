"""The study of planted faults, without measuring: what a run's summary and trials count as, and what the report says of it."""

from pathlib import Path

import pytest

from analysis.model.flag import Flag
from analysis.model.summary import ContenderResult, NotMeasured, Summary, WorkloadResult
from loadgen.errors import Error
from loadgen.record.trial import LoadTrial
from tests.faults.environment import V1, V2, hierarchy
from tests.faults.findings import Outcome, failed, fault_rows, honest_rows, oha_alone, outcome_of, report
from tests.faults.planted import FAILED, FAULTS, HONEST_GROUP, NOT_MEASURED, Group, group_named, groups_with
from tests.unit.asked import asks
from tests.unit.comparisons import SUMMARY
from tests.unit.records import TRIAL

GROUP = Group("g", {"stalls": "stall", "crashes": FAILED, "errors": NOT_MEASURED})
MACHINE_GROUP = Group("m", {"burnt-core": "noisy"}, services=("cpp", "fiber"), of_the_machine=True)


def flag(check: str) -> Flag:
    return Flag(check=check, evidence=f"seen {check}", threshold="", remedy="", fatal=False, trials=[0])


def contender(label: str, *checks: str) -> ContenderResult:
    flags = [flag(check) for check in checks]
    return ContenderResult(label=label, title=label, tier="reference", trials=6, failed_trials=0, figures={}, flags=flags)


def summary(*contenders: ContenderResult, refused: dict[str, str] | None = None) -> Summary:
    workload = WorkloadResult(
        name="article", title="", **asks(10_000), connections=100, contenders=list(contenders), comparisons=[]
    )
    return SUMMARY.replace(
        commit="abc",
        generator="oha 0",
        workloads=[workload],
        not_measured=[NotMeasured(label=label, title="", reason=reason) for label, reason in (refused or {}).items()],
    )


def trial(label: str, failure: str | None = None, workload: str = "article") -> LoadTrial:
    assert TRIAL.load is not None
    said = {"requests_per_s": 1234.5, "success_share": 1.0, "latency_p99_ms": 526.4}
    load = TRIAL.load.replace(reported=said)
    return TRIAL.replace(contender=label, workload=workload, failure=failure, load=load)


def good_run() -> Outcome:
    everyone = summary(
        contender("faulty"),
        contender("faulty:stalls", "stall", "not_saturated"),
        contender("faulty:crashes"),
        refused={"faulty:errors": "breaks the contract: status: expected 200, got 503"},
    )
    return outcome_of(GROUP, everyone, [trial("faulty:stalls"), trial("faulty:crashes", "the server died")])


def test_a_fault_counts_as_caught_by_what_has_to_name_it_and_by_nothing_else() -> None:
    stalls, crashes, errors = fault_rows([good_run(), good_run()])
    assert (stalls.fault, stalls.caught, stalls.runs, stalls.also) == ("stalls", 2, 2, {"not_saturated": 2})
    assert (crashes.caught, errors.caught) == (2, 2)
    assert stalls.oha_alone == "1,234 requests/s, success 100%, P99 526 ms"
    assert errors.oha_alone == "–"
    assert not failed([good_run()], [])


def test_another_check_than_the_one_that_has_to_name_it_is_a_miss() -> None:
    other = outcome_of(GROUP, summary(contender("faulty:stalls", "leak")), [])
    (row,) = fault_rows([other])
    assert (row.caught, row.missed, row.also) == (0, True, {"leak": 1})
    assert failed([other], [])
    assert "| stalls | stall | 0 of 1 **missed** | leak (1) |" in report([other], [])


def test_a_wrong_answer_before_measuring_is_named_as_such() -> None:
    group = Group("g", {"wrong-rarely": "wrong_answers"})
    refused = summary(refused={"faulty:wrong-rarely": "wrong_answers: 6 of 3,000 asked: expected prime 2"})
    (row,) = fault_rows([outcome_of(group, refused, [])])
    assert (row.caught, row.also) == (1, {NOT_MEASURED: 1})


def test_neighbours_count_as_honest_and_their_flags_are_told_with_evidence() -> None:
    run = outcome_of(GROUP, summary(contender("cpp", "noisy"), contender("faulty", "leak"), contender("faulty:stalls")), [])
    cpp, faulty = honest_rows([run])
    assert (cpp.label, cpp.runs, cpp.flags, cpp.elsewhere) == ("cpp", 1, [], ["noisy (article: seen noisy)"])
    assert (faulty.flags, faulty.elsewhere) == (["leak (article: seen leak)"], [])
    assert failed([run], [])


def test_a_noisy_machine_alone_fails_no_study_of_the_honest() -> None:
    run = outcome_of(HONEST_GROUP, summary(contender("cpp", "noisy"), contender("faulty")), [])
    assert not failed([run], [])
    assert "2 honest runs, a contender in a run each; 0 flags." in report([run], [])


def test_an_honest_service_whose_trials_fail_is_flagged() -> None:
    (row,) = honest_rows([outcome_of(HONEST_GROUP, summary(contender("cpp")), [trial("cpp", "the server died")])])
    assert row.flags == ["failed (article: the server died)"]


def test_a_fault_of_the_machine_has_to_be_found_with_every_contender_none_of_which_is_honest() -> None:
    run = outcome_of(MACHINE_GROUP, summary(contender("cpp", "noisy"), contender("fiber")), [])
    (row,) = fault_rows([run])
    assert (row.caught, row.runs, row.missed) == (1, 2, True)
    assert honest_rows([run]) == []


def test_a_fault_that_was_not_in_the_run_is_not_missed() -> None:
    assert [row.fault for row in fault_rows([outcome_of(GROUP, summary(contender("faulty:stalls", "stall")), [])])] == [
        "stalls"
    ]


def test_a_lost_run_fails_the_study_and_is_told() -> None:
    assert failed([good_run()], ["g: no run"])
    assert "* g: no run" in report([], ["g: no run"])


def test_the_generators_word_is_of_the_article_where_there_is_one() -> None:
    other = trial("c", workload="framework")
    assert oha_alone([other], "c").startswith("framework: 1,234 requests/s")
    assert oha_alone([other, trial("c")], "c").startswith("1,234 requests/s")


def test_the_report_says_on_what_and_when() -> None:
    text = report([good_run()], [])
    assert "* test, 2 cores, test, Linux test" in text
    assert "* commit abc, profile quick, 6 rounds" in text
    assert "* 1 runs, 2026-01-01T00:00:00+00:00" in text


def test_only_some_faults_are_asked_for() -> None:
    (group,) = groups_with(["leaks"])
    assert list(group.faults) == ["leaks"]
    assert group.contenders("here") == ["cpp", "here", "here:leaks"]
    assert [fault for group in groups_with([]) for fault in group.faults] == FAULTS
    assert group_named(group.name) != group
    assert group_named("unknown") is None


def test_memory_cgroups_of_the_first_version() -> None:
    files, folders = hierarchy("cgroup /cg/memory cgroup rw,memory 0 0\n", "4:cpu:/a\n3:memory:/a/b\n")
    assert files == V1
    assert folders == [Path("/cg/memory/a/b"), Path("/cg/memory/a"), Path("/cg/memory")]
    assert files.hits_in("17\n") == 17


def test_memory_cgroups_of_the_second_version() -> None:
    files, folders = hierarchy("cgroup2 /cg cgroup2 rw 0 0\n", "0::/user.slice\n")
    assert files == V2
    assert folders == [Path("/cg/user.slice"), Path("/cg")]
    assert files.hits_in("low 0\nhigh 0\nmax 17\noom 0\noom_kill 0\n") == 17


def test_no_memory_cgroup_is_said() -> None:
    with pytest.raises(Error, match="no memory cgroup is mounted"):
        hierarchy("tmpfs /tmp tmpfs rw 0 0\n", "")
