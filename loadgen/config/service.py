"""A service is a folder with a service.toml: how to build it, how to start it, its variants."""

import os
from collections.abc import Container
from functools import cached_property
from pathlib import Path
from typing import Any

from loadgen.config.build import Build, Tier, _unknown_placeholders
from loadgen.config.deviations import FILE as DEVIATIONS
from loadgen.config.deviations import Deviations, read_deviations
from loadgen.config.migrate import migrate_service
from loadgen.config.project import SERVICE, read_project, service_folders
from loadgen.config.service_file import AA_SUFFIX, ServiceFile, Variant
from loadgen.deprecation import KNOWN_DEVIATIONS, warn
from loadgen.errors import Error, at_key
from loadgen.strict import Strict, read_toml
from loadgen.task.find import find_task
from loadgen.task.http.file import PROJECT_FILE
from loadgen.task.task import Parameters, Task

START_PLACEHOLDERS = frozenset({"artefact", "built", "host", "port", "threads"})
"""What the harness fills in; a task may have more."""
TLS_PLACEHOLDERS = frozenset({"certificate", "key"})
UNIX_PLACEHOLDERS = frozenset({"socket"})


class Service(Strict):
    """A service file and the folder that it was read from. `deviations` is what deviations.toml lists; None without one.

    `chosen` is the name of the task that it is asked for; empty: its main one.
    """

    folder: Path
    file: ServiceFile
    deviations: Deviations | None = None
    chosen: str = ""

    @property
    def name(self) -> str:
        """The service's own name; unique among the services of a run."""
        return self.file.name

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The tasks that it serves, by name, the main one first."""
        tasks = [find_task(task, self.folder) for task in self.file.tasks]
        return {task.name: task for task in tasks}

    def __getstate__(self) -> dict[Any, Any]:
        """Return what another process gets of it, which finds the tasks by itself: they hold what cannot be sent."""
        state = super().__getstate__()
        return state | {"__dict__": {name: value for name, value in state["__dict__"].items() if name != "tasks"}}

    @property
    def task(self) -> Task:
        """The task that it is asked for."""
        tasks = self.tasks
        return tasks[self.chosen or next(iter(tasks))]

    @property
    def serves_main(self) -> bool:
        """Whether the task that it is asked for is its main one."""
        return self.task.name == next(iter(self.tasks))

    def serving(self, task: str) -> "Service":
        """Return the service, asked for its task of that name."""
        return self.replace(chosen=task)

    @property
    def start_values(self) -> dict[str, str]:
        """What placeholders of the start command stand for, beside the harness's own: all tasks are served by one."""
        return {name: value for task in self.tasks.values() for name, value in task.start_values.items()}

    @property
    def known_deviations(self) -> dict[str, str]:
        """Reasons by case of its task, wherever they are listed."""
        if not self.serves_main:
            return self.deviations.of_others.get(self.task.name, {}) if self.deviations else {}
        listed = self.deviations.of_main if self.deviations else {}
        return {known.case: known.reason for known in self.file.known_deviations} | listed

    def deviations_in(self, cases: Container[str]) -> dict[str, str]:
        """Return reasons by case for a suite that has these cases: what is listed of the main task counts for every other task
        that has the case, too.
        """
        main = {} if self.serves_main else self.serving("").known_deviations
        return {case: reason for case, reason in main.items() if case in cases} | self.known_deviations

    @property
    def lists_deviations(self) -> bool:
        """Whether the service says that it fails what is listed and nothing else."""
        return self.deviations is not None or bool(self.file.known_deviations)


class Contender(Strict):
    """A service in one of its variants (or none): what a run compares. `label` is unique within a run.

    `twin_of` is the label of the contender that this one is once more: the A/A control.
    """

    service: Service
    variant_name: str | None = None
    label: str
    twin_of: str | None = None

    @property
    def twin(self) -> "Contender":
        """The same once more, as an A/A control: whatever differs between the two is no difference of services."""
        return self.replace(label=f"{self.label}{AA_SUFFIX}", twin_of=self.label)

    @property
    def variant(self) -> Variant | None:
        """The variant's settings, or None for the service as it is."""
        return None if self.variant_name is None else self.service.file.variants[self.variant_name]

    @property
    def build_plan(self) -> Build:
        """How its artefact is made: as the service is built, or as its variant says."""
        return self.service.file.build.other(self.variant.build if self.variant else None)

    @property
    def build_name(self) -> str:
        """What that build is called: a variant that is built as its service shares its build."""
        own = self.variant is not None and self.variant.build is not None
        return f"{self.service.name}+{self.variant_name}" if own else self.service.name

    @property
    def tier(self) -> Tier:
        """The tier of work that this contender does."""
        return self.service.file.tier if self.variant is None else self.variant.tier

    @property
    def control(self) -> bool:
        """Whether it is measured beside the services, not compared with them."""
        return self.service.file.control or self.twin_of is not None

    @property
    def task(self) -> Task:
        """The task that it is asked for."""
        return self.service.task

    def serving(self, task: str) -> "Contender":
        """Return the contender, asked for its service's task of that name."""
        return self.replace(service=self.service.serving(task))

    def answers(self, parameters: Parameters) -> bool:
        """Whether a workload with these parameters can be put to it."""
        only = self.service.file.only if self.variant is None else self.variant.only
        return all(parameters.get(name) == value for name, value in only.items())

    @property
    def title(self) -> str:
        """What tables and plots show. Two of one service (base and head) are told apart by their labels."""
        file = self.service.file
        title = f"{file.language} · {file.title}"
        if self.variant is not None:
            title = f"{title} ({self.variant.title})"
        if self.twin_of is not None:
            return f"{title}, A/A"
        if self.variant is not None:
            return title
        return title if self.label == self.service.name else f"{title} ({self.label})"


