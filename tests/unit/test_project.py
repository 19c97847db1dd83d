"""primebench.toml as a project: what it says, which profiles it has, and how it is found."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from loadgen.build.build import build_key
from loadgen.config.contenders import serving, verifiable
from loadgen.config.project import read_scenarios, service_folders
from loadgen.config.service import is_described, read_service, services_of
from loadgen.errors import Error
from loadgen.regress.prepare import services_at
from loadgen.run.files import created
from loadgen.run.reporter import PlainReporter
from loadgen.task.find import find_task
from primebench.cli import cli
from primebench.completion import PROJECT_PROFILES
from primebench.paths import CHECKOUT
from primebench.project import KEPT, PRIME, find_project
from tests.unit.records import RUN

HELLO = Path(__file__).parents[1] / "hello"
TEXT = (HELLO / "primebench.toml").read_text(encoding="utf-8")


def write(folder: Path, text: str = TEXT) -> Path:
    path = folder / "primebench.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "hello.py").write_bytes((HELLO / "hello.py").read_bytes())
    return path


def test_it_describes_service_task_and_workloads(tmp_path: Path) -> None:
    path = write(tmp_path)
    service, scenarios = read_service(tmp_path), read_scenarios(path)
    assert services_of(tmp_path) == {"hello": service}
    assert (service.task.name, service.task.digest) == ("hello", find_task(".", tmp_path).digest)
    assert service.file.start.environment == {"PORT": "{port}"}
    assert list(scenarios.profiles) == list(PROJECT_PROFILES)
    assert {tuple(profile.services) for profile in scenarios.profiles.values()} == {("hello",)}
    assert scenarios.regress.looks == [14]


def test_its_service_may_serve_more_tasks_than_the_one_that_is_measured(tmp_path: Path) -> None:
    json_task = CHECKOUT / "tasks" / "json"
    path = write(tmp_path, TEXT.replace('name = "hello"', f'name = "hello"\ntask = [".", "{json_task}"]', 1))
    scenarios = read_scenarios(path)
    assert (scenarios.task, list(read_service(tmp_path).tasks)) == (".", ["hello", "json"])
    before = tmp_path / "before"
    before.mkdir()
    (service,) = serving(services_at(before, [], "base", path), find_task(scenarios.task, tmp_path))
    assert (service.task.name, list(service.tasks), service.folder.name) == ("hello", ["hello", "json"], "before")


def test_what_else_it_says_is_no_part_of_the_task(tmp_path: Path) -> None:
    write(tmp_path)
    before, key = find_task(".", tmp_path).digest, build_key(read_service(tmp_path))
    (tmp_path / "other").mkdir()
    write(tmp_path / "other", TEXT.replace("connections = 2", "connections = 3"))
    assert find_task(".", tmp_path / "other").digest == before
    assert build_key(read_service(tmp_path / "other")) == key


def test_profiles_of_its_own_come_to_the_others(tmp_path: Path) -> None:
    own = '[profiles.long]\ntitle = "long"\nservices = ["hello"]\nrounds = 3\npinned = true\nserver_cores = 1\n'
    path = write(tmp_path, TEXT + own + "workloads = { main = { warm_up_s = 1, load_s = 9 } }\n")
    assert "long" in read_scenarios(path).profiles


def test_open_loops_have_no_pairs(tmp_path: Path) -> None:
    half = '[workloads.half]\ntitle = "half"\nconnections = 2\nrate = { share = 0.5, of = "main" }\n'
    scenarios = read_scenarios(write(tmp_path, TEXT.replace("[regress]", half + "[regress]")))
    assert list(scenarios.profiles["quick"].workloads) == ["main", "half"]
    assert scenarios.profiles["quick"].paired is not None
    assert list(scenarios.profiles["quick"].paired.workloads) == ["main"]
    assert list(scenarios.profiles["regress"].workloads) == ["main"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "hello"\ntitle = "http', 'name = "Hello"\ntitle = "http', "service.name: "),
        (
            "{port}",
            "8080",
            "service.start: command: expected an argument, or a variable of environment, with {port}",
        ),
        ("{artefact}", "{artifact}", "service.start.command: expected placeholders from"),
        ('path = "/"', 'path = "/{id}"', "task.requests.root.path: {id} names nothing"),
        ('expect = { status = [200], body = "hello\\n" }', "", "task: requests.root.expect: expected at least"),
        ("[workloads.main]", "[other.main]", "other: no such key"),
    ],
)
def test_what_is_wrong_is_named_with_its_table(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = write(tmp_path, TEXT.replace(old, new))

    def both() -> None:
        read_scenarios(path)
        read_service(tmp_path)

    with pytest.raises(Error) as error:
        both()
    assert str(error.value).startswith(str(path))
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_without_workloads_or_services_there_is_nothing_to_measure(tmp_path: Path) -> None:
    path = write(tmp_path, "schema = 1\n")
    with pytest.raises(Error, match=r"workloads: expected at least one table"):
        read_scenarios(path)
    path.write_text("schema = 1\n" + TEXT[TEXT.index("[task]") :])
    with pytest.raises(Error, match=r"service: expected a table \[service\] with a name, or services"):
        read_scenarios(path)
    assert not is_described(tmp_path)
    assert service_folders(tmp_path) == []


def test_further_services_are_folders(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, TEXT.replace('name = "hello"\ntitle = "http.server"', 'name = "again"\ntitle = "http.server"'))
    path = write(tmp_path, TEXT.replace("schema = 1", 'schema = 1\nservices = ["other"]'))
    assert list(services_of(tmp_path)) == ["hello", "again"]
    assert read_scenarios(path).profiles["quick"].services == ["hello", str(other)]


def test_the_nearest_project_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "primebench.toml").write_text("schema = 1\n[regress]\nbudget_s = 60\n")  # the settings of a gate are no project
    path = write(tmp_path)
    monkeypatch.chdir(below)
    assert find_project() == (tmp_path, path, tmp_path / KEPT)
    assert find_project("prime").folder == PRIME == CHECKOUT
    monkeypatch.chdir("/")
    assert find_project() == find_project("prime")
    assert find_project(start=below).folder == tmp_path
    with pytest.raises(Error, match="no example 'x': expected of prime"):
        find_project("x")


def test_without_services_or_runs_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Error, match=r"no services, here or in a primebench\.toml above: primebench init writes one"):
        verifiable((), tmp_path / "empty")
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["report"])
    assert str(result.exception) == ".primebench/latest: there is no run yet; primebench run makes one"


def test_a_revision_from_before_the_file_is_described_by_it(tmp_path: Path) -> None:
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir()
    now.mkdir()
    path = write(now)
    (service,) = services_at(before, [], "base", path)
    assert (service.folder, service.task.digest) == (before, find_task(".", now).digest)
    write(before, TEXT.replace('"hello\\n"', '"good morning\\n"'))
    (service,) = services_at(before, [], "base", path)
    assert service.task.digest == find_task(".", now).digest


def test_only_a_folder_of_its_own_hides_itself_and_what_is_written_there_stays(tmp_path: Path) -> None:
    for name, before, after in ((".mine", None, None), (KEPT, None, "*\n"), (KEPT, "latest\n", "latest\n")):
        results = tmp_path / str(before) / name
        results.mkdir(parents=True)
        if before is not None:
            (results / ".gitignore").write_text(before)
        created(RUN, results, PlainReporter(Console(file=io.StringIO())))
        hidden = results / ".gitignore"
        assert (hidden.read_text() if hidden.exists() else None) == after
