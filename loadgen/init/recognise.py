"""What a repository is: the languages that are known, and the service that is proposed."""

import dataclasses
import posixpath
from collections.abc import Callable, Iterable
from typing import NamedTuple

from loadgen.errors import Error
from loadgen.init.folder import Folder
from loadgen.init.languages import cpp, go, java, node, python, rust
from loadgen.init.outside import outside, outside_edit
from loadgen.init.proposal import Proposal


class Language(NamedTuple):
    """A language: files that show it, what is looked for there, what proposes services, and what names folders to try."""

    markers: tuple[str, ...]
    expected: str
    propose: Callable[[Folder], list[Proposal]]
    members: Callable[[Folder], list[str]] | None = None


LANGUAGES = (
    Language(("go.mod",), "a package main with func main()", go.propose),
    Language(("Cargo.toml",), "src/main.rs, src/bin/ or [[bin]]", rust.propose),
    Language(("CMakeLists.txt",), "an add_executable", cpp.propose),
    Language(("pom.xml",), "a class with a main method, or Spring Boot, Quarkus or Micronaut", java.propose),
    Language(python.MARKERS, "an application, a script of [project.scripts] or a file that serves", python.propose),
    Language(("package.json",), "a start script, or the file that main names", node.propose, node.starting_members),
)
_MOST_NAMED = 5


def recognise(folder: Folder) -> Proposal:
    """Return the service that the folder most likely has, with the others by name; raise Error if there is none."""
    proposals = [proposal for language in LANGUAGES for proposal in language.propose(folder)]
    if not proposals:
        raise Error(_nothing_in(folder))
    best, *rest = sorted(proposals, key=lambda proposal: not proposal.serves)
    others = dict.fromkeys(f"{other.place} ({other.language})" for other in rest if other.place != best.place)
    above = {} if "root" in best.build else outside(folder, best.language)
    edits = {**best.build_edits, "inputs": outside_edit(above)} if above else best.build_edits
    return dataclasses.replace(best, others=list(others), build_edits=edits)


def _nothing_in(folder: Folder) -> str:
    known = {marker: language for language in LANGUAGES for marker in language.markers}
    for marker, language in known.items():
        if marker in folder.files:
            advice = _advice("a member that has one", language.members(folder) if language.members else [])
            return f"{folder.name}: nothing that starts: {marker} is there, but not {language.expected}{advice}"
    below = {posixpath.dirname(path) for path in folder.files if posixpath.basename(path) in known}
    return f"{folder.name}: nothing known: expected one of {', '.join(known)}{_advice('a folder that has one', below)}"


def _advice(where: str, folders: Iterable[str]) -> str:
    places = ", ".join(sorted(folders)[:_MOST_NAMED])
    return f"; run primebench init in {where}: {places}" if places else ""
