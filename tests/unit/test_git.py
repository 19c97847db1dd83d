"""What primebench asks of git: the same in a hook, under any settings of the user's, with submodules, and where git refuses."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from loadgen.build.git import changed_files, checkout_root, git_state, listed_files, worktree
from loadgen.build.revision import find_place, laid_out
from loadgen.build.staging import input_files
from loadgen.errors import Error
from tests.repository import commit_file, git

ROOT = Path(__file__).parents[2]


def made(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "test")
    git(folder, "config", "user.email", "test@example.org")
    commit_file(folder, "one")
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return made(tmp_path / "repository")


@pytest.fixture
def with_submodules(tmp_path: Path) -> Path:
    """A repository with the submodule vendor/lib, which has the submodule inner."""
    inner, lib, whole = (made(tmp_path / name) for name in ("inner", "lib", "whole"))
    git(lib, "submodule", "--quiet", "add", str(inner), "inner")
    commit_file(lib, "with inner")
    git(whole, "submodule", "--quiet", "add", str(lib), "vendor/lib")
    git(whole, "submodule", "--quiet", "update", "--init", "--recursive")
    commit_file(whole, "with lib")
    return whole


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings of git, as a file to write into."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home / ".gitconfig"


# In a hook

WORKTREE = """
import sys
from pathlib import Path
from loadgen.build.git import git_state
from loadgen.build.revision import find_place, laid_out
repository = Path(sys.argv[1])
with laid_out(repository, find_place(repository, "HEAD~1")) as tree:
    assert (tree / "file").read_text() == "one", "not the revision's files"
