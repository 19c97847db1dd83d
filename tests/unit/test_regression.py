"""From the records of a regression check to what goes on, and to the verdict."""

import html
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from analysis.regress.evidence import undecided
from analysis.regress.export.job_summary import job_summary
from analysis.regress.look import failed
from analysis.regress.model import RegressResult
from analysis.regress.next_steps import next_steps
from analysis.regress.result import regression_result
from analysis.regress.screen import screen
from loadgen.config.regress import RegressConfig
from loadgen.errors import Error
from loadgen.generator.rows import write_rows
from loadgen.microbench.adapters.go import read_go
from loadgen.record.benchmark import InstructionCount, Timing
from loadgen.record.contender import BuildRecord, ContenderRecord
from loadgen.record.folder import RunFolder
from loadgen.record.regress import Planned, RegressRecord, Side
from loadgen.record.run import RunRecord
from loadgen.record.trial import MICROBENCH, Comparison, Load, LoadTrial, Trial
from loadgen.regress.pairing import RELINKED, Group, side
from loadgen.system.memory_reading import MemoryReading
from tests.unit.records import BENCHMARK_TRIAL, CONTENDER, COUNT, COUNT_TRIAL, RUN, TIMING, TRIAL

ROWS = 2000
GROUP = Group("cpp", "w")
BENCHES = Group("cpp", MICROBENCH)
GATE = RegressConfig()


def contender(label: str, size: int = 1000) -> ContenderRecord:
    build = BuildRecord(
        service="cpp", key="k", built_at="", tools={}, clean_build_s=1.0, incremental_build_s=[], binary_bytes=size
    )
    return CONTENDER.replace(label=label, title=label, language="C++", tier="better-algorithm", build=build)


def run_of(head_size: int = 1000, **sides: str) -> RunRecord:
    regress = RegressRecord(
        base=Side(asked="main", commit="a" * 40, built={"cpp": sides.get("base", "1")}),
        head=Side(asked="HEAD", commit="b" * 40, built={"cpp": sides.get("head", "2")}),
        merge_base=False,
        gate=GATE.model_dump(mode="json"),
        command=["primebench", "regress", "--base", "main"],
        measured_s=60.0,
        ended_because="everything was decided after 20 pairs",
    )
    contenders = [contender(side("cpp", "base")), contender(side("cpp", "head"), head_size)]
    return RUN.replace(regress=regress, contenders=contenders, rounds=160)


