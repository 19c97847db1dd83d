"""From the records of a curve to its capacity, its table and its plot: a made-up run of two queues of which all is known."""

import json
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.curve.evidence import outcome_of, point_of, rate_rule
from analysis.curve.plot import draw_curves
from analysis.curve.render import render_curve
from analysis.curve.result import curve_result, is_curve
from analysis.curve.table import curve_table, fatal_lines
from analysis.pipeline.summarise import summarise
from loadgen.config.project import read_scenarios
from loadgen.curve.run import MOST_S, load_s
from loadgen.curve.session import CurveRequest, curve_plan
from loadgen.errors import Error
from loadgen.record.curve import CurveRecord, Objective
from loadgen.record.folder import RunFolder
from loadgen.record.pilot import Pilot, PilotSegment
from loadgen.record.run import RunRecord
from loadgen.record.trial import Load, LoadTrial
from loadgen.run.resume import find_interrupted
from primebench.options import ObjectiveText
from tests import forked
from tests.study.capacity import Queue, latencies_s, true_capacity_per_s
from tests.unit.asked import scale_of
from tests.unit.records import RUN, TRIAL, contender

ROOT = Path(__file__).parents[2]
OBJECTIVE = Objective(percentile=99, limit_ms=20)
QUEUES = {"one": Queue(1, 0.002, OBJECTIVE), "two": Queue(2, 0.002, OBJECTIVE)}
SEGMENT = PilotSegment(load_s=0.4, server_cpu_s=0.4, responses=200)
FASTER = PilotSegment(load_s=0.4, server_cpu_s=0.2, responses=200)
WINDOW = (0.3, 4.3)


def record(label: str) -> RunRecord:
    curve = CurveRecord(
        objective=OBJECTIVE,
        workload="w",
        budget_s=600,
        first_response_s={label: [0.01, 0.012, 0.011] for label in QUEUES},
        ended_because="the budget of 10:00 min was spent",
    )
    pilot = Pilot(segments=[SEGMENT, FASTER, FASTER])
    return RUN.replace(
        run_id=label,
        curve=curve,
        contenders=[contender(label).replace(title=f"the {label}") for label in QUEUES],
        pilots={RUN.workloads["w"].label: dict.fromkeys(QUEUES, pilot)},
    )