def _description(folder: Path) -> tuple[Path, str]:
    """The file that describes the service in the folder, there or not, and which table of it does; empty for all of it."""
    own, project = folder / "service.toml", folder / PROJECT_FILE
    is_table = not own.is_file() and project.is_file() and read_project(project).service is not None
    return (project, SERVICE) if is_table else (own, "")


def is_described(folder: Path) -> bool:
    """Return whether the folder says that it is a service: in a service.toml, or the table [service] of a primebench.toml."""
    return _description(folder)[0].is_file()


def _in_project(table: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 2, "task": "."} | table


def read_service(folder: Path) -> Service:
    """Read what describes the service in the folder; raise Error if it is missing or wrong."""
    path, table = _description(folder)
    if not path.is_file():
        raise Error(f"{path}: not found; a service is a folder with a service.toml (docs/how-to/add-a-service.md)")
    file = read_toml(path, ServiceFile, _in_project if table else migrate_service, table)
    if file.known_deviations:
        warn(KNOWN_DEVIATIONS, str(path))
    at = f"{path}: {table}." if table else f"{path}: "
    service = Service(folder=Path(os.path.realpath(folder)), file=file, deviations=read_deviations(folder))
    try:
        known = START_PLACEHOLDERS | set(service.start_values)
    except Error as error:
        raise at_key(path, f"{table}.task" if table else "task", error) from error
    _check_tasks(service, path, at)
    start = file.start
    for key, arguments, more in (
        ("command", start.command, frozenset()),
        ("tls", start.tls, TLS_PLACEHOLDERS),
        ("unix", start.unix, UNIX_PLACEHOLDERS),
    ):
        if unknown := _unknown_placeholders(arguments, known | more):
            raise Error(f"{at}start.{key}: expected placeholders from {sorted(known | more)}, not {sorted(unknown)}")
    return service


def _check_tasks(service: Service, path: Path, at: str) -> None:
    """Raise Error if two of its tasks have one name, or if it lists deviations of a task that it does not serve."""
    if len(service.tasks) < len(service.file.tasks):
        raise Error(f"{at}task: expected tasks of different names, not {', '.join(service.file.tasks)}")
    others = list(service.tasks)[1:]
    if service.deviations and (unknown := [name for name in service.deviations.of_others if name not in others]):
        expected = f"expected of {', '.join(others)}" if others else "the service has one task, whose deviations have no table"
        raise Error(f"{path.with_name(DEVIATIONS)}: tasks.{unknown[0]}: {expected}")


def services_of(project: Path) -> dict[str, Service]:
    """The services that a project brings along, by name: those of its primebench.toml, else server/ and those of peers/."""
    files = [*project.glob("server/service.toml"), *sorted(project.glob("peers/*/service.toml"))]
    services = [read_service(folder) for folder in service_folders(project) or [file.parent for file in files]]
    return {service.name: service for service in services}


def parted(wanted: str, own: Container[str]) -> tuple[str, str]:
    """Return the service's name or folder and the variant (empty: none) of NAME, NAME:VARIANT, FOLDER or FOLDER:VARIANT.

    A folder may have a colon in its name.
    """
    if wanted and Path(wanted).is_dir() and wanted not in own:
        return wanted, ""
    name, _, variant = wanted.partition(":")
    if name in own:
        return name, variant
    folder, _, variant = wanted.rpartition(":")
    return (folder, variant) if folder else (wanted, "")


def find_contender(wanted: str, own: dict[str, Service]) -> Contender:
    """The contender that `wanted` names: NAME, NAME:VARIANT, FOLDER or FOLDER:VARIANT; with ":aa" behind it, its A/A twin.

    Raise Error if there is none.
    """
    if wanted.endswith(AA_SUFFIX):
        original = find_contender(wanted.removesuffix(AA_SUFFIX), own)
        if original.twin_of is not None:
            raise Error(f"{wanted}: {original.label} is an A/A control already")
        return original.twin
    name_or_folder, variant = parted(wanted, own)
    if name_or_folder in own:
        service = own[name_or_folder]
    elif name_or_folder and Path(name_or_folder).is_dir():
        service = read_service(Path(name_or_folder))
    else:
        raise Error(f"no service '{name_or_folder}': expected one of {', '.join(own)}, or a folder with a service.toml")
    if not variant:
        return Contender(service=service, label=service.name)
    if variant not in service.file.variants:
        known = ", ".join(service.file.variants) or "none"
        raise Error(f"service '{service.name}' has no variant '{variant}': it has {known}")
    return Contender(service=service, variant_name=variant, label=f"{service.name}:{variant}")