class Records:
    """A run's folder that is filled a trial at a time."""

    def __init__(self, path: Path, run: RunRecord) -> None:
        self.folder = RunFolder(path)
        self.folder.create()
        self.run = run
        self.folder.write_run(run)
        self.trials: list[Trial] = []
        self._source = np.random.default_rng(1)
        self._rows()

    def _rows(self) -> None:
        """One set of rows serves all trials: answers of 10 ms, evenly over the window."""
        start = np.linspace(1.0, 10.9, ROWS)
        table = pa.table(
            {
                "start_s": start,
                "end_s": start + 0.01,
                "status": np.full(ROWS, 200, dtype=np.int16),
                "body_bytes": np.full(ROWS, 50, dtype=np.int32),
            }
        )
        write_rows(table, self.folder.path / "raw" / "rows.parquet")

    def add(self, trial: Trial) -> None:
        trial = trial.replace(index=len(self.trials))
        self.trials.append(trial)
        self.folder.append_trial(trial)

    def pairs(self, comparison: Comparison, effect: float, count: int = 20, spread: float = 0.003) -> None:
        """Pairs under load: the other half needs `effect` more CPU time."""
        other = {"change": side("cpp", "head"), "relinked": side("cpp", "base", RELINKED), "slowed": side("cpp", "slowed")}
        for number in range(count):
            for label, more in ((side("cpp", "base"), 0.0), (other[comparison], effect)):
                cpu_s = ROWS * 1e-4 * (1 + more) * float(np.exp(self._source.normal(0, spread)))
                load = Load(
                    wall_s=11.0, statuses={"200": ROWS}, errors={}, rows_file="raw/rows.parquet", rows=ROWS, server_cpu_s=cpu_s
                )
                rss = 12_000_000 if label == side("cpp", "slowed") else 2_000_000  # the companion has memory of its own
                loaded = MemoryReading(rss_bytes=rss, pss_bytes=rss, anonymous_bytes=0, peak_rss_bytes=rss)
                update = {"contender": label, "round": number, "comparison": comparison, "load": load, "loaded": loaded}
                self.add(TRIAL.model_copy(update=update))

    def benches(self, comparison: Comparison, effect: float, count: int = 20, layout: str = "", first: int = 0) -> None:
        """Pairs of benchmarks: the other half takes `effect` more. Rounds count from `first`."""
        other = {"change": side("cpp", "head"), "relinked": side("cpp", "base", RELINKED)}[comparison]
        for number in range(first, first + count):
            for label, more in ((side("cpp", "base") + layout, 0.0), (other + layout, effect)):
                value = 100.0 * (1 + more) * float(np.exp(self._source.normal(0, 0.003)))
                timing = TIMING.replace(time_ns=value)
                update = {"contender": label, "round": number, "comparison": comparison, "timings": [timing]}
                self.add(BENCHMARK_TRIAL.model_copy(update=update))

    def bench(self, label: str, number: int, comparison: Comparison, **update: object) -> None:
        """One trial of microbenchmarks."""
        more = {"contender": label, "round": number, "comparison": comparison}
        self.add(BENCHMARK_TRIAL.model_copy(update=more | update))

    def counts(self, base: float, head: float, again: float = 1.0, case: str = "n=1") -> None:
        """Instructions of one benchmark on both sides; `again`: how many times as many the second count of head has."""
        for name, value in (("base", base), ("head", head)):
            second = value * again if name == "head" else value
            count = COUNT.replace(case=case, instructions=value, again=second)
            update = {"contender": side("cpp", name), "instructions": [count]}
            self.add(COUNT_TRIAL.model_copy(update=update))

    def silence(self, label: str, rounds: int) -> None:
        """Let the first trials of a side, one a round, end without an answer in their windows."""
        lines = [json.loads(line) for line in self.folder.trials_file.read_text().splitlines()]
        for line in [line for line in lines if line["contender"] == label][:rounds]:
            line |= {"window_from_s": 11.5, "window_to_s": 12.0}
        self.folder.trials_file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def change_windows(self, values: dict[str, float]) -> None:
        """Give the CPU windows of all trials on record other values."""
        lines = [json.loads(line) for line in self.folder.trials_file.read_text().splitlines()]
        for line in lines:
            line["cpu"] |= values
        self.folder.trials_file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def wanted(self) -> list[tuple[Group, Comparison]]:
        return undecided(self.folder.path, self.run)(self.trials)


def timed(name: str, time_ns: float = 100.0, cpu_ns: float | None = None) -> Timing:
    return TIMING.replace(scenario="", contender="", case=name, time_ns=time_ns, cpu_ns=cpu_ns)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "run", run_of())


def ended_with(records: Records, change: float) -> RegressResult:
    """Return what a check says that ends with these pairs, its controls as they must be."""
    records.pairs("change", change)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.05)
    assert records.wanted() == []
    return regression_result(records.folder.path)


def test_no_change_with_controls_as_they_must_be_passes_and_ends(records: Records) -> None:
    result = ended_with(records, 0.0)
    assert result.outcome == "pass"
    assert result.layers == {"load": "pass", "size": "pass"}
    assert [control.kept for control in result.controls] == [True, True]


def test_a_slow_down_is_a_regression_and_ends(records: Records) -> None:
    result = ended_with(records, 0.04)
    assert result.outcome == "regression"
    steps = "\n".join(next_steps(result))
    assert "w · CPU per request +" in steps
    assert f"git log --oneline {'a' * 12}..{'b' * 12}" in steps
    assert "primebench regress --base main" in steps


def test_what_cannot_be_told_goes_on_and_only_that(records: Records) -> None:
    records.pairs("change", 0.02, spread=0.02)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.05)
    records.benches("change", 0.0)
    records.benches("relinked", 0.0)
    assert records.wanted() == [(GROUP, "change")]
    assert regression_result(records.folder.path).outcome == "inconclusive"


def test_a_control_that_cannot_be_told_yet_goes_on_when_the_change_is_decided(records: Records) -> None:
    records.pairs("change", 0.0)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.05, spread=0.05)
    assert records.wanted() == [(GROUP, "slowed")]
    result = regression_result(records.folder.path)
    assert result.outcome == "invalid"
    assert any("base slowed by 5% is not found after 20 pairs" in line for line in result.invalid)


