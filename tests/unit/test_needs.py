"""What a project needs of the machine: the generators that it uses, and what its services are built with."""

from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.setup.requirements import needed_by, requirements
from primebench.needs import missing_tools, parts_of
from primebench.project import KEPT, Project, find_project

HELLO = Path(__file__).parents[1] / "hello"


def project(folder: Path) -> Project:
    return Project(folder, folder / "primebench.toml", folder / KEPT)


def names(found: Project) -> set[str]:
    return {requirement.name for requirement in needed_by(parts_of(found))}


def test_a_project_needs_the_generators_that_it_uses(tmp_path: Path) -> None:
    assert parts_of(project(HELLO)) == {"harness", "native"}
    assert names(project(HELLO)) >= {"git", "setpriv", "g++", "cmake", "Boost", "OpenSSL"}
    assert not names(project(HELLO)) & {"oha", "cargo", "go", "valgrind", "simdjson"}
    text = (HELLO / "primebench.toml").read_text(encoding="utf-8").replace('generator = "native"', "")
    (tmp_path / "primebench.toml").write_text(text, encoding="utf-8")
    assert names(project(tmp_path)) >= {"oha", "cargo", "pkg-config", "OpenSSL"}
    assert not names(project(tmp_path)) & {"Boost", "cmake"}


def test_a_new_project_needs_what_its_first_run_will(tmp_path: Path) -> None:
    assert parts_of(project(tmp_path)) == {"harness", "native"}


def test_the_benchmark_of_primes_needs_everything_but_what_its_tests_do() -> None:
    left = {requirement.name for requirement in requirements()} - names(find_project("prime"))
    assert left == {"GoogleTest", "Python venv"}


def test_a_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "primebench.toml").write_text("schema = 1\n")
    with pytest.raises(Error, match=r"workloads: expected at least one table"):
        parts_of(project(tmp_path))


def test_tools_that_are_not_there_are_named_with_their_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_tools(project(HELLO)) == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert missing_tools(project(HELLO)) == ["python3: missing; builds the service hello"]
