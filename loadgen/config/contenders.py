"""From names as users write them to contenders, each with a label of its own."""

import os
from collections.abc import Iterable
from pathlib import Path

from loadgen.config.service import Contender, Service, find_contender, parted, services_of
from loadgen.config.service_file import AA_SUFFIX
from loadgen.errors import Error
from loadgen.task.task import Task


def contenders_named(names: Iterable[str], checkout: Path) -> list[Contender]:
    """Return the contenders of those names, or without any the checkout's own services, each once and in order.

    Raise Error if there are none, if two have one label, or if an A/A control is named without its original.
    """
    own = services_of(checkout)
    contenders = [find_contender(name, own) for name in dict.fromkeys(names) or own]
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


def verifiable(names: tuple[str, ...], checkout: Path) -> list[Contender]:
    """Return the contenders named, or every service. Raise Error for a control: it has no contract to keep."""
    contenders = contenders_named(names, checkout)
    for contender in contenders:
        if names and contender.control:
            raise Error(f"{contender.label} is a control: it keeps no contract that could be verified")
    return [contender for contender in contenders if not contender.control]


def absolute_names(names: Iterable[str], checkout: Path) -> list[str]:
    """Return the names with the folders among them absolute, so that the run can be resumed from another folder."""
    own = services_of(checkout)

    def absolute(name: str) -> str:
        if name.endswith(AA_SUFFIX):
            return absolute(name.removesuffix(AA_SUFFIX)) + AA_SUFFIX
        place, variant = parted(name, own)
        if place not in own and Path(place).is_dir():
            place = os.path.realpath(place)
        return f"{place}:{variant}" if variant else place

    return [absolute(name) for name in names]


def check_serve(services: Iterable[Service], task: Task) -> None:
    """Raise Error for a service of another task than the one that is to be measured."""
    for service in services:
        own = service.task
        if (own.name, own.digest) != (task.name, task.digest):
            version = "" if own.name != task.name else " in another version"
            raise Error(f"{service.name} serves the task {own.name}, and {task.name}{version} is what the scenarios ask")