def test_a_relinked_base_that_is_called_different_makes_the_run_invalid_and_ends_it(records: Records) -> None:
    records.pairs("change", 0.0)
    records.pairs("relinked", -0.06)
    records.pairs("slowed", 0.05)
    assert records.wanted() == []
    result = regression_result(records.folder.path)
    assert result.outcome == "invalid"
    assert any("linked in another order, is called different" in line for line in result.invalid)


def test_a_regression_beside_a_failed_control_is_no_regression(records: Records) -> None:
    records.pairs("change", 0.10)
    records.pairs("relinked", 0.06)
    records.pairs("slowed", 0.05)
    assert regression_result(records.folder.path).outcome == "invalid"


def test_a_regression_that_was_found_stands_where_the_planted_one_was_not(records: Records) -> None:
    """What is not seen puts in doubt that nothing is there, not what is."""
    records.pairs("change", 0.8, spread=0.05)
    records.pairs("relinked", 0.0, spread=0.05)
    records.pairs("slowed", 0.0, spread=0.05)
    result = regression_result(records.folder.path)
    assert (result.outcome, result.invalid) == ("regression", [])
    assert list(map(failed, result.controls)) == [False, True]
    assert any("NOT FOUND" in line.text for line in screen(result))


def test_of_fewer_pairs_than_a_look_may_have_nothing_is_told_but_what_more_would_take(records: Records) -> None:
    """Nine pairs have no p-value below 1/512, however far apart they are: neither the machine nor the change is to blame."""
    records.pairs("change", 1.6, count=9)
    records.pairs("relinked", 0.0, count=9)
    records.pairs("slowed", 0.07, count=9)
    result = regression_result(records.folder.path)
    assert (result.outcome, result.invalid) == ("inconclusive", [])
    assert {(metric.outcome, metric.reason) for metric in result.metrics if metric.layer == "load"} == {
        ("inconclusive", "9 pairs; the first look is after 20")
    }
    assert [control.kept for control in result.controls] == [None, None]
    assert any("--budget" in step for step in result.next_steps)
    assert not any("NOT FOUND" in line.text or "noisy" in line.text for line in screen(result))


def test_the_memory_of_the_companion_does_not_count_as_the_slow_down_found(records: Records) -> None:
    records.pairs("change", 0.0)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.0)
    assert (GROUP, "slowed") in records.wanted()
    slowed = next(control for control in regression_result(records.folder.path).controls if control.kind == "slowed")
    assert not slowed.kept
    assert "memory" not in slowed.evidence


def test_benchmarks_are_slowed_in_numbers(records: Records) -> None:
    records.benches("change", 0.0)
    records.benches("relinked", 0.0)
    result = regression_result(records.folder.path)
    assert {control.kind: control.kept for control in result.controls} == {"relinked": True, "slowed": True}


def test_a_benchmark_that_differs_when_linked_in_another_order_is_named(records: Records) -> None:
    records.benches("change", 0.0)
    records.benches("relinked", 0.05)
    (line,) = regression_result(records.folder.path).invalid
    assert "linked in another order, is called different: prime_loop/served/n=1 time +4.9%" in line


def test_names_that_differ_in_digits_alone_are_two_benchmarks_and_the_slower_is_a_regression(records: Records) -> None:
    names = ("SHA256", "SHA512", "Size/size-10", "Size/size-1000")
    for number in range(20):
        for name, more in (("base", 0.0), ("head", 0.54)):
            lines = [f"Benchmark{name} 100 {100 + number + (100 * more if name in names[1::2] else 0)} ns/op" for name in names]
            timings = read_go("\n".join(lines), 1, 1).timings
            records.bench(side("cpp", name), number, "change", timings=timings)
    result = regression_result(records.folder.path)
    found = {metric.workload: metric.outcome for metric in result.metrics if metric.layer == "microbench"}
    assert found == dict(zip(names, ["pass", "regression"] * 2, strict=True))
    assert result.outcome == "regression"


