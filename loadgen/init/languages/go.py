"""Go: packages with a main function below a go.mod."""

import posixpath
import re
from typing import TYPE_CHECKING

from loadgen.init.folder import Folder
from loadgen.init.listening import Texts, find_port, serves
from loadgen.init.names import slug
from loadgen.init.proposal import Proposal, doubt, start_with

if TYPE_CHECKING:
    from pydantic import JsonValue


def propose(folder: Folder) -> list[Proposal]:
    """Return a proposal for each program of the module, the most likely service first."""
    declared = re.search(r"^module\s+(\S+)", folder.text("go.mod"), re.MULTILINE)
    if declared is None:
        return []
    module = posixpath.basename(re.sub(r"/v\d+$", "", declared[1]))
    proposals = [_proposal(folder, subfolder, texts, module) for subfolder, texts in _programs(folder).items()]
    return sorted(
        proposals, key=lambda proposal: (not proposal.serves, doubt(proposal.name), proposal.name != slug(module, "service"))
    )


def _programs(folder: Folder) -> dict[str, dict[str, str]]:
    """Return the sources of each main package by its folder, "" for the root; those of other modules are left out."""
    sources = folder.sources(".go")
    others = [posixpath.dirname(path) for path in folder.files if path.endswith("/go.mod")]
    packages: dict[str, dict[str, str]] = {}
    for path, text in sources.items():
        of_another = any(path.startswith(f"{other}/") for other in others)
        if not of_another and re.search(r"^package main\b", text, re.MULTILINE):
            packages.setdefault(posixpath.dirname(path), {})[path] = text
    return {
        subfolder: texts
        for subfolder, texts in packages.items()
        if any(re.search(r"^func main\(\)", text, re.MULTILINE) for text in texts.values())
    }


def _proposal(folder: Folder, subfolder: str, texts: Texts, module: str) -> Proposal:
    name = slug(posixpath.basename(subfolder) or module, "service")
    package = f"./{subfolder}" if subfolder else "."
    fetch: dict[str, JsonValue] = {}
    if "go.sum" in folder.files and "vendor/modules.txt" not in folder.files:
        fetch = {"fetch": [["go", "mod", "download"]]}
    return Proposal(
        name=name,
        language="Go",
        place=subfolder or "main.go",
        build={
            "needs": ["go"],
            "inputs": ["."],
            **fetch,
            "commands": [["go", "build", "-trimpath", "-buildvcs=false", "-o", f"{{out}}/{name}", package]],
            "artefact": name,
        },
        start=start_with(["{artefact}"], find_port(texts, folder.sources(".go"), programs=(name, module, folder.name))),
        serves=serves(texts),
    )
