"""Rust: the binaries of a Cargo.toml, or of its workspace."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from loadgen.init.folder import Folder
from loadgen.init.listening import find_port, serves
from loadgen.init.names import slug
from loadgen.init.proposal import Proposal, doubt, start_with


def propose(folder: Folder) -> list[Proposal]:
    """Return a proposal for each binary, the most likely service first."""
    if "Cargo.toml" not in folder.files:
        return []
    proposals = [
        (_proposal(folder, subfolder, package, name, path), package.get("default-run") != name)
        for subfolder, package in _packages(folder)
        for name, path in _binaries(folder, subfolder, package).items()
    ]
    return [
        proposal for proposal, _ in sorted(proposals, key=lambda group: (not group[0].serves, group[1], doubt(group[0].name)))
    ]


def _packages(folder: Folder) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the tables [package] of the root and of the workspace's members, each with its folder and [[bin]] as "bin"."""
    root = folder.toml("Cargo.toml")
    members = [str(member) for member in root.get("workspace", {}).get("members", [])]
    for path in folder.files:
        subfolder = posixpath.dirname(path)
        if path == "Cargo.toml" or (
            path == f"{subfolder}/Cargo.toml" and any(fnmatchcase(subfolder, member) for member in members)
        ):
            tables = folder.toml(path)
            if "package" in tables:
                yield subfolder, {**tables["package"], "bin": tables.get("bin", [])}


def _binaries(folder: Folder, subfolder: str, package: dict[str, Any]) -> dict[str, str]:
    """Return the path of the main file of each binary, by its name."""
    prefix = f"{subfolder}/" if subfolder else ""
    binaries = {}
    if f"{prefix}src/main.rs" in folder.files:
        binaries[str(package["name"])] = f"{prefix}src/main.rs"
    for path in folder.files:
        if own := re.fullmatch(rf"{re.escape(prefix)}src/bin/([^/]+?)(?:\.rs|/main\.rs)", path):
            binaries[own[1]] = path
    for table in package["bin"]:
        name = str(table.get("name", package["name"]))
        usual = f"src/bin/{name}.rs"
        path = prefix + str(table.get("path") or (usual if f"{prefix}{usual}" in folder.files else "src/main.rs"))
        binaries = {other: file for other, file in binaries.items() if file != path} | {name: path}
    return binaries


def _proposal(folder: Folder, subfolder: str, package: dict[str, Any], name: str, path: str) -> Proposal:
    locked = ["--locked"] if "Cargo.lock" in folder.files else []
    chosen = ["--package", str(package["name"])] if subfolder else []
    own = {path: folder.text(path)}
    whole = own | folder.sources(".rs", below=f"{subfolder}/src" if subfolder else "src")
    return Proposal(
        name=slug(name, "service"),
        language="Rust",
        place=path,
        build={
            "needs": ["cargo", "cc"],
            "inputs": ["."],
            "fetch": [["cargo", "fetch", *locked]],
            "commands": [
                ["cargo", "build", "--release", *locked, "--offline", *chosen, "--bin", name],
                ["cp", f"{{scratch}}/target/release/{name}", f"{{out}}/{name}"],
            ],
            "artefact": name,
            "environment": {"CARGO_TARGET_DIR": "{scratch}/target"},
        },
        start=start_with(
            ["{artefact}"], find_port(own, whole, folder.sources(".rs"), programs=(name, str(package["name"]), folder.name))
        ),
        serves=serves(whole),
        build_edits={} if locked else {"fetch": "there is no Cargo.lock: two builds may get different crates; commit one"},
    )