def test_a_benchmark_that_head_skips_is_named_and_not_judged(records: Records) -> None:
    for number in range(20):
        records.bench(side("cpp", "base"), number, "change", timings=[timed("a"), timed("b")])
        records.bench(side("cpp", "head"), number, "change", timings=[timed("a")], skipped={"b": "needs AVX2"})
    result = regression_result(records.folder.path)
    assert [metric.workload for metric in result.metrics if metric.layer == "microbench"] == ["a"]
    note = "cpp: b: not judged in 20 of 20 trials of head: skipped: needs AVX2"
    assert result.notes == [note]
    assert result.outcome == "pass"
    assert f"note: {note}" in [line.text for line in screen(result, width=200)]
    assert note in html.unescape(job_summary(result))


def test_a_benchmark_skipped_in_some_rounds_is_judged_by_the_others_and_named(records: Records) -> None:
    for number in range(20):
        records.bench(side("cpp", "base"), number, "change", timings=[timed("a")])
        update = {"skipped": {"a": "not now"}} if number < 3 else {"timings": [timed("a")]}
        records.bench(side("cpp", "head"), number, "change", **update)
    result = regression_result(records.folder.path)
    (verdict,) = (metric for metric in result.metrics if metric.layer == "microbench")
    assert (verdict.pairs, verdict.outcome) == (17, "pass")
    assert result.notes == ["cpp: a: not judged in 3 of 20 trials of head: skipped: not now"]


def test_a_benchmark_that_both_sides_skip_is_named_once(records: Records) -> None:
    for number in range(14):
        for name in ("base", "head"):
            records.bench(side("cpp", name), number, "change", timings=[timed("a")], skipped={"b": "needs AVX2"})
    assert regression_result(records.folder.path).notes == ["cpp: b: not judged: skipped: needs AVX2"]


def test_a_benchmark_that_fails_in_head_keeps_the_run_from_passing(records: Records) -> None:
    for number in range(20):
        records.bench(side("cpp", "base"), number, "change", timings=[timed("a"), timed("b")])
        update = (
            {"failed": {"b": "wrong answer"}, "timings": [timed("a")]} if number == 7 else {"timings": [timed("a"), timed("b")]}
        )
        records.bench(side("cpp", "head"), number, "change", **update)
    result = regression_result(records.folder.path)
    assert result.outcome == "inconclusive"
    assert result.notes == ["cpp: b: not judged in 1 of 20 trials of head: failed: wrong answer"]


@pytest.mark.parametrize("time_ns", [0.0, -1.0, math.nan, math.inf])
def test_a_time_that_is_no_positive_number_is_never_one_side_of_a_ratio(records: Records, time_ns: float) -> None:
    for number in range(20):
        records.bench(side("cpp", "base"), number, "change", timings=[timed("a"), timed("b", time_ns), timed("c")])
        records.bench(side("cpp", "head"), number, "change", timings=[timed("a"), timed("b"), timed("c", cpu_ns=time_ns)])
    assert (BENCHES, "change") not in records.wanted()
    result = regression_result(records.folder.path)
    assert [metric.workload for metric in result.metrics if metric.layer == "microbench"] == ["a"]
    assert result.notes == [
        "cpp: b: not judged in 20 of 20 trials of base: its time is 0 or no number",
        "cpp: c: not judged in 20 of 20 trials of head: its time is 0 or no number",
    ]
    assert "NaN" not in result.model_dump_json()


def test_times_as_far_apart_as_numbers_can_be_have_a_verdict(records: Records) -> None:
    for number in range(20):
        records.bench(side("cpp", "base"), number, "change", timings=[timed("a", 1e-300)])
        records.bench(side("cpp", "head"), number, "change", timings=[timed("a", 1e300)])
    result = regression_result(records.folder.path)
    assert result.outcome == "regression"
    assert RegressResult.model_validate_json(result.model_dump_json()) == result


def test_instructions_that_could_not_be_counted_are_named(records: Records) -> None:
    reason = "did not run under callgrind: killed by signal 4"
    for name in ("base", "head"):
        counts = [
            InstructionCount(scenario="", contender="", case=case, times=1, instructions=value, again=value, exact=True)
            for case, value in (("a", 1000.0), ("b", 0.0), ("c", math.nan))
        ]
        update = {"contender": side("cpp", name), "instructions": counts, "failed": {"d": reason}}
        records.add(COUNT_TRIAL.model_copy(update=update))
    result = regression_result(records.folder.path)
    assert [metric.workload for metric in result.metrics if metric.layer == "instructions"] == ["a"]
    assert result.notes == [
        "cpp: instructions of b are not judged: counted 0 and 0",
        "cpp: instructions of c are not judged: counted nan and nan",
        f"cpp: instructions of d are not judged: {reason}",
    ]


