"""Python: an application for uvicorn, gunicorn or Flask, a script of a pyproject.toml, or a file that serves."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from loadgen.init.folder import Folder
from loadgen.init.listening import find_port, serves
from loadgen.init.names import slug
from loadgen.init.proposal import Proposal, Start, doubt, start_with

MARKERS = ("pyproject.toml", "requirements.txt", "setup.py", "manage.py")
_APPLICATION = re.compile(
    r"^(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:\w+\.)*(FastAPI|Starlette|Quart|Litestar|Flask|Bottle)\(", re.MULTILINE
)
_MADE = re.compile(r"^(app|application|api)\s*(?::[^=\n]+)?=\s*\w+\(\)", re.MULTILINE)
_FACTORY = re.compile(r"^def ((?:create|make|get|build)_app(?:lication)?)\(", re.MULTILINE)
_ASGI = ("FastAPI", "Starlette", "Quart", "Litestar")
_KINDS = (*_ASGI, "Flask", "Bottle")
_MAIN = re.compile(r"^if __name__ == ['\"]__main__['\"]", re.MULTILINE)
_SERVING = re.compile(r"^[^\s#].*(?:\.serve_forever|\b(?:app|asyncio|uvicorn)\.run)\(", re.MULTILINE)
"""A statement at the top of a file that serves for as long as it runs."""
_PYTHON = "{built}/venv/bin/python"


@dataclass(frozen=True)
class _Wanted:
    """What pip is to bring: `fetched` with what it depends on, of which `installed` is what the environment gets."""

    fetched: Sequence[str]
    installed: Sequence[str]
    names: frozenset[str]


def propose(folder: Folder) -> list[Proposal]:
    """Return proposals, the most likely service first: applications before scripts, scripts before files."""
    if not any(marker in folder.files for marker in MARKERS):
        return []
    project = folder.toml("pyproject.toml")
    wanted = _wanted(folder, project)
    proposals = [*_applications(folder, wanted), *_scripts(folder, project, wanted), *_files(folder, wanted)]
    return sorted(proposals, key=lambda proposal: not proposal.serves)


def _wanted(folder: Folder, project: dict[str, Any]) -> _Wanted:
    lines = [str(line) for line in project.get("project", {}).get("dependencies", [])]
    fetched = lines
    if "requirements.txt" in folder.files:
        lines = [line for line in folder.text("requirements.txt").splitlines() if re.match(r"[A-Za-z0-9]", line)]
        fetched = ["-r", "requirements.txt"] if lines else []
    elif not lines and "poetry" in project.get("tool", {}):
        lines, fetched = list(project["tool"]["poetry"].get("dependencies", {})), ["."]
    names = {re.split(r"[^\w.\-\[\]]", line.lower())[0].replace("_", "-") for line in lines}
    installed = fetched if fetched != ["."] else [str(project["tool"]["poetry"].get("name", "."))]
    return _Wanted(fetched, installed, frozenset(names))


def _build(wanted: _Wanted, artefact: str) -> dict[str, JsonValue]:
    """Return what is in [service.build]: wheels are fetched, then installed from there, and the sources lie beside them."""
    copy: JsonValue = ["cp", "-R", ".", "{out}/app"]
    if not wanted.fetched:
        return {
            "needs": ["python3"],
            "inputs": ["."],
            "commands": [copy],
            "artefact": f"app/{artefact}",
            "more": ["app"],
        }
    pip, quietly = ["{out}/venv/bin/python", "-m", "pip"], ["--quiet", "--disable-pip-version-check"]
    return {
        "needs": ["python3"],
        "inputs": ["."],
        "fetch": [
            ["python3", "-m", "venv", "{out}/venv"],
            [*pip, "wheel", *quietly, "--wheel-dir", "{scratch}/wheels", *wanted.fetched],
        ],
        "commands": [
            [*pip, "install", *quietly, "--no-index", "--find-links", "{scratch}/wheels", *wanted.installed],
            copy,
        ],
        "artefact": f"app/{artefact}",
        "more": ["app", "venv"],
    }


def _module(path: str) -> tuple[str, str]:
    """Return the folder that a file is imported from, and its module."""
    base, inner = ("src", path.removeprefix("src/")) if path.startswith("src/") else ("", path)
    return base, re.sub(r"(/__init__)?\.py$", "", inner).replace("/", ".")


def _applications(folder: Folder, wanted: _Wanted) -> Iterator[Proposal]:
    applications = _named(folder)
    if "manage.py" in folder.files:
        applications += [(path, "application", "Django") for path in folder.sources("wsgi.py")]
    for path, name, kind in applications:
        base, module = _module(path)
        import_folder = f"{{built}}/app/{base}" if base else "{built}/app"
        yield Proposal(
            name=slug(folder.name, "service"),
            language="Python",
            place=path,
            build=_build(wanted, path),
            start=_server(kind, import_folder, f"{module}:{name}", wanted.names),
            ready_within_s=30,
        )


def _named(folder: Folder) -> list[tuple[str, str, str]]:
    """Return path, name and kind of each application: those that are made in place, else by a function, else functions."""
    sources = folder.sources(".py")
    made = [(path, str(name), str(kind)) for path, text in sources.items() for name, kind in _APPLICATION.findall(text)]
    kinds = {path: next((kind for kind in _KINDS if re.search(rf"\b{kind}\b", text)), "") for path, text in sources.items()}
    for pattern, call in ((_MADE, ""), (_FACTORY, "()")):
        called = [(path, name) for path, kind in kinds.items() if kind for name in pattern.findall(sources[path])]
        made = made or [(path, f"{name}{call}", kinds[path]) for path, name in called]
    return made


def _server(kind: str, import_folder: str, application: str, names: frozenset[str]) -> Start:
    """Return what serves an application: uvicorn or gunicorn, whichever it depends on, else what comes with it."""
    module = application.partition(":")[0]
    if kind in _ASGI:
        command = [_PYTHON, "-m", "uvicorn", "--app-dir", import_folder, "--host", "{host}", "--port", "{port}"]
        command += ["--workers", "{threads}", "--log-level", "warning"]
        command += ["--factory", application.removesuffix("()")] if application.endswith("()") else [application]
        has = {"uvicorn", "uvicorn[standard]", "fastapi[standard]", "fastapi[all]"} & names
        return Start(command, edit="" if has else f"uvicorn, which is to serve {application}, is not among what is installed")
    if "gunicorn" in names:
        listening = ["--bind", "{host}:{port}", "--workers", "{threads}", application]
        return Start([_PYTHON, "-m", "gunicorn", "--chdir", import_folder, *listening], keeps_alive=False)
    server = "a server for development, of another speed than what runs in production (gunicorn, say)"
    if kind == "Django":
        return Start(
            [_PYTHON, "{built}/app/manage.py", "runserver", "--noreload", "{host}:{port}"], edit=f"runserver is {server}"
        )
    command = [_PYTHON, "-m", "flask", "--app", f"{import_folder}/{module.replace('.', '/')}.py", "run"]
    edit = f"flask run is {server}" if kind == "Flask" else f"gunicorn, which is to serve {application}, is not installed"
    return Start([*command, "--host", "{host}", "--port", "{port}"], edit=edit)


def _scripts(folder: Folder, project: dict[str, Any], wanted: _Wanted) -> Iterator[Proposal]:
    """Yield the programs of a package, which is installed as a wheel of its own; -I has it found there and nowhere else."""
    table = project.get("project") or project.get("tool", {}).get("poetry", {})
    package = str(table.get("name", folder.name))
    names = wanted.names
    for script, target in sorted(table.get("scripts", {}).items(), key=lambda value: (value[0] != package, doubt(value[0]))):
        module, _, function = str(target).partition(":")
        function = function.partition("[")[0].strip()
        path = _file_of(folder, module)
        if not path or not function:
            continue
        text = folder.text(path)
        called = ["-m", module] if _MAIN.search(text) or path.endswith("/__main__.py") else ["-c", _calling(module, function)]
        others = folder.sources(".py", below=posixpath.dirname(path))
        yield Proposal(
            name=slug(script, "service"),
            language="Python",
            place=path,
            build=_build(_Wanted(["."], [package], names), path),
            start=start_with(
                [_PYTHON, "-I", *called], find_port({path: text}, others, programs=(script, package, folder.name))
            ),
            serves=serves(others),
        )


def _calling(module: str, function: str) -> str:
    return f"import sys; from {module} import {function.partition('.')[0]}; sys.exit({function}())"


def _file_of(folder: Folder, module: str) -> str:
    inner = module.replace(".", "/")
    tried = [f"{base}{inner}{end}" for base in ("", "src/") for end in (".py", "/__main__.py", "/__init__.py")]
    return next((path for path in tried if path in folder.files), "")


def _files(folder: Folder, wanted: _Wanted) -> Iterator[Proposal]:
    """Yield files that are run as they are and listen."""
    for path, text in folder.sources(".py").items():
        if (_MAIN.search(text) or _SERVING.search(text)) and serves({path: text}):
            python = _PYTHON if wanted.fetched else "python3"
            yield Proposal(
                name=slug(folder.name, "service"),
                language="Python",
                place=path,
                build=_build(wanted, path),
                start=start_with(
                    [python, "{artefact}"], find_port({path: text}, folder.sources(".py"), programs=(folder.name,))
                ),
            )
