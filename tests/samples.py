"""Small repositories, one a language, and what init makes of them."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

from loadgen.config.project import ProjectFile
from loadgen.config.service_file import ServiceFile
from loadgen.init.requests import Asked
from loadgen.task.http.file import TaskFile
from tests.repository import commit, git

INIT = Path(__file__).parent / "init"
SAMPLES = sorted(path.name for path in INIT.iterdir() if path.is_dir() and path.name != "from")
_MADE = shutil.ignore_patterns("node_modules", "target", "__pycache__", "build", "*.egg-info")


def sample(name: str, folder: Path) -> Path:
    """Return a git repository in the folder that has the sample's files in its only commit."""
    place = folder / name
    shutil.copytree(INIT / name, place, ignore=_MADE)
    return repository(place)


def repository(place: Path, **files: str) -> Path:
    """Return the folder as a git repository of all its files, those given by their texts among them."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    git(place, "init", "--quiet", "--initial-branch", "main")
    commit(place, "all of it")
    return place


def read_back(text: str) -> dict[str, Any]:
    """Return the tables of a primebench.toml, each taken by the model that it is for."""
    data = tomllib.loads(text)
    ProjectFile.model_validate(data)
    ServiceFile.model_validate({"schema": 2, "task": ".", **data["service"]})
    TaskFile.model_validate({"schema": 1, **data["task"]})
    return data


def table_of(asked: Asked, name: str) -> dict[str, Any]:
    """Return the only request of that name as init writes it."""
    (table,) = [dict(wanted.table) for wanted in asked.requests if wanted.name == name]
    return table


def check_maven(build: dict[str, Any]) -> None:
    """Fail if Maven is to run without the network what no command of `fetch` has run."""
    fetched = [command[1:] for command in build.get("fetch", []) if command[0] == "mvn"]
    offline = [[word for word in command[1:] if word != "-o"] for command in build["commands"] if command[0] == "mvn"]
    assert all(command in fetched for command in offline), f"not fetched: {offline}, only {fetched}"