def test_a_benchmark_that_is_left_out_is_not_judged(tmp_path: Path) -> None:
    run = run_of()
    assert run.regress is not None
    gate = GATE.replace(leave_out=["prime_loop/served/n=[0-9]*"])
    records = Records(
        tmp_path / "run",
        run.replace(regress=run.regress.replace(gate=gate.model_dump(mode="json"))),
    )
    records.benches("change", 0.5)
    records.counts(1000.0, 1000.0)
    assert {metric.layer for metric in regression_result(records.folder.path).metrics} == {"instructions", "size"}


def test_instructions_have_a_verdict_of_their_own(records: Records) -> None:
    records.benches("change", 0.0)
    records.benches("relinked", 0.0)
    records.counts(1000.0, 1010.0)
    result = regression_result(records.folder.path)
    assert (result.layers["microbench"], result.layers["instructions"]) == ("pass", "regression")
    assert result.outcome == "regression"
    assert any("fewer instructions can be slower" in step for step in next_steps(result))


def test_a_larger_binary_is_judged_by_its_own_margin(tmp_path: Path) -> None:
    records = Records(tmp_path / "run", run_of(head_size=1200))
    records.pairs("change", 0.0)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.05)
    result = regression_result(records.folder.path)
    assert result.layers == {"load": "pass", "size": "regression"}


def test_one_failed_trial_makes_the_run_invalid(records: Records) -> None:
    records.pairs("change", 0.0)
    records.pairs("slowed", 0.05)
    records.add(TRIAL.replace(contender=side("cpp", "head"), comparison="change", failure="the server died"))
    result = regression_result(records.folder.path)
    assert result.outcome == "invalid"
    assert "the server died" in result.invalid[0]


def test_errors_of_the_server_make_the_run_invalid(records: Records) -> None:
    records.pairs("change", 0.0)
    records.pairs("slowed", 0.05)
    last = records.trials[-1]
    assert isinstance(last, LoadTrial)
    assert last.load is not None
    wrong = last.load.replace(statuses={"200": ROWS - 1, "500": 1})
    records.add(last.replace(load=wrong, round=99))
    result = regression_result(records.folder.path)
    assert result.outcome == "invalid"
    assert "errors in 1 of" in result.invalid[0]


def test_goodput_behind_a_generator_at_its_limit_is_not_judged(records: Records) -> None:
    records.pairs("change", 0.0)
    assert {metric.metric for metric in regression_result(records.folder.path).metrics} >= {"goodput_per_s", "latency_p99_ms"}
    bound = {"server_cpu_s": 4.0, "beside_server_cpu_s": 4.0, "generator_cpu_s": 4.9, "beside_generator_cpu_s": 4.9}
    records.change_windows(bound)
    result = regression_result(records.folder.path)
    assert not {metric.metric for metric in result.metrics} & {"goodput_per_s", "latency_p99_ms"}
    assert [flag.flag.check for flag in result.flags] == ["generator_bound"]
    assert all("generator_bound" in metric.doubts for metric in result.metrics if metric.layer == "load")


def test_every_flag_of_a_workload_stands_behind_its_figures(records: Records) -> None:
    records.pairs("change", 0.0)
    records.change_windows({"stolen_s": 2.0, "memory_stalled_s": 1.0})
    result = regression_result(records.folder.path)
    assert all(metric.doubts == ["memory_short", "noisy"] for metric in result.metrics if metric.layer == "load")


def test_the_same_builds_are_called_an_a_a_run(tmp_path: Path) -> None:
    records = Records(tmp_path / "run", run_of(base="1", head="1"))
    records.pairs("change", 0.0)
    assert regression_result(records.folder.path).same_sources


def test_another_run_is_none_of_a_regression_check(tmp_path: Path) -> None:
    records = Records(tmp_path / "run", RUN)
    with pytest.raises(Error, match="not the run of a regression check"):
        regression_result(records.folder.path)


