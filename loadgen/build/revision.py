"""The two sides of a comparison as folders: git revisions in worktrees that are gone when the block ends, or folders."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadgen.build.git import changed_files, checkout_root, find_commit, git, installed, worktree
from loadgen.build.missing import is_shallow, why_missing
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.one_line import storable
from loadgen.record.regress import Side
from loadgen.system.scratch import scratch_folder


@dataclass(frozen=True)
class Place:
    """One side: what was asked for, where it lies, and what that is."""

    asked: str
    commit: str | None
    folder: Path | None
    changed: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """In words, for the user."""
        if self.folder is None:
            return f"{self.asked} = {(self.commit or '')[:12]}"
        changes = f", {counted(len(self.changed), 'file')} changed" if self.changed else ""
        return f"the folder {self.folder}" + (f" at {self.commit[:12]}{changes}" if self.commit else "")

    def side(self, built: dict[str, str]) -> Side:
        """What run.json keeps of it."""
        return Side(
            asked=storable(self.asked),
            commit=self.commit,
            changed=[storable(name) for name in self.changed],
            built=built,
            folder=self.folder is not None,
        )


def find_places(repository: Path, base: str, head: str, *, exact_base: bool) -> tuple[Place, Place, bool]:
    """Base and head, and whether base is the merge base of the two instead of what was asked for.

    A revision of `repository` is looked for first, unless the text begins like a path. What a branch did after head left it is
    no work of head's: unless `exact_base`, the merge base takes the place of a base that is none of head's ancestors. Raises
    Error if a side is neither revision nor folder, or if there is no merge base.
    """
    first, second = find_place(repository, base), find_place(repository, head)
    if exact_base or first.folder is not None or first.commit is None or second.commit is None:
        return first, second, False
    if second.folder is not None and find_commit(repository, second.commit) is None:
        return first, second, False
    common = merge_base(repository, first.commit, second.commit, (base, head))
    if common == first.commit:
        return first, second, False
    return Place(base, common, None), second, True


def find_place(repository: Path, asked: str) -> Place:
    """The side that `asked` names; raise Error if there is none."""
    if not asked.strip():  # an unset variable: as a path it would be the folder that one is in
        raise Error("base or head is empty; expected a revision, or a folder")
    like_a_path = asked.startswith((".", "/", "~"))
    folder = Path(os.path.expanduser(asked))  # noqa: PTH111 - which leaves the name of no user as it is
    if not installed() and folder.is_dir():
        return Place(asked, None, Path(os.path.realpath(folder)))
    commit = None if like_a_path else find_commit(repository, asked)
    if commit is not None:
        return Place(asked, commit, None)
    if folder.is_dir():
        return Place(asked, find_commit(folder, "HEAD"), Path(os.path.realpath(folder)), tuple(changed_files(folder)))
    if like_a_path:
        raise Error(f"{asked}: no such folder; expected a service's folder, or a checkout")
    raise Error(
        f"no revision '{asked}' in {repository}; expected a commit, branch or tag{why_missing(repository, asked)}, or a folder"
    )


def merge_base(repository: Path, base: str, head: str, names: tuple[str, str]) -> str:
    """The last commit that both histories have; raise Error if there is none."""
    answer = git(repository, "merge-base", base, head)
    if answer.code == 0:
        return answer.text.strip()
    if is_shallow(repository):
        raise Error(
            f"{repository} is a shallow clone, in which {names[0]} and {names[1]} have no common commit: "
            "git fetch --unshallow (in GitHub's checkout action: fetch-depth: 0), or --exact-base"
        )
    raise Error(
        f"{names[0]} and {names[1]} have no merge base: their histories are unrelated; --exact-base compares them all the same"
    )


@contextmanager
def laid_out(repository: Path, place: Place) -> Iterator[Path]:
    """The side's folder: its own, or where `repository`, which may lie within a checkout, is in a worktree of its commit."""
    if place.folder is not None:
        yield place.folder
        return
    assert place.commit is not None
    root = checkout_root(repository)
    below = Path(os.path.realpath(repository)).relative_to(os.path.realpath(root)) if root else Path()
    with scratch_folder() as parent, worktree(repository, place.commit, parent / "tree") as tree:
        yield tree / below
