"""What can be measured: services and their variants, workloads, profiles, as data and in lines. Pure."""

from collections.abc import Mapping

from loadgen.config.scenarios import Scenarios
from loadgen.config.service import Service
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


def listing_lines(services: Mapping[str, Service], scenarios: Scenarios, task: Task) -> list[str]:
    """Return all of it in lines for people."""
    lines = ["services"]
    for service in services.values():
        kind = "a control, not compared" if service.file.control else service.file.tier
        named = ", only by name" if service.file.by_name else ""
        tasks = f"; tasks {', '.join(service.tasks)}" if len(service.file.tasks) > 1 else ""
        lines.append(f"  {service.name:16} {service.file.language} · {service.file.title}, {kind}{named}{tasks}")
        lines += [
            f"  {service.name + ':' + name:16} {variant.title}, {variant.tier}"
            for name, variant in service.file.variants.items()
        ]
    lines.append("workloads")
    for name, workload in scenarios.workloads.items():
        lines.append(f"  {name:16} {workload.title}: {workload.label(task)}, {workload.load}")
    lines.append("profiles")
    for name, profile in scenarios.profiles.items():
        control = f", A/A control of {profile.services[0]}" if profile.twin else ""
        rounds = f"{profile.rounds} round" + ("" if profile.rounds == 1 else "s")
        rounds += f" and {profile.paired.rounds} of paired trials" if profile.paired else ""
        lines.append(f"  {name:16} {profile.title}: {rounds} of {', '.join(profile.services)}{control}")
    return lines
