"""New services: what is written where, in which names, and what is refused."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadgen.config.service import read_service
from loadgen.errors import Error
from loadgen.new_service.answered import Answered, answered
from loadgen.new_service.language import LANGUAGES, TAKEN, files_of
from loadgen.new_service.project import project_text, with_service
from loadgen.task.http.file import RequestFile
from primebench.cli import cli
from tests.samples import check_maven

ANSWER = Answered("/greeting", "Hi!\n", ())
TASK = """schema = 1
[task]
name = "shop"
title = "a shop"
[[task.requests]]
name = "order"
path = "/orders/1"
expect = { status = [200], json = [{ path = "$.id", equals = 1 }] }
[[task.requests]]
name = "hello"
path = "/hello"
expect = { status = [200], body = "hi", headers = { Content-Type = "^text/plain" } }
[workloads.main]
title = "all"
connections = 1
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "greetings"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["new-service", *arguments])


def error(*arguments: str) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, Error)
    assert "\n" not in str(result.exception)
    return str(result.exception)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_has_its_own_name_path_and_text_everywhere(language: str) -> None:
    files = files_of(language, "my-service", "../shop", ANSWER)
    whole = "\n".join(files.values())
    assert "new-service" not in whole
    assert "of-the-task" not in whole
    assert "of-the-service" not in whole
    assert '"/greeting"' in files[LANGUAGES[language].answers_in]
    assert r'"Hi!\n"' in files[LANGUAGES[language].answers_in]
    described = tomllib.loads(files["service.toml"])
    assert (described["name"], described["task"]) == ("my-service", "../shop")
    assert ".gitignore" in files
    assert set(described["build"]["needs"]) <= set(LANGUAGES[language].needs)
    for name in described["build"]["inputs"]:
        assert any(path == name or path.startswith(f"{name}/") for path in files), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_maven_does_without_the_network_is_what_has_been_fetched(language: str) -> None:
    """Maven fetches a plugin when its goal first runs."""
    check_maven(tomllib.loads(files_of(language, "my-service", "../shop", ANSWER)["service.toml"])["build"])


@pytest.mark.parametrize("name", ["a", "zz", "tokio-z"])
def test_cargo_s_lock_has_its_packages_in_order_whatever_the_service_is_called(name: str) -> None:
    packages = tomllib.loads(files_of("rust", name, "..", ANSWER)["Cargo.lock"])["package"]
    assert [package["name"] for package in packages] == sorted(package["name"] for package in packages)
    (own,) = (package for package in packages if package["name"] == name)
    assert own["dependencies"] == ["axum", "tokio"]


def test_packages_are_locked_with_hashes() -> None:
    lines = files_of("python", "a", "..", ANSWER)["requirements.txt"].splitlines()
    pinned = [at for at, line in enumerate(lines) if re.match(r"[a-z]", line)]
    assert pinned
    assert all("==" in lines[at] and lines[at + 1].startswith("    --hash=sha256:") for at in pinned)
    assert all(
        load.get("checksum") or load["name"] == "a"
        for load in tomllib.loads(files_of("rust", "a", "..", ANSWER)["Cargo.lock"])["package"]
    )


def test_the_first_service_brings_a_project_and_others_are_added_to_it(here: Path) -> None:
    first = invoke("node", "hello-node")
    assert first.output.splitlines() == [
        "hello-node: written; it answers GET / in hello-node/server.js",
        "primebench.toml: written: GET / is asked",
        *[line for line in first.output.splitlines() if "not found, which builds it" in line],
        "next: primebench verify hello-node, then primebench run",
    ]
    assert "primebench.toml: hello-go added to services" in invoke("go", "hello-go").output
    written = tomllib.loads((here / "primebench.toml").read_text())
    assert written["services"] == ["hello-node", "hello-go"]
    assert written["task"]["name"] == "greetings"
    for name in written["services"]:
        assert read_service(here / name).task.name == "greetings"


