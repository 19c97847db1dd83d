"""Writing a new service, and the primebench.toml that it belongs to."""

import os
from dataclasses import dataclass
from pathlib import Path

from loadgen.config.project import read_project
from loadgen.config.service import services_of
from loadgen.errors import Error
from loadgen.init.names import slug
from loadgen.init.written import write_new
from loadgen.new_service.answered import Answered, answered
from loadgen.new_service.language import check_name, files_of
from loadgen.new_service.project import project_text, with_service
from loadgen.task.http.file import PROJECT_FILE, read_task_file
from loadgen.task.http.task import task_file

ROOT = Answered("/", "Hello, World!", ())


@dataclass(frozen=True)
class NewService:
    """What was written: the service's folder, what it answers, and what is to be said of the primebench.toml, if anything."""

    folder: Path
    answer: Answered
    project: str = ""


def write_service(language: str, name: str, here: Path, project: Path | None, task: Path | None) -> NewService:
    """Write a service into a new folder of its name, below `here`, for the task in the folder `task`, else for that of the
    project in the folder `project`; without one a first primebench.toml is written beside it.

    Raises Error for a name that cannot be used, for what is there already, and for a task that is described by no file.
    """
    check_name(name)
    folder = here / name
    if os.path.lexists(folder):
        raise Error(f"{folder}: it is there already; expected a name for a new folder")
    if task is not None:
        return _written(language, folder, _file_of(task, str(task)))
    if project is None:
        return _with_project(language, folder)
    if name in services_of(project):
        raise Error(f"{project / PROJECT_FILE}: a service is called {name} already; expected another name")
    asked = str((read_project(project / PROJECT_FILE).service or {}).get("task", "."))
    made = _written(language, folder, _file_of(project / asked, asked))
    return NewService(made.folder, made.answer, _added(project / PROJECT_FILE, os.path.relpath(folder, project)))


def _file_of(folder: Path, asked: str) -> Path:
    path = task_file(folder)
    if path is None:
        raise Error(f"{asked}: no task.toml; new services are written for a task that one describes: --task names its folder")
    return path


def _written(language: str, folder: Path, described: Path) -> NewService:
    answer = answered(read_task_file(described).requests)
    task = os.path.relpath(described.parent, folder)
    files = files_of(language, folder.name, task, answer)
    write_new({folder / path: text for path, text in files.items()})
    return NewService(folder, answer)


def _with_project(language: str, folder: Path) -> NewService:
    path = folder.parent / PROJECT_FILE
    if os.path.lexists(path):
        raise Error(f"{path}: it is there, and says nothing of what is asked: complete it first (primebench help project)")
    files = files_of(language, folder.name, "..", ROOT)
    text = project_text(slug(folder.parent.name, "project"), folder.name)
    write_new({path: text, **{folder / relative_path: content for relative_path, content in files.items()}})
    return NewService(folder, ROOT, f"{PROJECT_FILE}: written: GET / is asked")


def _added(path: Path, folder: str) -> str:
    """Add the folder to the project's services; return what is to be said of it."""
    try:
        changed = with_service(path.read_text(encoding="utf-8"), folder)
        if changed is None:
            return f'{path.name}: add "{folder}" to services, at its top'
        path.write_text(changed, encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    return f"{path.name}: {folder} added to services"
