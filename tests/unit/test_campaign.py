"""Runs of several machines: each is a block, ratios are taken within rounds, values of two machines never meet."""

import json
import math
import shutil
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.archive.add import add
from analysis.archive.place import runs_of
from analysis.archive.ratios import Wanted, pooled_ratios
from analysis.audit.model import read_published
from analysis.checks.machines import CHECK, disagreeing
from analysis.compare.compare import compared as runs_compared
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import Summary, read_summary
from analysis.pipeline.compared import Analysed, compared
from analysis.pipeline.paired import paired_comparisons
from analysis.pipeline.render import page, render
from analysis.pipeline.summarise import summarise
from analysis.stats.interval import ratio_of_pairs
from loadgen.errors import Error
from tests.unit.asked import scale_of
from tests.unit.records import TRIAL, contender
from tests.unit.run_folder import write_run_folder
from tests.unit.runs import run as made_run
from tests.unit.sources import ROOT

TITLES = {"cpp": "C++", "fiber": "Go"}
P50 = m.LATENCY_P50.name


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "x"
    write_run_folder(folder, "x", TITLES)
    return folder


def on_machines(measured: Path, target: Path, names: Sequence[str], of_round: Callable[[int], str]) -> Path:
    """The run as if its rounds were of these machines."""
    shutil.copytree(measured, target)
    record = json.loads((target / "run.json").read_text())
    machines = {name: record["machine"] | {"fingerprint": name, "cpu_model": f"CPU {name}"} for name in names}
    (target / "run.json").write_text(json.dumps(record | {"machines": machines}))
    lines = [json.loads(line) for line in (target / "trials.jsonl").read_text().splitlines()]
    text = "".join(json.dumps(line | {"machine": of_round(line["round"])}) + "\n" for line in lines)
    (target / "trials.jsonl").write_text(text)
    return target


@pytest.fixture
def campaign(measured: Path, tmp_path: Path) -> Path:
    return on_machines(measured, tmp_path / "campaign", ["a", "b"], lambda number: "ab"[number % 2])


def the_ratio(summary: Summary, metric: str = P50) -> Comparison:
    return next(comparison for comparison in summary.workloads[0].comparisons if comparison.metric == metric)


def test_paired_trials_work_the_same() -> None:
    source, trials = np.random.default_rng(5), []
    for number in range(8):
        speed = {"a": 1.0, "b": 4.0}["ab"[number % 2]]
        for label, beside, level in (("cpp", "fiber", 1.0), ("fiber", "cpp", 1.1)):
            place = TRIAL.replace(contender=label, beside=[beside], round=number, machine="ab"[number % 2])
            value = level * speed * math.exp(0.001 * source.standard_normal())
            trials.append(Analysed(place, {m.CPU_PER_REQUEST.name: value}, np.empty(0), []))
    (found,) = paired_comparisons([contender("cpp"), contender("fiber")], trials)
    assert found.machines == list("abababab")
    assert found.ratio == pytest.approx(1 / 1.1, rel=0.002)
    assert found.interval == ratio_of_pairs(found.each, [1.0] * 8, blocks=found.machines).interval
    assert found.verdict == "lower"


# one machine


def test_a_campaign_of_one_machine_is_the_run_that_it_would_be_without(measured: Path, tmp_path: Path) -> None:
    alone = on_machines(measured, tmp_path / "alone", ["a"], lambda _: "a")
    found, today = summarise(alone, [], scale_of), summarise(measured, [], scale_of)
    assert found.replace(machines={}) == today
    assert list(found.machines) == ["a"]


def test_a_stored_run_is_what_it_was_with_its_one_machine_named(tmp_path: Path) -> None:
    with tarfile.open(ROOT / "tests" / "golden" / "schema_1.tar.xz") as stored:
        stored.extractall(tmp_path / "stored", filter="data")
    alone = on_machines(tmp_path / "stored", tmp_path / "alone", ["a"], lambda _: "a")
    published = read_published(tmp_path / "stored" / "published")
    found = summarise(alone, published, scale_of)
    assert found.replace(machines={}) == summarise(tmp_path / "stored", published, scale_of)


def test_ratios_of_the_reference_run_are_what_they_were() -> None:
    summary = read_summary(ROOT / "results" / "reference" / "summary.json")
    every = [
        comparison
        for workload in summary.workloads
        for comparison in (*workload.comparisons, *workload.paired)
        if comparison.interval
    ]
    assert len(every) > 100
    for comparison in every:
        found = ratio_of_pairs(comparison.each, [1.0] * len(comparison.each), blocks=["a"] * len(comparison.each))
        assert found.interval is not None
        assert comparison.interval is not None
        kept = (comparison.ratio, comparison.interval.low, comparison.interval.high, comparison.p_value)
        now = (found.ratio, found.interval.low, found.interval.high, found.certain_p_value)
        assert now == pytest.approx(kept, rel=1e-6, abs=1e-12)


