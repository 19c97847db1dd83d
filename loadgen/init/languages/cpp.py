"""C++ and C: the executables of a CMakeLists.txt."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from loadgen.init.folder import Folder
from loadgen.init.listening import find_port, serves
from loadgen.init.names import slug
from loadgen.init.outside import outside, root_above
from loadgen.init.proposal import Proposal, doubt, start_with

if TYPE_CHECKING:
    from pydantic import JsonValue

_FILE = "CMakeLists.txt"
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp")
_DOWNLOADS = re.compile(r"FetchContent_Declare|CPMAddPackage|ExternalProject_Add|CPM\.cmake")


def propose(folder: Folder) -> list[Proposal]:
    """Return a proposal for each executable, the most likely service first."""
    proposals = [_proposal(folder, subfolder, name) for subfolder, name in _executables(folder)]
    return sorted(proposals, key=lambda proposal: (not proposal.serves, doubt(proposal.place)))


def _executables(folder: Folder) -> Iterator[tuple[str, str]]:
    """Yield folder and target of each add_executable; none without a CMakeLists.txt in the root."""
    if _FILE not in folder.files:
        return
    project = _project(folder.text(_FILE))
    for path, text in folder.sources(_FILE).items():
        for target, kind in re.findall(r"\badd_executable\s*\(\s*([^\s)]+)\s*(IMPORTED|ALIAS)?", text):
            name = re.sub(r"\$\{(?:CMAKE_)?PROJECT_NAME\}", _project(text) or project, target)
            if not kind and "$" not in name:
                yield posixpath.dirname(path), name


def _project(text: str) -> str:
    named = re.search(r"\bproject\s*\(\s*([\w.+-]+)", text, re.IGNORECASE)
    return named[1] if named else ""


def _proposal(folder: Folder, subfolder: str, target: str) -> Proposal:
    near, whole = folder.sources(*_SOURCES, below=subfolder), folder.sources(*_SOURCES)
    files = folder.sources(_FILE)
    called = re.search(rf"\b{re.escape(target)}\s+PROPERTIES[^)]*?OUTPUT_NAME\s+\"?([\w.+-]+)", "\n".join(files.values()))
    artefact = called[1] if called else target
    is_cpp = any(path.endswith((".cc", ".cpp", ".cxx")) for path in whole)
    above = outside(folder, "C++")
    root, way = (root_above(folder, above) if above else None) or ("", ".")
    configure: JsonValue = [
        *("cmake", "-S", way, "-B", "{scratch}/build", "-DCMAKE_BUILD_TYPE=Release"),
        "-DCMAKE_RUNTIME_OUTPUT_DIRECTORY={out}",
    ]
    downloads = any(_DOWNLOADS.search(text) for text in files.values())
    fetch: dict[str, JsonValue] = {"fetch": [configure]} if downloads else {}
    make: JsonValue = ["cmake", "--build", "{scratch}/build", "--parallel", "2", "--target", target]
    elsewhere = any("RUNTIME_OUTPUT_DIRECTORY" in text for text in files.values())
    edit = f"{_FILE} sets RUNTIME_OUTPUT_DIRECTORY: the program has to end up as {{out}}/{artefact}"
    return Proposal(
        name=slug(artefact, "service"),
        language="C++" if is_cpp else "C",
        place=f"{subfolder}/{target}" if subfolder else target,
        build={
            "needs": ["cmake", "c++" if is_cpp else "cc"],
            **({"root": root} if root else {}),
            "inputs": ["."],
            **fetch,
            "commands": [make] if downloads else [configure, make],
            "artefact": artefact,
        },
        start=start_with(["{artefact}"], find_port(near, whole, programs=(artefact, folder.name))),
        serves=serves(near),
        build_edits={"artefact": edit} if elsewhere else {},
    )
