"""primebench init as it is called: what it writes, what it says, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadgen.errors import Error
from loadgen.task.http.file import TaskFile
from loadgen.task.http.task import HttpTask
from primebench.cli import cli
from tests.repository import git
from tests.samples import INIT, read_back, repository, sample


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["init", *map(str, arguments)])


def refused(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, Error), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Go sample, as the current folder."""
    place = sample("go", tmp_path)
    monkeypatch.chdir(place)
    return place


def test_it_writes_one_file_and_says_what_is_next(here: Path) -> None:
    result = invoke()
    assert result.output == "primebench.toml: written\nGo, main.go; next: primebench verify\n"
    assert git(here, "status", "--porcelain") == "?? primebench.toml"
    data = read_back((here / "primebench.toml").read_text())
    assert data["task"]["requests"] == [{"name": "root", "path": "/", "expect": {"status": [200]}}]
    assert data["workloads"] == {"main": {"title": "every request, by its weight", "connections": 64, "generator": "native"}}


def test_a_line_to_edit_is_named_by_its_number(here: Path) -> None:
    (here / "main.go").write_text('package main\nfunc main() { http.ListenAndServe(":8080", nil) }\n')
    lines = invoke().output.splitlines()
    number = 1 + (here / "primebench.toml").read_text().split("\n").index('environment = { PORT = "{port}" }')
    assert lines[1].startswith(f"primebench.toml:{number}: nothing in the sources says how the port is taken")


def test_printing_writes_nothing(here: Path) -> None:
    result = invoke("--print")
    assert read_back(result.output)["service"]["name"] == "hello"
    assert git(here, "status", "--porcelain") == ""


@pytest.mark.parametrize(("name", "beside"), [("openapi.yaml", 1), ("requests.har", 0), ("access.log", 2)])
def test_requests_come_from_a_file_and_the_task_takes_them(here: Path, name: str, beside: int) -> None:
    result = invoke("--from", INIT / "from" / name)
    data = read_back((here / "primebench.toml").read_text())
    written = list((here / "primebench.d").glob("*"))
    assert len(written) == beside
    assert "primebench.toml: written" in result.output
    task = HttpTask(here / "primebench.toml", TaskFile.model_validate({"schema": 1, **data["task"]}))
    assert set(task.weights) <= {request["name"] for request in data["task"]["requests"]}
    assert set(data["workloads"]) == ({"main"} if name == "openapi.yaml" else {"main", "assets"})


def test_variables_that_hold_secrets_are_named(here: Path) -> None:
    result = invoke("--from", INIT / "from" / "openapi.yaml")
    assert result.output.splitlines()[-1].endswith("next: set BEARER_AUTH, KEY, QUERY, SESSION, then primebench verify")
    assert "# Takes from the environment: BEARER_AUTH, KEY, QUERY, SESSION\n[task]" in (here / "primebench.toml").read_text()


def test_a_workflow_is_written_with_it_or_beside_one_that_is_there(here: Path) -> None:
    result = invoke("--ci", "github")
    assert ".github/workflows/primebench.yml: written" in result.output
    before = (here / "primebench.toml").read_text()
    (here / "primebench.toml").write_text(before + "# {env.KEY}\n")
    result = invoke("--ci", "gitlab")
    assert result.output == (
        ".gitlab/primebench.yml: written\n"
        "add this line to .gitlab-ci.yml: include: /.gitlab/primebench.yml; add KEY to the project's variables\n"
    )
    assert (here / "primebench.toml").read_text() == before + "# {env.KEY}\n"


def test_a_folder_of_a_repository_has_its_workflow_at_the_root(tmp_path: Path) -> None:
    shutil.copytree(INIT / "go", tmp_path / "all" / "services" / "shop")
    repository(tmp_path / "all")
    invoke(tmp_path / "all" / "services" / "shop", "--ci", "github")
    text = (tmp_path / "all" / ".github" / "workflows" / "primebench.yml").read_text()
    assert "working-directory: services/shop\n" in text
    assert "go-version-file: services/shop/go.mod\n" in text
    assert (tmp_path / "all" / "services" / "shop" / "primebench.toml").is_file()


def test_what_is_there_is_never_written_over(here: Path) -> None:
    (here / "primebench.toml").write_text("schema = 1\n")
    line = refused()
    assert line.startswith(f"{here.resolve()}/primebench.toml: it is there already, and is not written over; --print shows")
    assert refused("--ci", "github", "--from", INIT / "from" / "access.log") == line
    assert (here / "primebench.toml").read_text() == "schema = 1\n"
    assert not (here / ".github").exists()


def test_all_is_written_or_nothing(here: Path) -> None:
    (here / "primebench.d").mkdir()
    (here / "primebench.d" / "orders.jsonl").write_text("mine")
    assert "orders.jsonl: it is there already" in refused("--from", INIT / "from" / "access.log")
    assert not (here / "primebench.toml").exists()
    assert (here / "primebench.d" / "orders.jsonl").read_text() == "mine"


def test_what_is_no_repository_is_one_line(tmp_path: Path, here: Path) -> None:
    assert "not a folder; expected the root of a service's repository" in refused(tmp_path / "nothing")
    (tmp_path / "plain").mkdir()
    assert "not in a git repository, whose revisions primebench compares" in refused(tmp_path / "plain")
    assert "empty: nothing known: expected one of go.mod" in refused(repository(tmp_path / "empty"))
    assert refused("--print", "--ci", "github").startswith("--print shows primebench.toml, --ci writes a workflow")
    assert "nothing.har: No such file or directory; expected an OpenAPI document" in refused("--from", "nothing.har")
    assert not (here / "primebench.toml").exists()


def test_a_file_of_requests_is_told_by_what_is_in_it(here: Path, tmp_path: Path) -> None:
    shutil.copy(INIT / "from" / "requests.har", tmp_path / "recorded.json")
    shutil.copy(INIT / "from" / "openapi.yaml", tmp_path / "described.txt")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "minified.json").write_text(json.dumps({"openapi": "2.9"}))
    assert "orders-7" in invoke("--print", "--from", tmp_path / "recorded.json").output
    assert "read-order" in invoke("--print", "--from", tmp_path / "described.txt").output
    assert "empty; expected an OpenAPI document" in refused("--print", "--from", tmp_path / "empty")
    assert "not of version 2.9" in refused("--print", "--from", tmp_path / "minified.json")
    assert not (here / "primebench.toml").exists()
