"""TOML files as editors, shells and devices give them."""

import os
from pathlib import Path

import pytest

from loadgen.config.project import read_project
from loadgen.errors import Error

TEXT = b'schema = 1\n[regress]\nlayers = ["size"]\n'


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + TEXT, TEXT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + TEXT.replace(b"\n", b"\r\n")],
    ids=["byte order mark", "CRLF", "both"],
)
def test_what_an_editor_of_windows_saves_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "primebench.toml").write_bytes(content)
    assert read_project(tmp_path / "primebench.toml").regress.layers == ["size"]


def test_a_pipe_is_read() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, TEXT)
    os.close(theirs)
    assert read_project(Path(f"/dev/fd/{ours}")).regress.layers == ["size"]
    os.close(ours)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (TEXT.decode().encode("utf-16"), "cannot be read: UTF-16 text; save it as UTF-8"),
        (b"# \xe9", "cannot be read: not UTF-8 text"),
        (TEXT + b"\0", "not valid TOML"),
        (b"", "schema: Field required"),
        (b"schema = " + b"1" * 5000, "not valid TOML: Exceeds the limit"),
        (b"schema = 1\nx = " + b"[" * 5000, "not valid TOML: maximum recursion depth"),
    ],
    ids=["UTF-16", "Latin-1", "NUL", "empty", "a long number", "nested"],
)
def test_what_is_no_toml_is_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "primebench.toml").write_bytes(content)
    with pytest.raises(Error, match=rf"primebench\.toml: {reason}"):
        read_project(tmp_path / "primebench.toml")


@pytest.mark.parametrize(("path", "reason"), [("/dev/zero", "larger than 10 MB"), ("/", "cannot be read: Is a directory")])
def test_devices_and_folders_are_one_line(path: str, reason: str) -> None:
    with pytest.raises(Error, match=rf"^{path}: {reason}"):
        read_project(Path(path))
