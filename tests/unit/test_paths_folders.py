"""Where caches, temporary folders and results may be: relative, links, missing, unset; each works or gets one line."""

import errno
import fcntl
import os
import pwd
from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.generator import oha
from loadgen.generator.oha import find_oha, oha_path, read_rows
from loadgen.run.files import alone_in, check_results, link_latest
from loadgen.setup.cache import cache_folder
from loadgen.setup.requirements import find_all
from loadgen.system.scratch import LONGEST_BYTES, scratch_folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with none of the variables that name another."""
    monkeypatch.chdir(tmp_path)
    for name in ("PRIMEBENCH_CACHE", "PRIMEBENCH_OHA", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")
    return tmp_path


class TestCache:
    @pytest.mark.parametrize(
        ("environment", "folder"),
        [
            ({}, "/home/somebody/.cache/primebench"),
            ({"PRIMEBENCH_CACHE": ""}, "/home/somebody/.cache/primebench"),
            ({"PRIMEBENCH_CACHE": "/srv/cache/"}, "/srv/cache"),
            ({"PRIMEBENCH_CACHE": "cache"}, "{here}/cache"),
            ({"PRIMEBENCH_CACHE": "a/../cache"}, "{here}/cache"),
            ({"XDG_CACHE_HOME": "/srv/xdg"}, "/srv/xdg/primebench"),
            ({"XDG_CACHE_HOME": "relative"}, "/home/somebody/.cache/primebench"),
            ({"XDG_CACHE_HOME": ""}, "/home/somebody/.cache/primebench"),
        ],
    )
    def test_it_is_absolute(
        self, here: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert cache_folder() == Path(folder.format(here=here))

    def test_a_link_to_what_is_not_there_yet_leads_there(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "link").symlink_to("disk/cache")
        monkeypatch.setenv("PRIMEBENCH_CACHE", "link")
        assert cache_folder() == here / "disk" / "cache"

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize("home", [None, "", "relative"])
    def test_without_a_home_the_system_is_asked(self, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
        monkeypatch.delenv("HOME") if home is None else monkeypatch.setenv("HOME", home)
        entry = pwd.getpwuid(os.getuid())
        assert cache_folder() == Path(entry.pw_dir).resolve() / ".cache" / "primebench"

    @pytest.mark.usefixtures("here")
    def test_a_user_that_the_system_does_not_know_is_told_what_to_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(_: int) -> None:
            raise KeyError

        monkeypatch.delenv("HOME")
        monkeypatch.setattr(pwd, "getpwuid", unknown)
        with pytest.raises(Error, match=r"has no home folder; set HOME, or PRIMEBENCH_CACHE to a folder"):
            cache_folder()
        (found,) = (finding for finding in find_all() if finding.requirement.name == "oha")
        assert found.version is None


class TestOha:
    def test_a_relative_path_is_of_this_folder_wherever_it_is_started(
        self, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (here / "bin").mkdir()
        (here / "bin" / "oha").write_text("")
        monkeypatch.setenv("PRIMEBENCH_OHA", "bin/oha")
        assert oha_path() == here / "bin" / "oha"

    def test_a_name_is_looked_for_on_the_path(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "oha").write_text("#!/bin/sh\n")
        (here / "oha").chmod(0o755)
        monkeypatch.setenv("PATH", str(here), prepend=":")
        monkeypatch.setenv("PRIMEBENCH_OHA", "oha")
        assert oha_path() == here / "oha"

    def test_a_folder_is_named_as_one(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PRIMEBENCH_OHA", str(here))
        with pytest.raises(Error, match=r"not found at .*, which is a folder; expected the program"):
            find_oha()

    def test_what_may_not_be_executed_is_not_called_missing(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "oha").write_text("")
        monkeypatch.setenv("PRIMEBENCH_OHA", str(here / "oha"))
        with pytest.raises(Error, match=r"oha: may not be executed \(see its mode, and whether .* noexec\)"):
            find_oha()

    @pytest.mark.parametrize(
        "name", [b"feature%2Ffoo", b"what?mode=memory", b"a#b", b"\xff", b"two\nlines", b"file:x", b" &;'\""]
    )
    def test_its_rows_are_read_from_any_folder(self, here: Path, name: bytes) -> None:
        import sqlite3

        folder = here / os.fsdecode(name)
        folder.mkdir()
        with sqlite3.connect(folder / "rows.db") as connection:
            connection.execute("CREATE TABLE oha (start, end, status, len_bytes, start_latency_correction)")
            connection.execute("INSERT INTO oha VALUES (0.5, 1.5, 200, 11, NULL)")
        connection.close()
        assert read_rows(folder / "rows.db")["end_s"].to_pylist() == [1.5]

    def test_rows_that_are_not_there_are_not_made(self, here: Path) -> None:
        with pytest.raises(Error, match=r"oha wrote no rows to rows\.db"):
            oha.read_rows(here / "rows.db")
        assert list(here.iterdir()) == []


class TestTemporaryFolder:
    def test_it_is_absolute_and_gone_at_the_end(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "disk").mkdir()
        (here / "link").symlink_to("disk")
        monkeypatch.setenv("TMPDIR", "link")
        with scratch_folder() as folder:
            assert folder.is_absolute()
            assert list((here / "disk").iterdir()) == [(here / "disk" / folder.name)]
        assert list((here / "disk").iterdir()) == []

    @pytest.mark.usefixtures("here")
    def test_an_empty_variable_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TMPDIR", "")
        with scratch_folder() as folder:
            assert folder.is_dir()

    @pytest.mark.parametrize(
        ("place", "reason"),
        [("missing", "No such file or directory"), ("file", "Not a directory"), ("dangling", "No such file or directory")],
    )
    def test_one_that_cannot_be_used_is_named(
        self, here: Path, monkeypatch: pytest.MonkeyPatch, place: str, reason: str
    ) -> None:
        (here / "file").write_text("")
        (here / "dangling").symlink_to("nothing")
        monkeypatch.setenv("TMPDIR", str(here / place))
        with (
            pytest.raises(Error, match=rf"{place}: {reason}; expected a folder .*: set TMPDIR to one, or unset it"),
            scratch_folder(),
        ):
            pass

    def test_one_that_is_too_long_for_the_rows_is_refused_before_anything_is_measured(
        self, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = here
        while len(os.fsencode(deep)) <= LONGEST_BYTES:
            deep = deep / ("d" * 100)
        monkeypatch.setenv("TMPDIR", str(deep))
        with (
            pytest.raises(Error, match=r"too long a path for temporary files; set TMPDIR to one of at most 470 bytes"),
            scratch_folder(),
        ):
            pass


class TestResults:
    @pytest.mark.parametrize(("place", "reason"), [("file", "Not a directory"), ("loop", "Too many levels of symbolic links")])
    def test_where_no_run_can_be_kept_is_named_before_anything_is_built(self, here: Path, place: str, reason: str) -> None:
        (here / "file").write_text("")
        (here / "loop").symlink_to("loop")
        with pytest.raises(Error, match=rf"{place}.*: {reason}; .* --results names another folder"):
            check_results(here / place)

    def test_where_nothing_may_be_written_is_named(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
        with pytest.raises(Error, match=r"Permission denied; .* --results names another folder"):
            check_results(here)

    def test_the_latest_run_is_linked_relative_so_that_results_may_be_moved(self, here: Path) -> None:
        run = here / "results" / "runs" / "1"
        run.mkdir(parents=True)
        link_latest(run, here / "results" / "latest")
        link_latest(run, here / "results" / "latest")
        (here / "results").rename(here / "moved")
        assert (here / "moved" / "latest").resolve() == here / "moved" / "runs" / "1"

    def test_a_folder_in_the_place_of_the_link_is_left_alone(self, here: Path) -> None:
        run = here / "results" / "runs" / "1"
        run.mkdir(parents=True)
        (here / "results" / "latest").mkdir()
        with pytest.raises(OSError, match="Is a directory"):
            link_latest(run, here / "results" / "latest")
        assert sorted(path.name for path in (here / "results").iterdir()) == ["latest", "runs"]

    @pytest.mark.parametrize("number", [errno.ENOLCK, errno.EBADF, errno.ENOTSUP])
    def test_a_file_system_without_locks_is_named(self, here: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        def refused(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(fcntl, "flock", refused)
        with (
            pytest.raises(Error, match=rf"cannot be locked: {os.strerror(number)}; use --results on another"),
            alone_in(here),
        ):
            pass
