import subprocess
from pathlib import Path

import pytest

from loadgen.build.staging import digest, input_files, stage
from loadgen.errors import Error


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {"a.txt": "a", "src/b.txt": "b", "out/c.o": "c", ".gitignore": "out/\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_git_ignores_is_no_input(root: Path) -> None:
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    assert input_files(root, ["."]) == [Path(".gitignore"), Path("a.txt"), Path("src/b.txt")]


def test_outside_git_every_file_is_an_input_but_build_output(root: Path) -> None:
    (root / "target").mkdir()
    (root / "target" / "d.o").write_text("d")
    assert input_files(root, ["."]) == [Path(".gitignore"), Path("a.txt"), Path("out/c.o"), Path("src/b.txt")]


def test_inputs_can_be_files_and_folders(root: Path) -> None:
    assert input_files(root, ["a.txt", "src"]) == [Path("a.txt"), Path("src/b.txt")]


def test_a_missing_input_is_named(root: Path) -> None:
    with pytest.raises(Error, match="nothing: build input not found"):
        input_files(root, ["nothing"])


def test_the_digest_changes_with_content_name_mode_and_settings(root: Path) -> None:
    files = [Path("a.txt"), Path("src/b.txt")]
    seen = {digest(root, files, "s"), digest(root, files[:1], "s"), digest(root, files, "t")}
    (root / "a.txt").write_text("A")
    seen.add(digest(root, files, "s"))
    (root / "a.txt").chmod(0o755)
    seen.add(digest(root, files, "s"))
    assert len(seen) == 5


def test_the_digest_does_not_depend_on_the_place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    files = [Path("a.txt"), Path("src/b.txt")]
    copy = tmp_path_factory.mktemp("copy")
    stage(root, files, copy)
    assert digest(copy, files, "s") == digest(root, files, "s")


def test_outside_git_a_folder_above_may_have_any_name(tmp_path: Path) -> None:
    root = tmp_path / "build" / "service"
    (root / "target").mkdir(parents=True)
    (root / "main.c").write_text("")
    (root / "target" / "main").write_text("")
    assert input_files(root, ["."]) == [Path("main.c")]
