"""A field: its tasks in order, the runs it names, the time each gets, and where it goes on after an interruption."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loadgen.config.project import read_scenarios
from loadgen.config.service import services_of
from loadgen.errors import Error
from loadgen.field import session as field_session
from loadgen.field.folder import FieldFolder, find_field, new_field
from loadgen.field.session import SCENARIOS, FieldSession, legs_of
from loadgen.record.folder import RunFolder
from loadgen.run.run import Finished
from loadgen.run.session import RunRequest
from loadgen.run.state import Rules
from loadgen.task.find import find_task
from tests.unit.records import RUN
from tests.unit.test_several_tasks import three

ROOT = Path(__file__).parents[2]
DOCUMENTS = str(ROOT / "tests" / "documents")


class Told:
    """A reporter that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    begin = trial_starts = trial_ended = end = lambda *_: None


@dataclass
class Measured:
    """What the made runs were asked for, and which of them is cut short, once it has begun."""

    results: Path
    cut_short: str = ""
    started: list[RunRequest] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)

    def record(self, folder: RunFolder, task: str, seed: int, reason: str | None) -> None:
        folder.write_run(RUN.replace(run_id=folder.path.name, task=task, seed=seed, end_reason=reason))

    def start(self, request: RunRequest) -> Finished:
        self.started.append(request)
        task = find_task(read_scenarios(request.scenarios).task, request.scenarios.parent).name
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        folder = RunFolder(self.results / "runs" / f"{stamp}-{task}-{len(self.started)}")
        folder.create()
        self.record(folder, task, request.seed or 0, None)
        if task == self.cut_short:
            raise KeyboardInterrupt
        self.record(folder, task, request.seed or 0, "finished")
        return Finished(folder, [])

    def resume(self, wanted: str) -> Finished:
        self.resumed.append(Path(wanted).name)
        folder = RunFolder(Path(wanted))
        run = folder.read_run()
        self.record(folder, run.task, run.seed, "finished")
        return Finished(folder, [])


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measured:
    made = Measured(tmp_path / "results")
    monkeypatch.setattr(field_session, "RunSession", lambda *_: made)
    monkeypatch.setattr(field_session, "prepare", lambda *_: [])
    return made


def session(results: Path, told: Told | None = None, faults: Sequence[str] = ()) -> FieldSession:
    return FieldSession(ROOT, results, told or Told(), lambda *_: Rules(lambda *_: False, list), lambda _: list(faults))


def runs_of(folder: FieldFolder) -> dict[str, str]:
    asked = json.loads((folder.path / "field.json").read_text())
    assert asked["schema"] == 1
    return {task: (folder.path / run).resolve().name for task, run in asked["runs"].items()}


def test_each_task_is_a_run_of_one_seed_and_the_folder_names_them(measured: Measured, tmp_path: Path) -> None:
    three(tmp_path)
    folder, faults = session(measured.results, faults=["a fault"]).start("field", [str(tmp_path)], None)
    assert list(runs_of(folder)) == ["prime", "plaintext", "json"]
    assert len(set(runs_of(folder).values())) == 3
    assert [request.scenarios for request in measured.started] == [ROOT / name for name in SCENARIOS]
    assert {(request.profile, *request.services, request.seed) for request in measured.started} == {
        ("field", str(tmp_path.resolve()), folder.asked().seed)
    }
    assert faults == ["prime: a fault", "plaintext: a fault", "json: a fault"]


def test_a_service_is_measured_under_the_tasks_that_it_serves(measured: Measured) -> None:
    told = Told()
    folder, _ = session(measured.results, told).start("smoke", [DOCUMENTS], None)
    assert list(runs_of(folder)) == ["plaintext", "json"]
    assert "documents: not measured: it serves json, plaintext, not prime" in told.lines


def test_a_field_whose_services_serve_none_of_its_tasks_is_refused(measured: Measured) -> None:
    orders = str(ROOT / "tests" / "orders")
    with pytest.raises(Error, match=r"nothing can be measured: no service of .*orders serves a task of the field"):
        session(measured.results).start("field", [orders], None)
    assert measured.started == []


@pytest.mark.parametrize("task", ["prime", "plaintext", "json"])
def test_an_interrupted_field_goes_on_with_the_run_that_was_cut_short(measured: Measured, tmp_path: Path, task: str) -> None:
    three(tmp_path)
    measured.cut_short = task
    with pytest.raises(KeyboardInterrupt):
        session(measured.results).start("field", [str(tmp_path)], None)
    before = len(measured.started)
    (place,) = (measured.results / "fields").iterdir()
    assert task not in FieldFolder(place, measured.results).runs()
    measured.cut_short = ""
    folder, _ = session(measured.results).resume(place.name, None)
    assert list(runs_of(folder)) == ["prime", "plaintext", "json"]
    assert measured.resumed == [runs_of(folder)[task]]
    assert len(measured.started) == 3
    assert before == ["prime", "plaintext", "json"].index(task) + 1


