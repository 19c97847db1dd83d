"""What will go says so: once, in one line on standard error, with what to use and in which version it goes."""

import re
import tomllib
from pathlib import Path

import pytest

from loadgen import deprecation
from loadgen.config.project import read_scenarios
from loadgen.config.service import read_service
from loadgen.deprecation import ALL, KNOWN_DEVIATIONS, Deprecation
from loadgen.errors import Error

ROOT = Path(__file__).parents[2]
STUB = (ROOT / "tests" / "stub" / "service.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def nothing_was_said() -> None:
    deprecation.warn.cache_clear()


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def service(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "service.toml").write_text(text, encoding="utf-8")
    return folder


LISTED = STUB + '\n[[known_deviations]]\ncase = "slow-body"\nreason = "no timer runs"\n'


def test_known_deviations_in_a_service_file_still_count_and_are_said_once_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert read_service(service(tmp_path / "a", LISTED)).known_deviations == {"slow-body": "no timer runs"}
    read_service(service(tmp_path / "b", LISTED))
    first, second = said(capsys)
    assert first == (
        f"primebench: {tmp_path / 'a' / 'service.toml'}: [[known_deviations]] is deprecated and goes in version 0.3.0; "
        "use deviations.toml beside it, which `primebench verify --write-deviations` writes"
    )
    assert second.startswith(f"primebench: {tmp_path / 'b' / 'service.toml'}: [[known_deviations]] is deprecated")


def test_todays_files_say_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read_service(service(tmp_path, STUB))
    read_scenarios(ROOT / "scenarios.toml")
    text = STUB.replace("schema = 2", "[service]").replace("\n[", "\n[service.").replace("[service.service]", "[service]")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "primebench.toml").write_text(f"schema = 1\n{text}", encoding="utf-8")
    assert read_service(tmp_path / "project").name == "stub"
    assert said(capsys) == []


def test_an_earlier_schema_is_read_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = STUB.replace("schema = 2", "schema = 1").replace('task = "prime"\n', "")
    assert read_service(service(tmp_path, old)).file.task == "prime"
    (line,) = said(capsys)
    assert f"{tmp_path / 'service.toml'}: its schema is deprecated and goes in version 1.0.0; use today's" in line


def test_of_a_file_that_is_refused_the_error_alone_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Error, match="wrong: no such key"):
        read_service(service(tmp_path, STUB.replace("schema = 2", "schema = 1\nwrong = 1")))
    assert said(capsys) == []


def test_a_place_of_any_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    deprecation.warn(KNOWN_DEVIATIONS, "two\nlines")
    (line,) = said(capsys)
    assert line.startswith(r"primebench: two\nlines: [[known_deviations]]")


def version(text: str) -> tuple[int, ...]:
    assert re.fullmatch(r"\d+\.\d+\.\d+", text)
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("going", ALL, ids=lambda going: going.what)
def test_what_was_to_go_has_gone_by_the_version_that_was_named(going: Deprecation) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version(project["version"]) < version(going.gone_in)


def test_the_reference_lists_all_of_it() -> None:
    page = (ROOT / "docs" / "reference" / "stability.md").read_text(encoding="utf-8")
    rows = [row.replace("`", "") for row in page[page.index("### Deprecated now") :].splitlines() if row.startswith("| ")]
    for going in ALL:
        assert [row for row in rows if row.startswith(f"| {going.what}") and row.endswith(f"| {going.gone_in} |")]
    assert len(rows) == 1 + len(ALL)
