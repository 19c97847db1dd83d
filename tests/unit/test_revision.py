"""The two sides of a comparison: revisions, folders, merge bases, and what is wrong with them."""

import re
from pathlib import Path

import pytest

from loadgen.build.git import changed_files
from loadgen.build.revision import Place, find_place, find_places, laid_out
from loadgen.errors import Error
from tests.repository import commit_file, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_file(folder, "one")
    return folder


def test_a_revision_is_laid_out_in_a_folder_that_is_gone_afterwards(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit_file(repository, "two")
    place = find_place(repository, "HEAD~1")
    assert (place.commit, place.folder) == (first, None)
    with laid_out(repository, place) as tree:
        assert (tree / "file").read_text() == "one"
    assert not tree.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_folder_is_taken_as_it_is_with_what_has_changed(repository: Path) -> None:
    (repository / "file").write_text("changed")
    (repository / "new").write_text("")
    place = find_place(repository, str(repository))
    assert place.folder == repository
    assert set(place.changed) == {"file", "new"}
    assert "2 files changed" in place.in_words
    assert place.side({"cpp": "key"}).changed == ["file", "new"]
    (repository / "new").unlink()
    assert find_place(repository, str(repository)).in_words.endswith(", 1 file changed")


def test_base_is_where_the_history_of_head_left_it(repository: Path) -> None:
    fork = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "topic")
    topic = commit_file(repository, "topic")
    git(repository, "checkout", "--quiet", "main")
    ahead = commit_file(repository, "main goes on")
    base, head, moved = find_places(repository, "main", "topic", exact_base=False)
    assert (base.commit, head.commit, moved) == (fork, topic, True)
    base, _, moved = find_places(repository, "main", "topic", exact_base=True)
    assert (base.commit, moved) == (ahead, False)


def test_a_base_that_is_an_ancestor_of_head_stays(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit_file(repository, "two")
    base, _, moved = find_places(repository, "HEAD~1", "HEAD", exact_base=False)
    assert (base.commit, moved) == (first, False)


def test_the_working_tree_against_a_branch_has_a_merge_base_too(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "topic")
    git(repository, "checkout", "--quiet", "main")
    commit_file(repository, "main goes on")
    git(repository, "checkout", "--quiet", "topic")
    base, head, moved = find_places(repository, "main", str(repository), exact_base=False)
    assert moved
    assert (base.commit, head.folder) == (git(repository, "rev-parse", "topic"), repository)


def test_no_merge_base(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit_file(repository, "another beginning")
    with pytest.raises(Error, match=r"main and other have no merge base: .* --exact-base"):
        find_places(repository, "main", "other", exact_base=False)
    assert find_places(repository, "main", "other", exact_base=True)[2] is False


def test_a_shallow_clone_is_told_from_a_missing_revision(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit_file(repository, "two")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    with pytest.raises(Error, match="shallow clone: git fetch --unshallow"):
        find_place(tmp_path / "shallow", first)


@pytest.mark.parametrize("options", [["--single-branch"], ["--depth", "1"]])
@pytest.mark.parametrize("asked", ["origin/release/main", "remotes/origin/release/main~1", "release/main"])
def test_in_a_clone_of_one_branch_the_command_that_is_advised_brings_the_other(
    repository: Path, tmp_path: Path, options: list[str], asked: str
) -> None:
    fork = commit_file(repository, "fork")
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit_file(repository, "topic")
    git(repository, "checkout", "--quiet", "-b", "release/main", "main")
    commit_file(repository, "main goes on")
    commit_file(repository, "and on")
    git(tmp_path, "clone", "--quiet", "--branch", "topic", *options, f"file://{repository}", "clone")
    with pytest.raises(Error, match=f"no revision '{asked}' in .*: git fetch .*, or a folder") as refused:
        find_place(tmp_path / "clone", asked)
    command = re.search(r"git (fetch (?:--unshallow )?origin [^\s,)]+)", str(refused.value))
    assert command is not None
    assert ("--unshallow" in command[1]) == ("--depth" in options)
    git(tmp_path / "clone", *command[1].split())
    fetched = asked if "origin" in asked else f"origin/{asked}"
    base, _, moved = find_places(tmp_path / "clone", fetched, "HEAD", exact_base=False)
    assert (base.commit, moved) == (fork, True)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("other", r"tag \(of origin it is origin/other\), or a folder"),
        (
            "fork/main",
            r"tag \(not here, nor fetched from a remote, of which there is origin; if origin has it: git fetch origin fork",
        ),
        ("HEAD~99", r"tag \(its history here has no such commit\), or a folder"),
        ("0123456789abcdef", r"tag \(its history here has no such commit\), or a folder"),
    ],
)
def test_of_a_name_that_is_no_remotes_it_is_said_where_it_was_looked_for(
    repository: Path, tmp_path: Path, asked: str, expected: str
) -> None:
    git(repository, "branch", "other")
    git(tmp_path, "clone", "--quiet", f"file://{repository}", "clone")
    with pytest.raises(Error, match=expected):
        find_place(tmp_path / "clone", asked)
    git(tmp_path / "clone", "remote", "remove", "origin")
    with pytest.raises(Error, match="no remote that could have it"):
        find_place(tmp_path / "clone", "fork/main")


def test_a_shallow_clone_without_a_common_commit(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit_file(repository, "topic")
    git(repository, "checkout", "--quiet", "main")
    commit_file(repository, "main goes on")
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{repository}", "shallow")
    with pytest.raises(Error, match=r"is a shallow clone, in which .* have no common commit"):
        find_places(tmp_path / "shallow", "origin/main", "origin/topic", exact_base=False)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("no-such-branch", "no revision 'no-such-branch' in .*; expected a commit, branch or tag .*, or a folder"),
        ("./no-such-folder", "no such folder"),
        ("--output=/tmp/x", "no revision '--output=/tmp/x'"),
        ("", "base or head is empty"),
        (" ", "base or head is empty"),
    ],
)
def test_what_is_not_there(repository: Path, asked: str, expected: str) -> None:
    with pytest.raises(Error, match=expected):
        find_place(repository, asked)


def test_a_clean_tree_has_no_changes_and_a_folder_outside_git_none_that_could_be_told(repository: Path, tmp_path: Path) -> None:
    assert changed_files(repository) == []
    assert find_place(repository, str(tmp_path)) == Place(str(tmp_path), None, tmp_path)