def test_a_run_that_finished_before_the_field_was_killed_is_taken(measured: Measured, tmp_path: Path) -> None:
    three(tmp_path)
    folder, _ = session(measured.results).start("field", [str(tmp_path)], None)
    whole = runs_of(folder)
    (folder.path / "field.json").unlink()
    again, _ = session(measured.results).resume(str(folder.path), None)
    assert (runs_of(again), len(measured.started), measured.resumed) == (whole, 3, [])


def test_a_run_of_another_seed_or_before_it_is_not_the_fields(measured: Measured) -> None:
    folder = new_field(measured.results, "field", [], 7)
    for name, seed in (("20200101T000000Z-a", 7), ("29990101T000000Z-b", 8), ("29990101T000001Z-c", 7)):
        place = RunFolder(measured.results / "runs" / name)
        place.create()
        measured.record(place, "json", seed, None)
    (measured.results / "runs" / "29990101T000002Z-no-run").mkdir()
    begun = folder.begun("json")
    assert begun is not None
    assert begun.path.name == "29990101T000001Z-c"
    assert folder.begun("prime") is None


def test_the_time_is_shared_by_the_number_of_workloads(measured: Measured, tmp_path: Path) -> None:
    three(tmp_path)
    now_s = time.monotonic()
    session(measured.results).start("field", [str(tmp_path)], now_s + 5_000_000)
    ends_s = [request.until_s - now_s for request in measured.started if request.until_s is not None]
    weights = [leg.weight for leg in legs_of(ROOT, "field")]
    shares, left = [], 5_000_000.0
    for number, weight in enumerate(weights):  # made runs take no time: each leaves what it did not use to the next
        shares.append(left * weight / sum(weights[number:]))
    assert [round(value, -4) for value in ends_s] == [round(share, -4) for share in shares]


def test_a_time_that_is_too_short_for_all_tasks_is_said_before_anything_is_measured(measured: Measured, tmp_path: Path) -> None:
    three(tmp_path)
    budget_s = 5
    with pytest.raises(Error, match=r"min are left of the budget, and the least that the field can be cut to takes about \d"):
        session(measured.results).start("field", [str(tmp_path)], time.monotonic() + budget_s)
    assert measured.started == []


def test_a_task_with_few_workloads_gets_what_it_needs() -> None:
    weights, leasts, now_s = [2, 1, 2], [60.0, 80.0, 60.0], time.monotonic()
    ends_s = [field_session._share(now_s + left, weights[at:], leasts[at:]) for at, left in ((0, 220.0), (1, 140.0), (2, 60.0))]
    assert [round((end_s or 0.0) - now_s, -1) for end_s in ends_s] == [80, 80, 60]
    plenty_s = field_session._share(now_s + 5_000_000, weights, leasts) or 0.0
    assert round(plenty_s - now_s, -4) == 2_000_000


def test_what_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(Error, match="no service 'nothing': expected one of"):
        session(tmp_path).start("field", ["nothing"], None)
    assert not (tmp_path / "fields").exists()
    with pytest.raises(Error, match="no profile 'nothing': expected one of"):
        session(tmp_path).start("nothing", [], None)
    with pytest.raises(Error, match=r"scenarios\.toml: not found; the tasks of the field come with primebench"):
        legs_of(tmp_path, "field")
    with pytest.raises(Error, match="nothing: no such field in "):
        find_field("nothing", tmp_path)
    with pytest.raises(Error, match=r"asked\.json: No such file"):
        FieldFolder(tmp_path, tmp_path).asked()


def test_the_profile_field_of_every_task_has_the_same_services_and_pairs_all_workloads() -> None:
    profiles = [leg.scenarios.profiles["field"] for leg in legs_of(ROOT, "field")]
    assert len({tuple(profile.services) for profile in profiles}) == 1
    assert profiles[0].services[0] == "cpp"
    for profile in profiles:
        assert profile.paired is not None
        assert list(profile.paired.workloads) == list(profile.workloads)
        assert profile.pilot, "services that compile as they run are warmed up as long as their pilots say"


def test_the_services_that_the_field_names_are_there_and_serve_its_tasks() -> None:
    own, tasks = services_of(ROOT), [leg.task for leg in legs_of(ROOT, "field")]
    for name in legs_of(ROOT, "field")[0].scenarios.profiles["field"].services:
        assert set(tasks) <= set(own[name].tasks), name
