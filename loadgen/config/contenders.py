"""From names as users write them to contenders, each with a label of its own."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from loadgen.config.service import Contender, Service, find_contender, parted, services_of
from loadgen.config.service_file import AA_SUFFIX
from loadgen.errors import Error
from loadgen.task.task import Task


def contenders_named(names: Iterable[str], checkout: Path) -> list[Contender]:
    """Return the contenders of those names, or without any those of the checkout that need no name, each once and in order.

    Raise Error if there are none, if two have one label, or if an A/A control is named without its original.
    """
    own = services_of(checkout)
    contenders = [find_contender(name, own) for name in dict.fromkeys(names) or unasked(own)]
    if not contenders:
        raise Error(
            f"{checkout}: no services, here or in a primebench.toml above: primebench init writes one, or name a folder"
        )
    labels = [contender.label for contender in contenders]
    if repeated := {label for label in labels if labels.count(label) > 1}:
        raise Error(f"two services are named {', '.join(sorted(repeated))}; give one another name where it is described")
    for contender in contenders:
        if contender.twin_of is not None and contender.twin_of not in labels:
            raise Error(f"{contender.label} is the A/A control of {contender.twin_of}: name that, too")
    return contenders


def unasked(services: Mapping[str, Service]) -> list[str]:
    """Return the names of the services that a command takes when none is named."""
    return [name for name, service in services.items() if not service.file.by_name]


def verifiable(names: tuple[str, ...], checkout: Path, task: str | None = None) -> list[Contender]:
    """Return the contenders named, or every service, once for each of its tasks, or for the task of that name alone.

    Raise Error for a control, which has no contract to keep, and for a task that the service named, or none of all, serves.
    """
    contenders = contenders_named(names, checkout)
    for contender in contenders:
        if names and contender.control:
            raise Error(f"{contender.label} is a control: it keeps no contract that could be verified")
    to_verify = [
        contender.serving(name)
        for contender in contenders
        if not contender.control
        for name in contender.service.tasks
        if task in (None, name)
    ]
    for contender in contenders if task is not None and names else ():
        if task not in contender.service.tasks:
            raise Error(f"{contender.label} does not serve the task '{task}': expected of {', '.join(contender.service.tasks)}")
    if not to_verify and task is not None:
        known = dict.fromkeys(name for contender in contenders for name in contender.service.tasks)
        raise Error(f"no service serves the task '{task}': expected of {', '.join(known)}")
    return to_verify


def absolute_names(names: Iterable[str], checkout: Path) -> list[str]:
    """Return the names with the folders among them absolute, so that the run can be resumed from another folder."""
    own = services_of(checkout)

    def absolute(name: str) -> str:
        if name.endswith(AA_SUFFIX):
            return absolute(name.removesuffix(AA_SUFFIX)) + AA_SUFFIX
        name_or_folder, variant = parted(name, own)
        if name_or_folder not in own and Path(name_or_folder).is_dir():
            name_or_folder = os.path.realpath(name_or_folder)
        return f"{name_or_folder}:{variant}" if variant else name_or_folder

    return [absolute(name) for name in names]


def serving(services: Iterable[Service], task: Task) -> list[Service]:
    """Return the services, asked for that task; raise Error for one that does not serve it."""
    return [_serving(service, task) for service in services]


def all_serving(contenders: Iterable[Contender], task: Task) -> list[Contender]:
    """Return the contenders, asked for that task; raise Error for one whose service does not serve it."""
    return [contender.replace(service=_serving(contender.service, task)) for contender in contenders]


def _serving(service: Service, task: Task) -> Service:
    tasks = service.tasks
    own = tasks.get(task.name)
    if own is None or own.digest != task.digest:
        version = "" if own is None else " in another version"
        plural = "task" if len(tasks) == 1 else "tasks"
        raise Error(
            f"{service.name} serves the {plural} {', '.join(tasks)}, and {task.name}{version} is what the scenarios ask"
        )
    return service.serving(task.name)
