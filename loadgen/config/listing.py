"""What can be measured: services and their variants, workloads, profiles, as data and in words. Pure."""

from collections.abc import Mapping

from loadgen.config.scenarios import Profile, Scenarios
from loadgen.config.service import Service
from loadgen.counted import counted
from loadgen.task.task import Task


def listing(services: Mapping[str, Service], scenarios: Scenarios) -> dict[str, object]:
    """Return all of it as JSON values."""
    return {
        "services": [_service(service) for service in services.values()],
        "workloads": {name: workload.model_dump() for name, workload in scenarios.workloads.items()},
        "profiles": {name: profile.model_dump() for name, profile in scenarios.profiles.items()},
    }


def _service(service: Service) -> dict[str, object]:
    """Return its file; `task` is its main one, and `tasks` are all, as the file names them."""
    return service.file.model_dump() | {"task": service.file.tasks[0], "tasks": service.file.tasks}


def listing_parts(services: Mapping[str, Service], scenarios: Scenarios, task: Task) -> dict[str, list[tuple[str, str]]]:
    """Return all of it for people: heading -> names, and what each is."""
    return {
        "services": [row for service in services.values() for row in _rows(service)],
        "workloads": [
            (name, f"{workload.title}: {workload.label(task)}, {workload.load}")
            for name, workload in scenarios.workloads.items()
        ],
        "profiles": [(name, _in_words(profile)) for name, profile in scenarios.profiles.items()],
    }


def _rows(service: Service) -> list[tuple[str, str]]:
    """A row for the service, and one for each of its variants."""
    kind = "a control, not compared" if service.file.control else service.file.tier
    named = ", only by name" if service.file.by_name else ""
    tasks = f"; tasks {', '.join(service.tasks)}" if len(service.file.tasks) > 1 else ""
    variants = service.file.variants.items()
    return [
        (service.name, f"{service.file.language} · {service.file.title}, {kind}{named}{tasks}"),
        *((f"{service.name}:{name}", f"{variant.title}, {variant.tier}") for name, variant in variants),
    ]


def _in_words(profile: Profile) -> str:
    control = f", A/A control of {profile.services[0]}" if profile.twin else ""
    rounds = counted(profile.rounds, "round")
    rounds += f" and {profile.paired.rounds} of paired trials" if profile.paired else ""
    return f"{profile.title}: {rounds} of {', '.join(profile.services)}{control}"