def test_what_was_planned_and_not_measured_is_no_pass(tmp_path: Path) -> None:
    run = run_of()
    assert run.regress is not None
    planned = [Planned(service="cpp", workload="w")]
    records = Records(tmp_path / "run", run.replace(regress=run.regress.replace(planned=planned)))
    records.counts(1000.0, 1000.0)
    result = regression_result(records.folder.path)
    assert result.layers == {"instructions": "pass", "size": "pass"}
    assert result.outcome == "inconclusive"
    assert result.notes == ["cpp w: no pair was measured"]
    assert next_steps(result)[0] == "not decided: cpp w: no pair was measured; more time (--budget), or fewer layers"
    assert "note: cpp w: no pair was measured" in "\n".join(line.text for line in screen(result))
    assert "Not judged" in job_summary(result)


def test_two_counts_of_one_program_that_differ_by_the_margin_decide_nothing(records: Records) -> None:
    records.benches("change", 0.0)
    records.benches("relinked", 0.0)
    records.counts(1000.0, 1001.0, again=1.02)
    result = regression_result(records.folder.path)
    assert result.layers["instructions"] == "inconclusive"
    assert any("counts of the same program differ: by +0.1% to +2.1% more" in step for step in next_steps(result))


def test_two_counts_that_both_say_so_decide(records: Records) -> None:
    records.counts(1000.0, 1050.0, again=1.001)
    assert regression_result(records.folder.path).layers["instructions"] == "regression"


def test_a_count_of_one_side_alone_is_told(records: Records) -> None:
    records.pairs("change", 0.0)
    records.counts(1000.0, 1000.0)
    head = records.trials[-1]
    lines = records.folder.trials_file.read_text().splitlines()[:-1]
    records.folder.trials_file.write_text("".join(f"{line}\n" for line in lines))
    assert head.contender == side("cpp", "head")
    (note,) = regression_result(records.folder.path).notes
    assert note == "cpp: instructions of one side only are not judged: prime_loop/served/n=1"


def test_a_head_that_gives_no_answers_in_some_pairs_does_not_pass_by_the_others(records: Records) -> None:
    records.pairs("change", 0.0, count=40)
    records.pairs("relinked", 0.0)
    records.pairs("slowed", 0.05)
    assert regression_result(records.folder.path).outcome == "pass"
    records.silence(side("cpp", "head"), 6)
    result = regression_result(records.folder.path)
    (goodput,) = [metric for metric in result.metrics if metric.metric == "goodput_per_s"]
    assert (goodput.pairs, goodput.outcome) == (34, "inconclusive")
    assert goodput.reason == "head gave no answer at all in the windows of 6 pairs"
    assert result.outcome == "inconclusive"


def regressed(tmp_path: Path, base: dict[str, object], head: dict[str, object], *command: str) -> list[str]:
    """The steps after a regression between two sides."""
    run = run_of()
    assert run.regress is not None
    update = {
        "base": run.regress.base.model_copy(update=base),
        "head": run.regress.head.model_copy(update=head),
        "command": ["primebench", "regress", *command],
    }
    records = Records(tmp_path / "run", run.replace(regress=run.regress.model_copy(update=update)))
    records.pairs("change", 0.06)
    records.pairs("slowed", 0.05)
    return regression_result(records.folder.path).next_steps


def test_a_bisection_judges_what_it_checks_out_against_the_base(tmp_path: Path) -> None:
    steps = regressed(
        tmp_path, {}, {}, "--base=main", "--head", "topic", "--repository", "../x y", "--seed", "7", "--budget", "5m"
    )
    assert f"look at what changed: git -C '../x y' log --oneline {'a' * 12}..{'b' * 12}" in steps
    (bisect,) = [step for step in steps if "bisect" in step]
    assert f"git -C '../x y' bisect start {'b' * 40} {'a' * 40}, then for each" in bisect
    judged = f"primebench regress --repository '../x y' --budget 5m --base {'a' * 40} --exact-base --head HEAD"
    assert judged in bisect


def test_what_is_not_committed_is_named_beside_the_commits(tmp_path: Path) -> None:
    steps = regressed(tmp_path, {}, {"changed": ["a.cpp", "b.cpp"], "folder": True}, "--base", "main", "--head", ".")
    (look,) = [step for step in steps if step.startswith("look")]
    assert look.endswith(f"git log --oneline {'a' * 12}..{'b' * 12}; what is not committed (a.cpp, b.cpp)")
    assert not [step for step in steps if "bisect" in step]


def test_two_folders_have_no_range_of_commits(tmp_path: Path) -> None:
    steps = regressed(tmp_path, {"folder": True}, {"folder": True}, "--base", "../a", "--head", "../b")
    assert "look at what changed: the other folder" in steps