def test_in_a_project_what_is_left_to_answer_is_named(here: Path) -> None:
    (here / "primebench.toml").write_text(TASK)
    output = invoke("python", "mine").output
    assert "it answers GET /hello in mine/application.py" in output
    assert "the task also asks, and is yours to answer: GET /orders/1" in output
    assert 'BODY = b"hi"' in (here / "mine" / "application.py").read_text()
    assert tomllib.loads((here / "primebench.toml").read_text())["services"] == ["mine"]


def test_a_task_may_be_named(here: Path) -> None:
    (here / "shop").mkdir()
    (here / "shop" / "task.toml").write_text(
        TASK.replace("[task]\n", "")
        .replace("[task.", "[")
        .partition("[workloads")[0]
        .replace("[[task.requests]]", "[[requests]]")
    )
    assert "GET /hello" in invoke("go", "mine", "--task", "shop").output
    assert read_service(here / "mine").task.name == "shop"
    assert not (here / "primebench.toml").exists()
    assert error("go", "other", "--task", "nowhere").endswith("--task names its folder")


def test_what_cannot_be_is_refused_in_a_line_and_nothing_is_written(here: Path) -> None:
    (here / "there").mkdir()
    assert error("go", "there").endswith("greetings/there: it is there already; expected a name for a new folder")
    for name in ("Hello", "1st", "a_b", "", "../up", "-x" * 30):
        assert "expected lower case letters, digits and '-'" in error("go", "--", name)
    for name in TAKEN:
        assert "build tools have a use of their own for it" in error("cpp", name)
    result = invoke("zig", "hello")
    assert result.exit_code == 2
    assert "'zig' is not one of 'rust', 'go', 'cpp', 'java', 'node', 'python'" in result.output
    (here / "primebench.toml").write_text("schema = 1\n[regress]\nlayers = ['load']\n")
    assert "it is there, and says nothing of what is asked" in error("go", "hello")
    assert sorted(path.name for path in here.iterdir()) == ["primebench.toml", "there"]


def test_a_name_that_a_service_of_the_project_has_is_refused(here: Path) -> None:
    invoke("node", "hello")
    (here / "hello").rename(here / "moved")
    text = (here / "primebench.toml").read_text()
    (here / "primebench.toml").write_text(text.replace('["hello"]', '["moved"]'))
    assert "a service is called hello already" in error("node", "hello")


def test_the_prime_task_has_no_template_and_that_is_said() -> None:
    assert error("go", "hello").startswith("no template answers the task prime: --task names another one's folder")


def test_services_are_added_where_a_program_can_tell_how() -> None:
    text = project_text("shop", "one")
    added = with_service(text, "two")
    assert added is not None
    assert tomllib.loads(added)["services"] == ["one", "two"]
    assert with_service('schema = 1\nservices = [\n  "a",\n]\n', "b") is None
    alone = with_service("schema = 1\n[task]\nname = 'x'\n", "b")
    assert alone is not None
    assert tomllib.loads(alone) == {"schema": 1, "services": ["b"], "task": {"name": "x"}}


def request(**changes: object) -> RequestFile:
    return RequestFile.model_validate({"name": "one", "path": "/one", "expect": {"status": [200]}} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"},
        {"path": "/orders/{id}"},
        {"path": "/search?q=x"},
        {"expect": {"status": [404]}},
        {"expect": {"status": [200], "body": 'a "quoted" text'}},
        {"expect": {"status": [200], "body": "{n}"}},
        {"expect": {"status": [200], "json": [{"path": "$.a", "equals": 1}]}},
        {"expect": {"status": [200], "headers": {"Content-Type": "json"}}},
        {"expect": {"status": [200], "headers": {"ETag": "."}}},
    ],
)
def test_a_response_that_is_no_fixed_text_is_left_to_the_author(changes: dict[str, object]) -> None:
    other = request(**changes)
    assert answered([other]) == Answered("/", "Hello, World!", [f"{other.method} {other.path}"])
    assert answered([other, request()]).path == "/one"