"""


def hooked(repository: Path, name: str) -> Path:
    """The repository with a hook that lays out HEAD~1, as `primebench regress` does."""
    script = repository.parent / "worktree.py"
    script.write_text(WORKTREE)
    hook = repository / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT}' exec '{sys.executable}' '{script}' '{repository}'\n")
    hook.chmod(0o755)
    return repository


@pytest.mark.parametrize("options", [["-a"], ["file"], []], ids=["commit -am", "commit FILE", "of what was added"])
def test_a_commit_whose_hook_compares_with_a_revision_has_what_was_committed(repository: Path, options: list[str]) -> None:
    commit_file(repository, "two")
    hooked(repository, "pre-commit")
    (repository / "file").write_text("three")
    (repository / "other").write_text("not committed")
    if not options:
        git(repository, "add", "file")
    git(repository, "commit", "--quiet", "--message", "three", *options)
    assert git(repository, "show", "HEAD:file") == "three"
    assert git(repository, "ls-tree", "--name-only", "HEAD") == "file"
    assert git(repository, "status", "--porcelain") == "?? other"


def test_a_commit_in_a_linked_worktree_has_what_was_committed(repository: Path, tmp_path: Path) -> None:
    commit_file(repository, "two")
    hooked(repository, "pre-commit")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "topic")
    (tmp_path / "linked" / "file").write_text("three")
    git(tmp_path / "linked", "commit", "--quiet", "-am", "three")
    assert git(repository, "show", "topic:file") == "three"


def test_a_push_whose_hook_compares_with_a_revision(repository: Path, tmp_path: Path) -> None:
    commit_file(repository, "two")
    hooked(repository, "pre-push")
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(repository, "push", "--quiet", str(tmp_path / "remote"), "main")
    assert git(tmp_path / "remote", "rev-parse", "main") == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"])
def test_variables_of_another_repository_do_not_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    own = git(repository, "rev-parse", "HEAD")
    other = made(tmp_path / "other")
    commit_file(other, "another's")
    monkeypatch.setenv(variable, str(other / ".git"))
    assert git_state(repository) == (own, False)
    assert listed_files(repository) == [Path("file")]


def test_settings_given_by_variables_do_not_count(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "new").write_text("")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "status.showUntrackedFiles")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "no")
    monkeypatch.setenv("GIT_PREFIX", "nowhere/")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert changed_files(repository) == ["new"]


# Settings and hooks of the user's


def test_a_failing_hook_of_the_users_does_not_keep_a_revision_from_being_laid_out(repository: Path, settings: Path) -> None:
    hooks = settings.parent / "hooks"
    hooks.mkdir()
    (hooks / "post-checkout").write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    (hooks / "post-checkout").chmod(0o755)
    settings.write_text(f"[core]\n\thooksPath = {hooks}\n")
    with laid_out(repository, find_place(repository, "HEAD")) as tree:
        assert (tree / "file").read_text() == "one"
        assert not (tree / "ran").exists()


def test_settings_change_neither_files_nor_lists(repository: Path, settings: Path) -> None:
    settings.write_text(
        "[core]\n\tautocrlf = true\n\teol = crlf\n\tfsmonitor = /bin/false\n\tpager = false\n"
        "[status]\n\tshowUntrackedFiles = no\n\tshort = true\n\tbranch = true\n\trelativePaths = false\n"
        "[color]\n\tui = always\n[log]\n\tshowSignature = true\n[worktree]\n\tguessRemote = true\n[diff]\n\tnoprefix = true\n"
        "[submodule]\n\trecurse = true\n[advice]\n\tdetachedHead = true\n[checkout]\n\tdefaultRemote = elsewhere\n"
    )
    (repository / "file").write_text("a\nb\n")
    git(repository, "-c", "core.autocrlf=false", "commit", "--quiet", "-am", "lines")
    (repository / "ä b").write_text("")
    assert changed_files(repository) == ["ä b"]
    assert git_state(repository)[1] is True
    with laid_out(repository, find_place(repository, "HEAD")) as tree:
        assert (tree / "file").read_bytes() == b"a\nb\n"


def test_a_sparse_checkout_has_revisions_whole(repository: Path) -> None:
    (repository / "service").mkdir()
    (repository / "service" / "main.c").write_text("")
    (repository / "docs").mkdir()
    (repository / "docs" / "page").write_text("")
    commit_file(repository, "folders")
    git(repository, "sparse-checkout", "set", "docs")
    assert not (repository / "service").exists()
    with laid_out(repository, find_place(repository, "HEAD")) as tree:
        assert (tree / "service" / "main.c").exists()


def test_a_filter_that_is_not_installed_is_one_line(repository: Path, settings: Path) -> None:
    (repository / ".gitattributes").write_text("*.bin filter=lfs\n")
    (repository / "a.bin").write_text("version https://git-lfs.github.com/spec/v1\n")
    commit_file(repository, "lfs")
    settings.write_text('[filter "lfs"]\n\tprocess = no-such-lfs filter-process\n\trequired = true\n')
    with (
        pytest.raises(Error, match=r"git worktree add failed for .*no-such-lfs") as caught,
        laid_out(repository, find_place(repository, "HEAD")),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_paths_that_are_not_utf_8(repository: Path) -> None:
    name = Path(os.fsdecode(b"caf\xe9.txt"))
    (repository / name).write_text("")
    assert listed_files(repository) == sorted([name, Path("file")])
    assert changed_files(repository) == [str(name)]


# Submodules


def test_files_of_submodules_are_inputs(with_submodules: Path) -> None:
    wanted = [".gitmodules", "file", "vendor/lib/.gitmodules", "vendor/lib/file", "vendor/lib/inner/file"]
    assert input_files(with_submodules, ["."]) == [Path(name) for name in wanted]
    assert input_files(with_submodules, ["vendor/lib/inner"]) == [Path("vendor/lib/inner/file")]


def test_what_a_submodule_ignores_is_no_input(with_submodules: Path) -> None:
    (with_submodules / "vendor" / "lib" / ".gitignore").write_text("*.o\n")
    (with_submodules / "vendor" / "lib" / "a.o").write_text("")
    assert Path("vendor/lib/a.o") not in input_files(with_submodules, ["."])


def test_a_submodule_that_was_not_checked_out_is_named_with_what_to_do(with_submodules: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(with_submodules), "clone")
    clone = tmp_path / "clone"
    advice = f"submodule vendor/lib is not in {clone}; run: git -C {clone} submodule update --init --recursive"
    for inputs in (["."], ["vendor"], ["vendor/lib"]):
        with pytest.raises(Error) as caught:
            input_files(clone, inputs)
        assert str(caught.value) == advice


def test_a_submodule_that_was_put_away_again(with_submodules: Path) -> None:
    git(with_submodules, "submodule", "--quiet", "deinit", "--force", "vendor/lib")
    with pytest.raises(Error, match=r"vendor/lib: a submodule without its files; run: git -C .* submodule update --init"):
        input_files(with_submodules, ["."])
    with laid_out(with_submodules, find_place(with_submodules, "HEAD")) as tree:
        assert (tree / "vendor" / "lib" / "inner" / "file").exists()


def test_a_revision_has_its_submodules_at_their_commits(with_submodules: Path, tmp_path: Path) -> None:
    lib = with_submodules / "vendor" / "lib"
    before = git(with_submodules, "rev-parse", "HEAD")
    commit_file(lib, "newer")
    commit_file(with_submodules, "newer lib")
    shutil.rmtree(tmp_path / "lib")  # nothing is fetched
    shutil.rmtree(tmp_path / "inner")
    with laid_out(with_submodules, find_place(with_submodules, before)) as tree:
        assert (tree / "vendor" / "lib" / "file").read_text() == "with inner"
        assert (tree / "vendor" / "lib" / "inner" / "file").read_text() == "one"
        assert input_files(tree, ["."]) == input_files(with_submodules, ["."])
    for module in (with_submodules, lib, lib / "inner"):
        assert len(git(module, "worktree", "list").splitlines()) == 1
        assert git(module, "status", "--porcelain") == ""


def test_a_commit_of_a_submodule_that_is_not_here_is_one_line(with_submodules: Path, tmp_path: Path) -> None:
    absent = commit_file(tmp_path / "lib", "only there")
    git(with_submodules, "update-index", "--cacheinfo", f"160000,{absent},vendor/lib")
    git(with_submodules, "commit", "--quiet", "--message", "ahead")
    with laid_out(with_submodules, find_place(with_submodules, "HEAD")) as tree:
        with pytest.raises(Error) as caught:
            input_files(tree, ["."])
        assert input_files(tree, ["file"]) == [Path("file")]
    assert str(caught.value) == (
        f"submodule vendor/lib: its commit {absent[:12]} is not in {with_submodules}; "
        f"run: git -C {with_submodules / 'vendor' / 'lib'} fetch --all"
    )


def test_a_repository_inside_a_repository_is_listed_with_what_it_ignores_left_out(repository: Path) -> None:
    nested = made(repository / "nested")
    (nested / ".gitignore").write_text("*.o\n")
    (nested / "a.o").write_text("")
    assert listed_files(repository) == [Path("file"), Path("nested/.gitignore"), Path("nested/file")]


# Where git refuses


@pytest.fixture
def of_another(repository: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345)
    return repository


def test_a_checkout_of_another_owner_is_refused_with_gits_own_advice(of_another: Path, settings: Path) -> None:
    advice = f"git config --global --add safe.directory {of_another}"
    for question in (git_state, listed_files, changed_files, lambda place: find_place(place, "HEAD")):
        with pytest.raises(Error, match=r"belongs to another user") as caught:
            question(of_another)
        assert str(caught.value).endswith(advice)
    settings.write_text(f"[safe]\n\tdirectory = {of_another}\n")
    assert listed_files(of_another) == [Path("file")]


def test_under_sudo_the_callers_checkout_is_trusted(of_another: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings.exists()
    monkeypatch.setenv("SUDO_UID", "12345")
    assert listed_files(of_another) == [Path("file")]


def test_without_git_folders_can_be_measured_and_revisions_are_refused(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(repository) == (None, None)
    assert input_files(repository, ["."]) == [Path("file")]
    assert find_place(repository, str(repository)).commit is None
    with pytest.raises(Error, match="git not found: it is needed for revisions; install git"):
        find_place(repository, "HEAD")


def test_a_broken_repository_is_not_taken_for_a_folder_without_git(repository: Path) -> None:
    (repository / ".git" / "HEAD").unlink()
    with pytest.raises(Error, match=r"\.git: git does not take this for a repository: .*; repair it, or remove it"):
        listed_files(repository)


def test_a_hidden_repository_is_a_folder_without_git(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    (repository / ".git").mkdir()
    assert listed_files(repository) is None


def test_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "unborn")
    unborn = tmp_path / "unborn"
    (unborn / "file").write_text("")
    assert git_state(unborn) == (None, None)
    assert listed_files(unborn) == [Path("file")]
    with pytest.raises(Error, match="no revision 'HEAD' in"):
        find_place(unborn, "HEAD")


def test_a_folder_in_somebody_elses_repository_has_no_commit_of_its_own(repository: Path) -> None:
    (repository / "installed").mkdir()
    assert checkout_root(repository / "installed") == repository
    assert git_state(repository / "installed") == (None, None)


def test_a_part_of_a_repository_has_its_commit_and_is_changed_if_that_part_is(repository: Path) -> None:
    part = repository / "services" / "shop"
    part.mkdir(parents=True)
    (part / "main.go").write_text("one")
    assert git_state(part) == (None, None), "nothing of it is tracked"
    git(repository, "add", "services")
    git(repository, "commit", "--quiet", "--message", "part")
    own = git(repository, "rev-parse", "HEAD")
    assert git_state(part) == (own, False)
    (repository / "file").write_text("changed")
    assert (git_state(part), git_state(repository)) == ((own, False), (own, True))
    (part / "new.go").write_text("")
    assert git_state(part) == (own, True)


def test_a_bare_repository_has_revisions(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare")
    bare = tmp_path / "bare"
    assert git_state(bare) == (None, None)
    with laid_out(bare, find_place(bare, "main")) as tree:
        assert (tree / "file").read_text() == "one"


def test_a_folder_that_is_no_repository_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"no revision 'main' in .* of a git repository, which this is not"):
        find_place(tmp_path, "main")


def test_a_detached_head_has_its_commit(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--detach")
    assert git_state(repository) == (git(repository, "rev-parse", "HEAD"), False)


def test_an_interrupted_checkout_leaves_no_note(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), worktree(repository, git(repository, "rev-parse", "HEAD"), tmp_path / "tree"):
        raise KeyboardInterrupt
    assert len(git(repository, "worktree", "list").splitlines()) == 1