def written(folder: RunFolder, label: str, index: int, rate: int | None, source: np.random.Generator) -> LoadTrial:
    """One trial of a queue, with its rows; a closed loop is an open one at nearly all that it can."""
    queue = QUEUES[label]
    per_s = rate or 0.999 * queue.saturated_per_s
    due_s = np.sort(source.uniform(0.0, WINDOW[1], source.poisson(per_s * WINDOW[1])))
    columns = {
        "start_s": due_s,
        "intended_s": due_s,
        "end_s": due_s + latencies_s(queue, due_s),
        "status": np.full(len(due_s), 200, np.int16),
        "body_bytes": np.full(len(due_s), 50, np.int32),
    }
    name = f"raw/{index:05d}.parquet"
    pq.write_table(pa.table(columns), folder.path / name)
    assert TRIAL.cpu is not None
    cpu = TRIAL.cpu.replace(from_s=WINDOW[0], to_s=WINDOW[1], server_cpu_s=0.008 if rate == 10 else 3.8, server_user_s=3.0)
    load = Load(wall_s=2.5, statuses={"200": len(due_s)}, errors={}, rows_file=name, rows=len(due_s))
    place = {"index": index, "contender": label, "rate_per_s": rate, "load": load, "cpu": cpu}
    trial = TRIAL.replace(**place, window_from_s=WINDOW[0], window_to_s=WINDOW[1])
    folder.append_trial(trial)
    return trial


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which the rule has chosen the rates, as when measuring."""
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "curve")
    folder.create()
    run, source, index = record("curve"), np.random.default_rng(1), 0
    folder.write_run(run)
    rule = rate_rule(folder, run)
    for label in QUEUES:
        trials = [written(folder, label, index, None, source)]
        while (rate := rule(label, trials)) is not None and len(trials) < 40:
            index += 1
            trials.append(written(folder, label, index, rate, source))
        index += 1
    return folder.path


def test_the_capacity_is_what_theory_says(measured: Path) -> None:
    result = curve_result(measured)
    assert is_curve(measured)
    for curve in result.curves:
        assert curve.found == "capacity"
        assert curve.capacity is not None
        assert curve.capacity.per_s == pytest.approx(true_capacity_per_s(QUEUES[curve.label]), rel=0.05)
        assert curve.reason.startswith("interval ")
        assert curve.at_half["latency_p50_ms"].value == pytest.approx(2.3, rel=0.3)
        assert curve.cpu_share == pytest.approx(0.002)
        assert curve.settling_cpu_s == pytest.approx(0.6)


def test_the_table_has_a_column_a_service_and_a_row_for_each_question(measured: Path) -> None:
    table = curve_table(curve_result(measured))
    assert table.heads == ["the one", "the two"]
    heads = [head for head, _ in table.rows]
    assert heads[0] == "capacity, requests/s"
    assert "latency P99 at half of the capacity, ms" in heads
    rows = dict(table.rows)
    assert all(cell.low and cell.number and cell.high and cell.low < cell.number < cell.high for cell in rows[heads[0]])
    assert [cell.value for cell in rows["CPU near idle, at 10 requests/s, ms/s"]] == ["2.00", "2.00"]
    assert [cell.value for cell in rows["time to the first right response, ms"]] == ["11.0", "11.0"]
    assert table.notes[-1] == "measuring ended: the budget of 10:00 min was spent"
    assert fatal_lines(curve_result(measured)) == []


def test_the_plot_has_every_service_and_the_objective(measured: Path, tmp_path: Path) -> None:
    svg = draw_curves(curve_result(measured), tmp_path / "plots")
    assert svg is not None
    text = svg.read_text(encoding="utf-8")
    assert svg.with_suffix(".png").is_file()
    for words in ("the one", "the two", "latency P99", "P99 at most 20 ms"):
        assert words in text


def test_its_files_are_made_again_from_its_records_and_the_report_shows_them(measured: Path) -> None:
    result = render_curve(measured)
    assert json.loads((measured / "curve.json").read_bytes())["curves"][0]["found"] == "capacity"
    assert "| capacity, requests/s |" in (measured / "curve.md").read_text(encoding="utf-8")
    for arguments, words in (([], "P99 at most 20 ms"), (["--json"], result.run_id), (["--format", "csv"], "capacity_per_s")):
        done = forked.run([*forked.PRIMEBENCH, "report", str(measured), *arguments])
        assert (done.returncode, done.stderr) == (0, "")
        assert words in done.stdout


def test_other_commands_say_in_a_line_what_shows_it(measured: Path, tmp_path: Path) -> None:
    with pytest.raises(Error, match="a run of capacity curves, which primebench report shows"):
        summarise(measured, [], scale_of)
    run = RunFolder(measured).read_run().replace(end_reason="interrupted")
    (tmp_path / "runs").mkdir()
    cut = RunFolder(tmp_path / "runs" / "cut")
    cut.create()
    cut.write_run(run)
    with pytest.raises(Error, match="does not say what it was asked for: capacity curves"):
        find_interrupted("cut", tmp_path)


def point(folder: Path, **changes: object) -> tuple[bool | None, str | None]:
    """What a healthy trial says, with these changes."""
    run, trials = RunFolder(folder).read_run(), RunFolder(folder).read_trials()
    trial = next(trial for trial in trials if isinstance(trial, LoadTrial) and trial.rate_per_s and trial.rate_per_s > 100)
    found = point_of(folder, run, trial.replace(**changes))
    return found.kept, found.lost


def test_a_trial_that_tells_nothing_of_the_service_says_why(measured: Path) -> None:
    assert TRIAL.load is not None
    assert TRIAL.answers is not None
    assert point(measured) == (True, None)
    assert point(measured, failure="the server died") == (None, "failed")
    assert point(measured, answers=TRIAL.answers.replace(wrong=["expected 541, got 547"])) == (None, "wrong_answers")
    run, trials = RunFolder(measured).read_run(), RunFolder(measured).read_trials()
    trial = next(trial for trial in trials if isinstance(trial, LoadTrial) and trial.rate_per_s == 10)
    assert point_of(measured, run, trial).lost == "too few requests"
    assert trial.cpu is not None
    assert trial.load is not None
    late = trial.replace(load=trial.load.replace(reported={"pacing_error_p99_us": 5000.0}))
    assert point_of(measured, run, late).lost == "generator_bound"


def test_requests_without_a_right_response_are_late(measured: Path) -> None:
    run, trials = RunFolder(measured).read_run(), RunFolder(measured).read_trials()
    trial = next(trial for trial in trials if isinstance(trial, LoadTrial) and trial.rate_per_s and trial.rate_per_s > 100)
    assert trial.load is not None
    refused = trial.load.replace(errors={"connection refused": trial.load.rows})
    assert point_of(measured, run, trial.replace(load=refused)).kept is False


@pytest.mark.parametrize(
    ("late", "answered", "kept"), [(10, 1000, True), (11, 1000, False), (0, 988, True), (0, 987, False), (0, 1200, True)]
)
def test_an_objective_is_kept_by_latency_and_by_serving_what_is_due(late: int, answered: int, kept: bool) -> None:
    """1,000 are due; whoever answers less than 99% of them has a queue that grows, and keeps nothing."""
    due_s, is_late = np.linspace(1.0, 2.0, 1000, endpoint=False), np.arange(1000) < late
    found = outcome_of(OBJECTIVE, 500, (1.0, 2.0), due_s, is_late, answered)
    assert (found.rate_per_s, found.kept, found.due) == (500, kept, 1000)
    assert found.late == (1000 if answered < 988 else late)


def test_late_requests_at_once_vary_more_over_the_window_than_those_that_are_spread() -> None:
    due_s = np.linspace(0.0, 6.0, 600, endpoint=False)
    spread, at_once = np.arange(600) % 10 == 0, np.arange(600) < 60
    found = [outcome_of(OBJECTIVE, 100, (0.0, 6.0), due_s, late, 600).variance for late in (spread, at_once)]
    assert found[0] == 0.0
    assert found[1] == pytest.approx(60.0**2)


@pytest.mark.parametrize(
    ("percentile", "limit_ms", "saturated", "rate", "expected"),
    [
        (99, 10, 200.0, 150, 10.0),
        (99, 10, 200.0, 70, 15.0),
        (99, 10, 50_000.0, 40_000, 4.0),
        (99, 10, 50_000.0, 10, 10.0),
        (99, 500, 200.0, 100, 15.0),
        (99.9, 10, 200.0, 100, MOST_S),
    ],
)
def test_how_long_a_trial_is_measured(percentile: float, limit_ms: float, saturated: float, rate: int, expected: float) -> None:
    assert load_s(Objective(percentile=percentile, limit_ms=limit_ms), saturated, rate) == expected


@pytest.mark.parametrize(
    ("text", "percentile", "limit_ms", "words"),
    [
        ("p99=10ms", 99, 10, "P99 at most 10 ms"),
        ("p99.9=1.5s", 99.9, 1500, "P99.9 at most 1500 ms"),
        ("p50=250us", 50, 0.25, "P50 at most 0.25 ms"),
    ],
)
def test_an_objective_is_read_as_people_write_it(text: str, percentile: float, limit_ms: float, words: str) -> None:
    found = ObjectiveText().convert(text, None, None)
    assert (found.percentile, found.limit_ms, found.in_words) == (percentile, limit_ms, words)


@pytest.mark.parametrize("text", ["p99", "p98=10ms", "p99=10", "p99=0ms", "99=10ms", "p99=-1ms", ""])
def test_another_text_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"expected p50, p90, p99 or p99\.9 and a time, as in p99=10ms"):
        ObjectiveText().convert(text, None, None)


def request(**given: object) -> CurveRequest:
    asked = {"objective": OBJECTIVE, "profile": "quick", "scenarios": ROOT / "scenarios.toml", "budget_s": 600.0} | given
    return CurveRequest(**asked)  # type: ignore[arg-type]


def test_a_curve_is_of_the_profiles_first_closed_loop_with_its_cores_and_warm_up() -> None:
    scenarios = read_scenarios(ROOT / "scenarios.toml")
    plan = curve_plan(request(), scenarios)
    assert list(plan.workloads) == ["article"]
    assert (plan.profile.pinned, plan.profile.server_cores, plan.profile.pilot) == (True, 1, True)
    assert plan.profile.workloads["article"].warm_up_s == scenarios.profiles["quick"].workloads["article"].warm_up_s
    assert plan.services == scenarios.profiles["quick"].services
    assert list(curve_plan(request(workload="framework"), scenarios).workloads) == ["framework"]


def test_a_workload_with_a_rate_is_refused() -> None:
    with pytest.raises(Error, match="--workload open70: it has a rate, and a curve is to find one; expected a closed loop"):
        curve_plan(request(profile="standard", workload="open70"), read_scenarios(ROOT / "scenarios.toml"))
