"""Files that people have among a service's inputs: what a build sees is what is keyed, and nothing waits without end."""

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import loadgen.build.build
from loadgen.build.build import Order, build_order
from loadgen.build.staging import digest, input_files, stage
from loadgen.config.build import Build
from loadgen.errors import Error


@pytest.fixture(params=["in git", "outside git"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "service"
    folder.mkdir()
    if request.param == "in git":
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "main.c").write_text("int main() {}")
    return folder


def staged(root: Path, target: Path) -> Path:
    stage(root, input_files(root, ["."]), target)
    return target


def key(root: Path) -> str:
    return digest(root, input_files(root, ["."]), "")


def names(root: Path) -> list[bytes]:
    return [os.fsencode(path) for path in input_files(root, ["."])]


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.txt", b"two\nlines", b"\x1b[31m", b"-dash", b" ", b'"quoted"', b"%2F?#&*[a]", b"\xc3\xbc"]
)
def test_a_file_may_have_any_name(root: Path, tmp_path: Path, name: bytes) -> None:
    before = key(root)
    (root / os.fsdecode(name)).write_text("text")
    assert names(root) == sorted([name, b"main.c"])
    assert key(root) != before
    assert (staged(root, tmp_path / "staged") / os.fsdecode(name)).read_text() == "text"


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: socket.socket(socket.AF_UNIX).bind(str(path))], ids=["pipe", "socket"]
)
def test_pipes_and_sockets_are_no_inputs(root: Path, make: Callable[[Path], None]) -> None:
    make(root / "special")
    assert names(root) == [b"main.c"]
    with pytest.raises(Error, match=r"special: expected a file or a folder; correct build\.inputs"):
        input_files(root, ["special"])


def test_a_link_to_another_input_stays_a_link(root: Path, tmp_path: Path) -> None:
    (root / "again.c").symlink_to("main.c")
    (root / "here").symlink_to(".")
    copy = staged(root, tmp_path / "staged")
    assert (copy / "again.c").readlink() == Path("main.c")
    assert (copy / "here" / "again.c").read_text() == "int main() {}"


def test_where_a_link_leads_is_keyed(root: Path) -> None:
    (root / "other.c").write_text("")
    (root / "link").symlink_to("main.c")
    before = key(root)
    (root / "link").unlink()
    (root / "link").symlink_to("other.c")
    assert key(root) != before


@pytest.mark.parametrize("absolute", [True, False])
def test_what_a_link_to_elsewhere_leads_to_is_copied_and_keyed(root: Path, tmp_path: Path, absolute: bool) -> None:
    shared = tmp_path / "shared"
    (shared / "deep").mkdir(parents=True)
    (shared / "deep" / "header.h").write_text("1")
    (root / "include").symlink_to(shared if absolute else "../shared")
    (root / "header.h").symlink_to(shared / "deep" / "header.h" if absolute else "../shared/deep/header.h")
    copy, before = staged(root, tmp_path / "staged"), key(root)
    assert [(copy / name).is_symlink() for name in ("include", "header.h")] == [False, False]
    assert [(copy / name).read_text() for name in ("include/deep/header.h", "header.h")] == ["1", "1"]
    (shared / "deep" / "header.h").write_text("2")
    assert key(root) != before


def test_links_that_lead_nowhere_or_to_a_device_stay(root: Path, tmp_path: Path) -> None:
    for name, target in {"dangling": "nothing", "zero": "/dev/zero", "loop": "loop", "ping": "pong", "pong": "ping"}.items():
        (root / name).symlink_to(target)
    copy = staged(root, tmp_path / "staged")
    assert {path.name: str(path.readlink()) for path in copy.iterdir() if path.is_symlink()} == {
        "dangling": "nothing",
        "zero": "/dev/zero",
        "loop": "loop",
        "ping": "pong",
        "pong": "ping",
    }


def test_a_link_to_a_folder_above_all_inputs_is_refused(root: Path) -> None:
    (root / "up").symlink_to(root.parent)
    with pytest.raises(Error, match="up: a link to a folder that it lies in"):
        key(root)


def test_a_file_named_like_build_output_is_an_input(root: Path) -> None:
    (root / "build").write_text("#!/bin/sh\n")
    assert names(root) == [b"build", b"main.c"]


def test_a_file_that_may_not_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    files = input_files(root, ["."])
    monkeypatch.setattr(Path, "open", refused)  # root may read everything
    with pytest.raises(Error, match=r"main\.c: build input cannot be read: Permission denied"):
        digest(root, files, "")


def test_a_file_that_vanishes_before_it_is_copied_is_named(root: Path, tmp_path: Path) -> None:
    files = input_files(root, ["."])
    (root / "main.c").unlink()
    with pytest.raises(Error, match=r"main\.c: build input cannot be read: No such file or directory"):
        stage(root, files, tmp_path / "staged")


def test_a_build_is_not_kept_of_inputs_that_changed_while_they_were_copied(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage_and_edit(place: Path, files: list[Path], target: Path) -> None:
        stage(place, files, target)
        (root / "main.c").write_text("int main() { return 1; }")

    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(loadgen.build.build, "stage", stage_and_edit)
    plan = Build(commands=[["cp", "main.c", "{out}/main.c"]], artefact="main.c")
    with pytest.raises(Error, match="a build input changed while it was copied"):
        build_order(Order("test", root, plan))


@pytest.mark.parametrize("name", [b"a b", b"{out}{scratch}", b"\xff", b"two\nlines", b"semi;colon", b"per%2Fcent"])
def test_a_build_works_wherever_the_cache_is(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / os.fsdecode(name)))
    plan = Build(commands=[["cp", "{source}/main.c", "{out}/main.c"]], artefact="main.c", edit="main.c")
    assert build_order(Order("test", root, plan)).artefact.read_text() == "int main() {}"


def test_a_build_that_fails_in_a_folder_that_tools_cannot_handle_says_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "semi;colon"))
    plan = Build(commands=[["cp", "nothing", "{out}/main.c"]], artefact="main.c")
    with pytest.raises(Error, match="cannot build in a folder with ; in its path: PRIMEBENCH_CACHE names another one"):
        build_order(Order("test", root, plan))