def test_blocks_of_one_machine_change_no_digit() -> None:
    source = np.random.default_rng(1)
    for count in (1, 5, 6, 12, 31):
        a, b = (np.exp(source.standard_normal(count)).tolist() for _ in range(2))
        assert ratio_of_pairs(a, b, blocks=["x"] * count) == ratio_of_pairs(a, b)


# several


def test_values_are_each_machine_s_own(campaign: Path, measured: Path, tmp_path: Path) -> None:
    (workload,) = summarise(campaign, [], scale_of).workloads
    for place, name in enumerate("ab"):
        own = shutil.copytree(measured, tmp_path / name)
        lines = (own / "trials.jsonl").read_text().splitlines(keepends=True)
        (own / "trials.jsonl").write_text("".join(line for line in lines if json.loads(line)["round"] % 2 == place))
        (alone,) = summarise(own, [], scale_of).workloads
        for pooled, other in zip(workload.contenders, alone.contenders, strict=True):
            assert {metric: figure.value for metric, figure in pooled.machines[name].items()} == {
                metric: figure.value for metric, figure in other.figures.items()
            }
    assert {figure.value for contender in workload.contenders for figure in contender.figures.values()} == {None}
    assert {contender.figures[P50].refused for contender in workload.contenders} == {"of several machines"}
    assert [contender.tail for contender in workload.contenders] == [None, None]


def test_a_ratio_is_that_of_rounds_with_machines_as_blocks(campaign: Path, measured: Path) -> None:
    found, today = the_ratio(summarise(campaign, [], scale_of)), the_ratio(summarise(measured, [], scale_of))
    assert found.each == today.each
    assert found.machines == list("ababab")
    assert today.machines == []
    logs = np.log(found.each)
    assert found.ratio == pytest.approx(math.exp(np.mean([logs[::2].mean(), logs[1::2].mean()])), rel=1e-12)
    within = sum(np.sum((part - part.mean()) ** 2) for part in (logs[::2], logs[1::2]))
    error = math.sqrt(within / 4 / 6)  # three of a machine are too few to trim
    low, high = stats.t.interval(0.95, 4, loc=math.log(found.ratio or 0), scale=error)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((math.exp(low), math.exp(high)), rel=1e-9)
    assert found.verdict == today.verdict == "lower"


def test_how_fast_a_machine_is_changes_no_ratio() -> None:
    source = np.random.default_rng(2)
    a, b = (np.exp(0.01 * source.standard_normal(12)) for _ in range(2))
    machines = ["x"] * 7 + ["y"] * 5
    speed = np.where(np.array(machines) == "x", 3.0, 0.2)
    found = ratio_of_pairs((a * speed).tolist(), (b * speed).tolist(), blocks=machines)
    plain = ratio_of_pairs(a.tolist(), b.tolist(), blocks=machines)
    assert found.interval is not None
    assert plain.interval is not None
    of_found, of_plain = ([ratio.ratio, ratio.p_value, ratio.student_p_value] for ratio in (found, plain))
    assert [*of_found, found.interval.low, found.interval.high] == pytest.approx(
        [*of_plain, plain.interval.low, plain.interval.high], rel=1e-9
    )
    assert found.degrees_of_freedom == (7 - 2 - 1) + (5 - 2 - 1)


@pytest.mark.parametrize(
    ("machines", "reason"),
    [
        ("abcdef", "6 rounds on 6 machines; an interval needs 5, and more than one on a machine"),
        ("aabcde", "6 rounds on 5 machines; an interval needs 5, and more than one on a machine"),
        ("aabb", "4 rounds on 2 machines; an interval needs 5, and more than one on a machine"),
        ("aabbc", None),
    ],
)
def test_a_machine_and_its_only_round_cannot_be_told_apart(machines: str, reason: str | None) -> None:
    ratios = [1 + 0.001 * number for number, _ in enumerate(machines)]
    ones = [1.0] * len(ratios)
    found = compared(m.GOODPUT, ("x", "y"), (ratios, ones), None, is_twin=False, machines=list(machines))
    assert (found.reason, found.interval is None) == (reason, reason is not None)


def of_machines(source: np.random.Generator, machines: int, rounds: int, between: float) -> Comparison:
    """A pair whose machines differ by `between`, in rounds that differ by 1%."""
    truths = np.repeat(between * source.standard_normal(machines), rounds)
    each = np.exp(truths + 0.01 * source.standard_normal(truths.size)).tolist()
    names = [name for number in range(machines) for name in [f"m{number}"] * rounds]
    return compared(m.CPU_PER_REQUEST, ("x", "y"), (each, [1.0] * len(each)), None, is_twin=False, machines=names)


