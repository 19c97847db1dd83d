"""Paths on the command line: each works, or is refused before anything is built or measured, in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadgen.build.revision import find_place
from loadgen.config.contenders import absolute_names
from loadgen.errors import Error
from primebench.cli import cli
from primebench.commands.regress import check_exports
from primebench.options import Export, NameList

CHECKOUT = Path(__file__).parents[2]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def error(*arguments: str) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, Error)
    return str(result.exception)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--results", ""],
        ["run", "--scenarios", ""],
        ["microbench", "--results", ""],
        ["regress", "--base", "HEAD", "--repository", ""],
        ["regress", "--base", "HEAD", "--config", ""],
        ["regress", "--base", "HEAD", "--history", ""],
        ["trend", "--history", ""],
        ["trend", "--out", ""],
        ["report", ""],
        ["audit", ""],
        ["reference", ""],
        ["compare", "folder", ""],
    ],
    ids=" ".join,
)
def test_an_empty_path_is_a_variable_that_is_not_set_and_not_this_folder(here: Path, arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "expected a path, not an empty text" in result.output
    assert sorted(path.name for path in here.iterdir()) == ["dangling", "file", "folder", "loop"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", ["report", "audit", "reference"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("loop", "Too many levels of symbolic links"),
        ("dangling", "No such file or directory"),
        ("file", "Not a directory"),
        ("folder/", "No such file or directory"),
        ("folder/../none", "No such file or directory"),
    ],
)
def test_a_run_that_is_none_is_named(command: str, path: str, reason: str) -> None:
    assert f"run.json: {reason}; expected the folder of a run" in error(command, path)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("path", ["loop", "dangling", "file", "none"])
def test_a_repository_that_is_no_folder_is_named(path: str) -> None:
    assert "no such folder; expected a git repository" in error("regress", "--base", "HEAD", "--repository", path)


@pytest.mark.parametrize("own", ["link", "folder"])
def test_a_configuration_that_cannot_be_read_is_not_passed_over(here: Path, own: str) -> None:
    place = here / "folder" / "primebench.toml"
    place.symlink_to("nothing") if own == "link" else place.mkdir()
    assert "primebench.toml: cannot be read" in error("regress", "--base", "HEAD", "--repository", "folder")


def test_a_user_that_is_none_has_no_folder(here: Path) -> None:
    with pytest.raises(Error, match="~nobody-here: no such folder"):
        find_place(here, "~nobody-here")


class TestExports:
    def test_a_file_may_have_an_equals_sign(self) -> None:
        assert Export().convert("json=a=b.json", None, None) == ("json", Path("a=b.json"))

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize(
        ("exports", "reason"),
        [
            (["json=none/verdict.json"], "no folder .*none"),
            (["json=loop/verdict.json"], "no folder .*loop"),
            (["json=a", "junit=folder/../a"], "asked for twice; expected a file for each"),
        ],
    )
    def test_what_could_not_be_written_is_named(self, exports: list[str], reason: str) -> None:
        asked = [Export().convert(export, None, None) for export in exports]
        with pytest.raises(Error, match=reason):
            check_exports(tuple(asked))

    def test_what_may_not_be_written_is_named(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
        with pytest.raises(Error, match=r"verdict\.json: may not be written"):
            check_exports((("json", here / "verdict.json"),))

    @pytest.mark.usefixtures("here")
    def test_a_folder_is_no_file(self) -> None:
        result = invoke("regress", "--base", "HEAD", "--export", "json=folder")
        assert "expected a file to write, and folder is a folder" in result.output


@pytest.mark.parametrize("name", ["a,b", " a ", "a:b"])
def test_a_folder_of_a_service_may_have_any_name(here: Path, name: str) -> None:
    (here / name).mkdir()
    assert NameList().convert(name, None, None) == [name]
    assert absolute_names([name, f"{name}:aa"], CHECKOUT) == [str(here / name), f"{here / name}:aa"]


def test_a_folder_that_has_gone_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", sys.executable, "-m", "primebench", "report", "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "primebench: run: the folder that this was started in is not there any more: go to another one\n"
    assert (done.returncode, done.stderr) == (2, expected)
