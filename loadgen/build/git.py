"""The only place that runs git: nothing of the user's variables and settings changes what it does or prints.

A hook of git's exports GIT_INDEX_FILE and GIT_DIR; with them `git worktree add` would write over the index of the commit that
is being made. Paths are bytes until they are shown.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadgen.errors import Error
from loadgen.system.environment import tool_environment
from loadgen.system.tool import NOT_STARTED, Output, run_tool

_SETTINGS = (
    "core.hooksPath=/dev/null",  # a hook of the user's would delay the run, or end it
    "core.fsmonitor=false",
    "core.quotePath=false",
    "color.ui=false",
    "advice.detachedHead=false",
    "gc.auto=0",
)
_AS_COMMITTED = ("core.autocrlf=false", "core.eol=lf", "core.sparseCheckout=false", "submodule.recurse=false")
"""A commit gives the same files on every machine, all of them."""
_SAFE_DIRECTORY = re.compile(r"git config --global --add safe\.directory '?([^'\n]+)'?")
_GITLINK = b"160000"


def installed() -> bool:
    """Return whether there is a git to run."""
    return shutil.which("git") is not None


def git(folder: Path, *arguments: str | bytes, settings: tuple[str, ...] = (), fetches: bool = False) -> Output:
    """Run git in `folder`; what it answers, its exit code included, is the caller's to judge.

    Raises Error if there is no git, if the repository is another user's, or if it is broken.
    """
    environment = tool_environment(fetches=fetches) | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    chosen = [part for setting in (*_SETTINGS, *settings) for part in ("-c", setting)]
    command = ["git", "--no-pager", *chosen, "-C", str(folder), *(os.fsdecode(argument) for argument in arguments)]
    output = run_tool(command, environment=environment)
    if output.code == NOT_STARTED:
        raise Error("git not found: it is needed for revisions; install git, or give folders instead")
    if output.code != 0:
        _check_repository(folder, output.stderr.decode("utf-8", errors="replace"))
    return output


def _check_repository(folder: Path, message: str) -> None:
    advice = _SAFE_DIRECTORY.search(message)
    if advice or "dubious ownership" in message or "unsafe repository" in message:
        checkout = advice.group(1) if advice else str(folder)
        raise Error(
            f"{folder}: git does not trust this checkout, which belongs to another user; "
            f"if you do: git config --global --add safe.directory {checkout}"
        )
    if "not a git repository" in message and "filesystem boundary" not in message and (git_path := _rejected(folder)):
        raise Error(f"{git_path}: git does not take this for a repository: {_last_line(message)}; repair it, or remove it")


def _rejected(folder: Path) -> Path | None:
    """A .git, at `folder` or above, that has something in it; an empty one hides a repository on purpose."""
    for root in (folder, *folder.absolute().parents):
        git_path = root / ".git"
        if git_path.is_file() or (git_path.is_dir() and any(git_path.iterdir())):
            return git_path
    return None


def _last_line(message: str) -> str:
    return next((line for line in reversed(message.strip().splitlines()) if line.strip()), "no message")


def checkout_root(folder: Path) -> Path | None:
    """Return the root of the checkout that `folder` lies in; None outside of one, in a bare repository, or without git."""
    if not installed():
        return None
    output = git(folder, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(output.stdout.removesuffix(b"\n"))) if output.code == 0 else None


def find_commit(checkout: Path, revision: str) -> str | None:
    """Return the commit that `revision` names, None if there is none."""
    output = git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return output.text.strip() if output.code == 0 else None


def commits_between(checkout: Path, good: str, bad: str) -> list[str]:
    """Return the commits behind `good` up to `bad`, oldest first, along first parents: of a merge, what was merged is one step.

    None if `good` is no ancestor of `bad`, or the same.
    """
    if git(checkout, "merge-base", "--is-ancestor", good, bad).code != 0:
        return []
    return git(checkout, "rev-list", "--first-parent", "--reverse", f"{good}..{bad}").text.split()


def changed_files(folder: Path) -> list[str]:
    """Return the files below `folder` that differ from the commit of its checkout, new ones among them."""
    options = ("--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=none")
    listed = git(folder, "status", *options, ".")
    return [os.fsdecode(entry[3:]) for entry in listed.stdout.split(b"\0") if entry] if listed.code == 0 else []


def git_state(folder: Path) -> tuple[str | None, bool | None]:
    """Return the commit of the repository that `folder` is the root or a part of, and whether tracked or new files of the
    folder differ from it; (None, None) if it is neither.

    A folder of which somebody else's repository tracks nothing (a program that is installed there) is no part of it.
    """
    root = checkout_root(folder)
    if root is None or not (root.samefile(folder) or git(folder, "ls-files", "--error-unmatch", ".").code == 0):
        return None, None
    commit = find_commit(folder, "HEAD")
    return (commit, bool(changed_files(folder))) if commit else (None, None)


def listed_files(folder: Path) -> list[Path] | None:
    """Return the files below `folder`, relative to it, without what git ignores; None if it is in no checkout.

    Those of submodules, and of other repositories in it, are among them. Raises Error for a submodule without its files.
    """
    if checkout_root(folder) is None:
        return None
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.code != 0:
        if "unpopulated submodule" in listed.last_error:
            raise _absent_submodule(folder)
        raise Error(f"{folder}: git ls-files failed: {listed.last_error}")
    names = {Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name}
    return sorted(file for name in names for file in _files_at(folder, name))


def _files_at(folder: Path, name: Path) -> Iterator[Path]:
    """A file is itself; a folder that git lists is another repository."""
    path = folder / name
    if path.is_symlink() or not path.is_dir():
        yield name
    elif (path / ".git").exists():
        yield from (name / file for file in listed_files(path) or [])
    elif any(path.iterdir()):
        yield from (file.relative_to(folder) for file in path.rglob("*") if not file.is_dir())
    else:
        raise _absent_submodule(path)


def _absent_submodule(submodule: Path) -> Error:
    root = checkout_root(submodule) or submodule.parent
    path = submodule.relative_to(root) if submodule.is_relative_to(root) else submodule
    entry = git(root, "ls-files", "--stage", "-z", "--", f":(top,literal){path}").stdout
    sha = entry.split()[1].decode() if entry.startswith(_GITLINK) else ""
    try:
        _find_module(_common_folder(root), root, root, path, sha)
    except Error as error:
        return error
    return Error(f"{submodule}: a submodule without its files; run: git -C {root} submodule update --init --recursive")


@contextmanager
def worktree(checkout: Path, commit: str, folder: Path) -> Iterator[Path]:
    """Check `commit` out into `folder`, with its submodules; the folder and git's notes of it are removed at the end.

    Submodules come from what is here, never from the network. One that is not here stays empty: `listed_files` says so of
    those that are needed.
    """
    added: list[tuple[Path, Path]] = []
    try:
        _add_worktree(checkout, commit, folder, added)
        _add_submodules(_common_folder(checkout), checkout, commit, folder, added)
        yield folder
    finally:  # of one that was interrupted while it was made, too
        for repository, tree in reversed(added):
            git(
                repository, *_as_repository(repository), "worktree", "remove", "--force", "--force", str(tree)
            )  # one that is locked, being made, too


def _add_worktree(repository: Path, commit: str, folder: Path, added: list[tuple[Path, Path]]) -> None:
    added.append((repository, folder))
    wanted = (*_as_repository(repository), "worktree", "add", "--detach", "--quiet", str(folder), commit)
    output = git(repository, *wanted, settings=_AS_COMMITTED, fetches=True)
    if output.code != 0:
        lines = output.stderr.decode("utf-8", errors="replace").strip().splitlines()
        raise Error(f"git worktree add failed for {commit[:12]}: {'; '.join(line.strip() for line in lines if line.strip())}")


def _add_submodules(repository: Path, checkout: Path, commit: str, folder: Path, added: list[tuple[Path, Path]]) -> None:
    """Check out the submodules of the commit in `folder`, and theirs: `repository` is its git folder."""
    listed = git(folder, "ls-tree", "-r", "-z", "--full-tree", commit).stdout
    for entry in listed.split(b"\0"):
        if not entry.startswith(_GITLINK):
            continue
        about, _, name = entry.partition(b"\t")
        sha, path = about.split()[2].decode(), Path(os.fsdecode(name))
        try:
            module = _find_module(repository, checkout, folder, path, sha)
        except Error:
            continue
        _add_worktree(module, sha, folder / path, added)
        _add_submodules(module, checkout / path, sha, folder / path, added)


def _find_module(repository: Path, checkout: Path, tree: Path, path: Path, sha: str) -> Path:
    """Return the git folder of the submodule at `path` of `tree` that has the commit; raise Error that says what to do.

    Git keeps it in the superproject's git folder by its name, or in the checkout where it was added.
    """
    name = _module_name(tree, path)
    places = [repository / "modules" / name] if name and ".." not in Path(name).parts else []
    if (checkout / path / ".git").exists():
        places.append(_common_folder(checkout / path))
    here = [module for module in places if (module / "HEAD").is_file()]
    for module in here:
        if git(module, *_as_repository(module), "cat-file", "-e", f"{sha}^{{commit}}").code == 0:
            return module
    owner = _owner(repository)
    if here:
        raise Error(f"submodule {path}: its commit {sha[:12]} is not in {owner}; run: git -C {owner / path} fetch --all")
    raise Error(f"submodule {path} is not in {owner}; run: git -C {owner} submodule update --init --recursive")


def _module_name(tree: Path, path: Path) -> str | None:
    """The submodule's name, by the .gitmodules of `tree`."""
    listed = git(tree, "config", "-z", "--file", str(tree / ".gitmodules"), "--get-regexp", r"^submodule\..*\.path$")
    for entry in listed.stdout.split(b"\0"):
        key, _, value = entry.partition(b"\n")
        if Path(os.fsdecode(value)) == path:
            return os.fsdecode(key).removeprefix("submodule.").removesuffix(".path")
    return None


def _common_folder(checkout: Path) -> Path:
    """The git folder that all worktrees of a repository share."""
    output = git(checkout, "rev-parse", "--git-common-dir")
    return (checkout / os.fsdecode(output.stdout.removesuffix(b"\n"))).resolve()


def _as_repository(folder: Path) -> tuple[str, ...]:
    """Options for a git folder of a submodule: it names a checkout, which may have been put away."""
    return (f"--git-dir={folder}", f"--work-tree={folder}") if (folder / "HEAD").is_file() else ()


def _owner(repository: Path) -> Path:
    """The checkout that a git folder belongs to, as far as its place tells."""
    return repository.parent if repository.name == ".git" else repository