def test_machines_that_agree_are_called_so_in_19_of_20_runs() -> None:
    source = np.random.default_rng(3)
    called = sum(bool(disagreeing([of_machines(source, 3, 6, 0.0) for _ in range(6)])) for _ in range(400))
    assert 6 <= called <= 36  # 5% of 400 is 20, with a standard deviation of 4.4


def test_machines_that_disagree_are_found_and_the_pair_is_named() -> None:
    source = np.random.default_rng(4)
    alike, apart = of_machines(source, 4, 6, 0.0), of_machines(source, 4, 6, 0.05)
    ((found, p_value),) = disagreeing([alike, apart])
    assert found is apart
    assert p_value < 1e-6


def test_without_any_spread_equal_machines_agree_and_others_do_not() -> None:
    def pair(of_b: float) -> Comparison:
        ratios = ([1.0] * 3 + [of_b] * 3, [1.0] * 6)
        return compared(m.CPU_PER_REQUEST, ("x", "y"), ratios, None, is_twin=False, machines=list("aaabbb"))

    assert disagreeing([pair(1.0)]) == []
    assert [p_value for _, p_value in disagreeing([pair(1.1)])] == [0.0]


def slowed(campaign: Path, label: str, machine: str, factor: float) -> None:
    """One contender needs more CPU time on one machine."""
    lines = [json.loads(line) for line in (campaign / "trials.jsonl").read_text().splitlines()]
    for number, line in enumerate(lines):
        line["cpu"]["server_cpu_s"] *= 1 + 0.001 * (number % 3)
        if (line["contender"], line["machine"]) == (label, machine):
            line["cpu"]["server_cpu_s"] *= factor
    (campaign / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_service_that_one_machine_hinders_is_flagged_with_its_ratios(campaign: Path) -> None:
    slowed(campaign, "fiber", "b", 0.9)
    summary = summarise(campaign, [], scale_of)
    (workload,) = summary.workloads
    for judged in workload.contenders:
        (flag,) = [flag for flag in judged.flags if flag.check == CHECK]
        assert flag.evidence.startswith("CPU per request cpp / fiber: 1.000 on a, 1.111 on b, p = ")
        assert not flag.fatal
    assert CHECK in the_ratio(summary, m.CPU_PER_REQUEST.name).doubts
    assert CHECK not in the_ratio(summary).doubts
    assert not any(CHECK in figure.doubts for contender in workload.contenders for figure in contender.machines["a"].values())


def test_machines_stand_beside_each_other_in_tables_and_report(campaign: Path, tmp_path: Path) -> None:
    slowed(campaign, "fiber", "b", 0.9)
    summary = render(campaign, tmp_path / "nothing-published", scale_of)
    text = page(summary)
    for line in ("latency P50, ms: a | 1.00", "latency P50, ms: b | 1.00", "cpp / fiber: a | 1.000", "cpp / fiber: b | 1.000"):
        assert f"| {line}" in text
    assert "cpp / fiber: all, machines as blocks" in text
    assert "machines\\_disagree" in text
    assert "latency P50, ms: b" in (campaign / "report.html").read_text()


def test_records_that_contradict_themselves_are_refused(measured: Path, tmp_path: Path) -> None:
    unknown = on_machines(measured, tmp_path / "unknown", ["a", "b"], lambda number: "abc"[number % 3])
    with pytest.raises(Error, match=r"trial 4: machine c; expected of a, b, as in run\.json"):
        summarise(unknown, [], scale_of)
    nameless = on_machines(measured, tmp_path / "nameless", [], lambda _: "a")
    with pytest.raises(Error, match=r"trial 0: machine a; expected of none"):
        summarise(nameless, [], scale_of)
    torn = on_machines(measured, tmp_path / "torn", ["a", "b"], lambda _: "a")
    lines = (torn / "trials.jsonl").read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"machine": "b"})
    (torn / "trials.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(Error, match=r"round 0 on a and b; expected a round on one machine"):
        summarise(torn, [], scale_of)


def test_a_campaign_is_not_compared_with_another_run(campaign: Path) -> None:
    with pytest.raises(Error, match=r"x: of several machines"):
        runs_compared([summarise(campaign, [], scale_of), made_run("other")])


def test_an_archive_pools_a_campaign_s_machines_each_by_itself(measured: Path, tmp_path: Path) -> None:
    halves = on_machines(measured, tmp_path / "halves", ["a", "b"], lambda number: "a" if number < 5 else "b")
    add(halves, tmp_path / "archive", scale_of)
    found = next(pooled_ratio for pooled_ratio in pooled_ratios(runs_of(tmp_path / "archive"), Wanted(metric=P50)))
    assert [machine.machine.fingerprint for machine in found.machines] == ["a", "b"]
    assert [machine.reason for machine in found.machines] == [None, "too few rounds"]
    own = ratio_of_pairs(the_ratio(summarise(measured, [], scale_of)).each[:5], [1.0] * 5)
    assert found.machines[0].ratio == pytest.approx(own.ratio)
