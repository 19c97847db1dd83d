"""The two sides of a comparison as folders: git revisions in worktrees that are gone when the block ends, or folders."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadgen.record import Side
from loadgen.trouble import Trouble


@dataclass(frozen=True)
class Place:
    """One side: what was asked for, where it lies, and what that is."""

    asked: str
    commit: str | None
    folder: Path | None
    changed: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """In words, for the user."""
        if self.folder is None:
            return f"{self.asked} = {(self.commit or '')[:12]}"
        changes = f", {len(self.changed)} files changed" if self.changed else ""
        return f"the folder {self.folder}" + (f" at {self.commit[:12]}{changes}" if self.commit else "")

    def side(self, built: dict[str, str]) -> Side:
        """What run.json keeps of it."""
        return Side(
            asked=self.asked, commit=self.commit, changed=list(self.changed), built=built, folder=self.folder is not None
        )


def find_places(repository: Path, base: str, head: str, *, exact_base: bool) -> tuple[Place, Place, bool]:
    """Base and head, and whether base is the merge base of the two instead of what was asked for.

    A revision of `repository` is looked for first, unless the text begins like a path. What a branch did after head left it is
    no work of head's: unless `exact_base`, the merge base takes the place of a base that is none of head's ancestors. Raises
    Trouble if a side is neither revision nor folder, or if there is no merge base.
    """
    first, second = find_place(repository, base), find_place(repository, head)
    if exact_base or first.folder is not None or first.commit is None or second.commit is None:
        return first, second, False
    if second.folder is not None and _commit(repository, second.commit) is None:
        return first, second, False
    common = merge_base(repository, first.commit, second.commit, (base, head))
    if common == first.commit:
        return first, second, False
    return Place(base, common, None), second, True


def find_place(repository: Path, asked: str) -> Place:
    """The side that `asked` names; raise Trouble if there is none."""
    if not asked.strip():  # an unset variable: as a path it would be the folder that one is in
        raise Trouble("base or head is empty; expected a revision, or a folder")
    like_a_path = asked.startswith((".", "/", "~"))
    commit = None if like_a_path else _commit(repository, asked)
    if commit is not None:
        return Place(asked, commit, None)
    folder = Path(asked).expanduser()
    if folder.is_dir():
        return Place(asked, _commit(folder, "HEAD"), folder.resolve(), tuple(changed_files(folder)))
    if like_a_path:
        raise Trouble(f"{asked}: no such folder; expected a service's folder, or a checkout")
    raise Trouble(
        f"no revision '{asked}' in {repository}; expected a commit, branch or tag{_why_missing(repository)}, or a folder"
    )


def merge_base(repository: Path, base: str, head: str, names: tuple[str, str]) -> str:
    """The last commit that both histories have; raise Trouble if there is none."""
    answer = _git(repository, "merge-base", base, head)
    if answer.returncode == 0:
        return answer.stdout.strip()
    if is_shallow(repository):
        raise Trouble(
            f"{repository} is a shallow clone, in which {names[0]} and {names[1]} have no common commit: "
            "git fetch --unshallow (in GitHub's checkout action: fetch-depth: 0), or --exact-base"
        )
    raise Trouble(
        f"{names[0]} and {names[1]} have no merge base: their histories are unrelated; --exact-base compares them all the same"
    )


def is_shallow(repository: Path) -> bool:
    """Whether the clone has only the last part of the history."""
    return _git(repository, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"


def changed_files(folder: Path) -> list[str]:
    """Files below the folder's checkout that differ from its commit, new ones among them."""
    listed = _git(folder, "status", "--porcelain", "-z", "--no-renames", ".")
    return [entry[3:] for entry in listed.stdout.split("\0") if entry] if listed.returncode == 0 else []


def _commit(checkout: Path, revision: str) -> str | None:
    answer = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return answer.stdout.strip() if answer.returncode == 0 else None


def _why_missing(repository: Path) -> str:
    return " (this is a shallow clone: git fetch --unshallow)" if is_shallow(repository) else " (git fetch?)"


@contextmanager
def laid_out(repository: Path, place: Place) -> Iterator[Path]:
    """The side's folder: its own, or a worktree of its commit."""
    if place.folder is not None:
        yield place.folder
        return
    assert place.commit is not None
    with worktree(repository, place.commit) as tree:
        yield tree


@contextmanager
def worktree(checkout: Path, commit: str) -> Iterator[Path]:
    """Check `commit` out into a folder of its own; the folder and git's note of it are removed at the end."""
    with tempfile.TemporaryDirectory(prefix="primebench-") as parent:
        folder = Path(parent) / "tree"
        try:
            added = _git(checkout, "worktree", "add", "--detach", "--quiet", str(folder), commit)
            if added.returncode != 0:
                raise Trouble(f"git worktree add failed for {commit[:12]}: {added.stderr.strip()}")
            yield folder
        finally:  # of one that was interrupted while it was made, too
            _git(checkout, "worktree", "remove", "--force", "--force", str(folder))  # one that is locked, being made, too


def _git(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git in a session of its own: a second Ctrl-C would end one that takes a worktree away."""
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
