"""JavaScript and TypeScript: the start script, or the main file, of a package.json."""

import posixpath
import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from loadgen.init.folder import Folder
from loadgen.init.listening import find_port, serves
from loadgen.init.names import slug
from loadgen.init.proposal import Proposal, Start, start_with
from loadgen.init.workspace import Workspace, members

_SOURCES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_USUAL = ("server.js", "app.js", "index.js", "main.js", "src/server.js", "src/app.js", "src/index.js", "src/main.js")
_NO_SCRIPT = "npm starts `{}`, and is measured with it: name the program itself, below {{built}}/app/node_modules/.bin"


@dataclass(frozen=True)
class _Entry:
    """The file that node runs, the options before it, the arguments behind it, and variables that a script sets."""

    file: str
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def propose(folder: Folder) -> list[Proposal]:
    """Return a proposal, if the package says what starts."""
    if "package.json" not in folder.files:
        return []
    package = folder.json("package.json")
    script = str(_table(package, "scripts").get("start", ""))
    entry = _entry_of(folder, package, script)
    if entry is None and not script:
        return []
    return [_proposal(folder, package, script, entry)]


def starting_members(folder: Folder) -> list[str]:
    """Return the folders of the workspace's members that have a start script."""
    return [path for path, package in members(folder.files).items() if "start" in _table(package, "scripts")]


def _table(package: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = package.get(key)
    return value if isinstance(value, dict) else {}


def _entry_of(folder: Folder, package: dict[str, Any], script: str) -> _Entry | None:
    """Return what node runs; None if a script runs another program, or if there is nothing."""
    if script:
        return _of_script(folder, package, script)
    named = _existing(folder, str(package.get("main", "")))
    file = named or next((path for path in _USUAL if path in folder.files), "")
    return _Entry(file) if file else None


def _of_script(folder: Folder, package: dict[str, Any], script: str) -> _Entry | None:
    try:
        words = shlex.split(script)
    except ValueError:
        return None
    words = words[1:] if words[:1] == ["cross-env"] else words
    environment = {}
    while words and (pair := re.fullmatch(r"([A-Za-z_]\w*)=(.*)", words[0])):
        environment[pair[1]] = pair[2]
        words = words[1:]
    if words[:1] != ["node"] or any(word in ("&&", "||", ";", "|") for word in words):
        return None
    count = next((at for at, word in enumerate(words[1:]) if not word.startswith("-")), None)
    if count is None:
        return None
    options, file, arguments = words[1 : count + 1], words[count + 1], words[count + 2 :]
    file = str(package.get("main", "index.js")) if file in (".", "./") else file
    path = _existing(folder, file) or posixpath.normpath(file)
    return _Entry(path, tuple(options), tuple(arguments), environment)


def _existing(folder: Folder, name: str) -> str:
    """Return the file that node takes for the name; "" if it is not there."""
    base = posixpath.normpath(name) if name else ""
    tried = (base, f"{base}.js", f"{base}/index.js", f"{base}.mjs", f"{base}.cjs")
    return next((path for path in tried if base and path in folder.files), "")


def _proposal(folder: Folder, package: dict[str, Any], script: str, entry: _Entry | None) -> Proposal:
    name = slug(str(package.get("name") or folder.name).rpartition("/")[2], "service")
    sources = folder.sources(*_SOURCES)
    is_built = "build" in _table(package, "scripts") and (entry is None or entry.file not in folder.files)
    build, edits = _build(folder, package, is_built=is_built)
    app = f"app/{folder.workspace.member}" if folder.workspace and "root" in build else "app"
    if entry is not None:
        port = find_port({entry.file: folder.text(entry.file)}, sources, programs=(name, folder.name))
        start = start_with(["node", *entry.options, "{artefact}", *entry.arguments], port)
        start = Start(start.command, {**entry.environment, **start.environment}, start.comment, start.edit)
        if entry.file not in folder.files and not is_built:
            edits["artefact"] = f"{entry.file} is not in the repository: say what makes it, or what else starts"
    else:
        port = find_port(sources, programs=(name, folder.name))
        npm_start = start_with(["npm", "--prefix", f"{{built}}/{app}", "start"], port if port and port.environment else None)
        start = Start(
            npm_start.command, npm_start.environment, edit="; ".join(filter(None, [_NO_SCRIPT.format(script), npm_start.edit]))
        )
    build["artefact"] = f"{app}/{entry.file if entry else 'package.json'}"
    return Proposal(
        name=name,
        language="TypeScript" if any(path.endswith((".ts", ".mts", ".cts")) for path in sources) else "JavaScript",
        place=entry.file if entry else "package.json",
        build={**build, "more": ["app"]},
        start=start,
        serves=serves(sources),
        build_edits=edits,
        ready_within_s=None if entry else 60,
    )


def _build(folder: Folder, package: dict[str, Any], *, is_built: bool) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """Return what is in [service.build], and what is to be looked at: fetch what it depends on, build, copy all of it."""
    depends = bool(_table(package, "dependencies")) or (is_built and bool(_table(package, "devDependencies")))
    workspace = _workspace_of(folder, package) if depends else None
    siblings = workspace.needed_by(package) if workspace else []
    built = [path for path in siblings if workspace and "build" in _table(workspace.packages[path], "scripts")]
    built += [workspace.member if workspace else ""] if is_built else []
    locks = workspace.locks if workspace else folder.files
    manager, install = _installing(locks, with_dev=bool(built))
    edits: dict[str, str] = {}
    if depends and install[0] == "install" and "--frozen-lockfile" not in install:
        where = f" in {workspace.root}" if workspace else ""
        edits["fetch"] = f"there is no package-lock.json{where}: two builds may get different packages; commit one"
    fetch: dict[str, JsonValue] = {"fetch": [[manager, *install]]} if depends else {}
    compiled: list[JsonValue] = [[*_below(manager, path), "run", "build"] for path in built]
    needs: JsonValue = ["node", manager] if depends or built else ["node"]
    commands: JsonValue = [*compiled, ["cp", "-R", ".", "{out}/app"]]
    root: dict[str, JsonValue] = {"root": workspace.root} if workspace else {}
    return {"needs": needs, **root, "inputs": ["."], **fetch, "commands": commands}, edits


def _workspace_of(folder: Folder, package: dict[str, Any]) -> Workspace | None:
    """Return the workspace at whose root a package is built; None if it is none's member, or has a lock of its own."""
    workspace = folder.workspace
    has_lock = any(lock in folder.files for lock in ("package-lock.json", "pnpm-lock.yaml", "yarn.lock"))
    return workspace if workspace and (not has_lock or workspace.needed_by(package)) else None


def _installing(locks: Collection[str], *, with_dev: bool) -> tuple[str, list[str]]:
    """Return the program that made the lock, and its arguments for what is in it."""
    if "package-lock.json" in locks:
        return "npm", ["ci", *([] if with_dev else ["--omit", "dev"]), "--no-audit", "--no-fund"]
    for lock, manager in (("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn")):
        if lock in locks:
            return manager, ["install", "--frozen-lockfile"]
    return "npm", ["install", "--no-audit", "--no-fund"]


def _below(manager: str, path: str) -> list[str]:
    """Return how a manager is run for the package in a folder of the workspace."""
    option = {"npm": "--workspace", "pnpm": "--dir", "yarn": "--cwd"}[manager]
    return [manager, *([option, path] if path else [])]
