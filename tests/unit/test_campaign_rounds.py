"""Campaigns without machines: what is sent to them, what they keep, and how rounds are dealt out when one is lost."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loadgen.campaign.campaign import Campaign
from loadgen.campaign.machine import ask, finished_rounds, read_trial
from loadgen.campaign.parcel import packed, unpack
from loadgen.campaign.place import Place, write_once
from loadgen.cluster.engine import HostLostError
from loadgen.cluster.quiet import WORKER, as_yaml
from loadgen.errors import Error
from loadgen.record.folder import RunFolder, written
from loadgen.record.trial import LoadTrial, Trial
from loadgen.run.state import RunState
from loadgen.trial.new_trial import new_trial
from loadgen.trial.slot import Slot
from tests.repository import git
from tests.unit.runs import run as made_run
from tests.unit.sources import ROOT

ROUNDS, SERVICES = 4, ("a", "b")


def test_a_parcel_has_what_git_does_not_ignore_and_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "--quiet")
    (project / ".gitignore").write_text("ignored\n")
    (project / "ignored").write_text("no")
    (project / "run.sh").write_text("yes")
    (project / "run.sh").chmod(0o700)
    (project / "link").symlink_to("run.sh")
    parcel = packed(project)
    unpack(parcel.content, tmp_path / "there")
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == [".gitignore", "link", "run.sh"]
    assert (tmp_path / "there" / "link").readlink() == Path("run.sh")
    assert (tmp_path / "there" / "run.sh").stat().st_mode & 0o777 == 0o755
    subprocess.run(["touch", str(project / "run.sh")], check=True)
    assert packed(project) == parcel
    assert packed(tmp_path / "there").digest == parcel.digest, "another digest without git"
    (project / "run.sh").write_text("another")
    assert packed(project).digest != parcel.digest


def test_a_file_is_written_once_and_whole(tmp_path: Path) -> None:
    write_once(tmp_path / "file", b"first")
    with pytest.raises(FileExistsError):
        write_once(tmp_path / "file", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"first")]


def test_a_round_is_begun_once_an_attempt_and_counts_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path))
    place = Place("run", "anvil")
    place.begin(2, 0)
    write_once(place.trial_file(2, 7), b"{}")
    with pytest.raises(Error, match="round 3 has begun before: it is not measured twice"):
        place.begin(2, 0)
    assert place.finished() == {}
    place.begin(2, 1)
    assert not place.trial_file(2, 7).exists(), "of an attempt that is void"
    write_once(place.trial_file(2, 7), b"{}")
    place.finish(2, [7])
    assert Place("run", "anvil").finished() == {2: [7]}
    assert Place("run", "bellows").finished() == {}


def test_settings_for_the_schedulers_of_others_are_those_of_ours_but_for_their_pages(tmp_path: Path) -> None:
    import dask.config

    (tmp_path / "primebench.yaml").write_text(as_yaml())
    (read,) = dask.config.collect_yaml([str(tmp_path)])
    for name, value in WORKER.items():
        if not name.endswith("routes"):
            assert dask.config.get(name, config=read) == value
    assert "routes" not in as_yaml()


def test_a_command_without_a_cluster_imports_nothing_of_one() -> None:
    program = "import sys, primebench.cli, loadgen.run.session; print({'dask', 'distributed', 'asyncssh'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


class _Plan:
    """A plan as far as a campaign asks it."""

    def expected_s(self, slots: list[Slot]) -> float:
        return float(len(slots))


@dataclass
class _Told:
    """A Reporter that keeps what it is told."""

    lines: list[str] = field(default_factory=list)
    trials: list[int] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)

    def begin(self, what: str, trials: int, expected_s: float) -> None: ...

    def trial_starts(self, what: str, remaining_s: float) -> None: ...

    def trial_ended(self, trial: Trial) -> None:
        self.trials.append(trial.index)

    def end(self) -> None: ...


@dataclass
class _Machines:
    """A cluster whose machines measure in no time; `lost_in` says in which of its rounds one is lost, from 1."""

    names: list[str]
    lost_in: dict[str, int] = field(default_factory=dict)
    kept: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    generators: tuple[str, ...] = ()
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def elsewhere(self) -> dict[str, Any]:
        return {"host": "10.0.0.1", "workers": {name: f"tls://{name}" for name in self.generators}}

    @property
    def hosts(self) -> list[str]:
        return [name for name in self.names if name not in self.gone]

    def call(self, host: str, function: Callable[..., Any], place: Place, *arguments: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(self._done(host, function, place, *arguments))
        except Error as error:
            future.set_exception(error)
        return future

    def _done(self, host: str, function: Callable[..., Any], place: Place, *arguments: Any) -> Any:
        assert place.machine == host
        if host in self.gone:
            raise HostLostError(f"{host}: its worker has ended")
        kept = self.kept.setdefault(host, {})
        if function is finished_rounds:
            return dict(kept)
        if function is read_trial:
            number, index = arguments
            assert index in kept[number]
            slot = Slot(index, number, index % len(SERVICES), "w", SERVICES[index % len(SERVICES)])
            return written(new_trial(LoadTrial, slot).replace(machine=host)), {f"raw/{index:05d}.parquet": b"rows"}
        assert function is ask
        wanted = arguments[0]
        self.rounds[host] = self.rounds.get(host, 0) + 1
        if self.lost_in.get(host) == self.rounds[host]:
            self.gone.add(host)
            raise HostLostError(f"{host}: its worker was ended by SIGKILL")
        kept[wanted["number"]] = wanted["slots"]
        return {"indices": wanted["slots"], "said": []}


def campaign_on(machines: _Machines, folder: Path) -> tuple[Campaign, _Told]:
    """Return a campaign of four rounds of two services, whose folder may have trials of an earlier one."""
    records = RunFolder(folder)
    records.raw.mkdir(parents=True, exist_ok=True)
    slots = [Slot(number * 2 + at, number, at, "w", name) for number in range(ROUNDS) for at, name in enumerate(SERVICES)]
    state = RunState(slots, ROUNDS, None, lambda _workload, _trials: False)
    state.take_up(records.read_trials())
    told, run = _Told(), made_run("run")
    run = run.replace(machines=dict.fromkeys(machines.names, run.machine))
    return Campaign(machines, run, _Plan(), records, state, told), told  # type: ignore[arg-type]


def rounds_of(folder: Path) -> dict[int, set[str | None]]:
    """Return the machines of each round; fail if a trial is there twice."""
    trials = RunFolder(folder).read_trials()
    assert len(trials) == RunFolder(folder).trials_file.read_bytes().count(b"\n")
    found: dict[int, set[str | None]] = {}
    for trial in trials:
        found.setdefault(trial.round, set()).add(trial.machine)
    return found


def test_rounds_go_to_all_machines_and_each_trial_is_here_once(tmp_path: Path) -> None:
    campaign, told = campaign_on(_Machines(["anvil", "bellows"]), tmp_path)
    campaign.measure()
    assert campaign.faults == []
    assert sorted(told.trials) == list(range(ROUNDS * 2))
    rounds = rounds_of(tmp_path)
    assert sorted(rounds) == list(range(ROUNDS))
    assert all(len(machines) == 1 for machines in rounds.values())
    assert set.union(*rounds.values()) == {"anvil", "bellows"}
    assert len(list((tmp_path / "raw").iterdir())) == ROUNDS * 2


def test_a_machine_that_is_lost_loses_its_round_alone(tmp_path: Path) -> None:
    campaign, _ = campaign_on(_Machines(["anvil", "bellows"], {"bellows": 1}), tmp_path)
    campaign.measure()
    assert campaign.faults == [
        "bellows: its worker was ended by SIGKILL; round 2 on it is void, and it gets no other",
    ]
    assert rounds_of(tmp_path) == {number: {"anvil"} for number in range(ROUNDS)}


def test_without_a_machine_the_run_says_how_it_goes_on_and_then_takes_what_they_have(tmp_path: Path) -> None:
    machines = _Machines(["anvil"], {"anvil": 3})
    campaign, _ = campaign_on(machines, tmp_path)
    with pytest.raises(
        Error, match=r"no machine is left for 2 rounds \(anvil: its worker was ended by SIGKILL\); once there is"
    ):
        campaign.measure()
    before = RunFolder(tmp_path).read_trials()
    assert [trial.index for trial in before] == [0, 1, 2, 3]
    machines.gone.clear()
    machines.kept["anvil"][2] = [4, 5]  # finished, and never brought here: the controller had ended
    machines.rounds = {"anvil": 10}
    again, told = campaign_on(machines, tmp_path)
    again.measure()
    assert told.trials == [4, 5, 6, 7]
    assert machines.rounds == {"anvil": 11}, "what it has is not measured again"
    assert rounds_of(tmp_path) == {number: {"anvil"} for number in range(ROUNDS)}
    assert RunFolder(tmp_path).read_trials()[:4] == before


def test_a_generators_host_that_is_lost_ends_the_run_with_what_is_whole(tmp_path: Path) -> None:
    machines = _Machines(["anvil"], generators=("hammer",))
    campaign, told = campaign_on(machines, tmp_path)
    ended = told.trial_ended

    def lose_after(trial: Trial) -> None:
        ended(trial)
        if trial.index == 3:
            machines.lost["hammer"] = "its worker was ended by SIGKILL"

    told.trial_ended = lose_after  # type: ignore[method-assign]
    with pytest.raises(Error, match=r"^hammer: its worker was ended by SIGKILL; once it is back: primebench run --resume run$"):
        campaign.measure()
    assert [trial.index for trial in RunFolder(tmp_path).read_trials()] == [0, 1, 2, 3]
