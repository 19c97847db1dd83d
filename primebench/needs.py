"""What a project needs of the machine."""

import shutil

from loadgen.config.contenders import unasked
from loadgen.config.project import read_scenarios
from loadgen.config.service import services_of
from loadgen.generator.choice import generator_for
from loadgen.setup.requirements import Part
from loadgen.task.find import find_task
from primebench.project import PRIME, Project


def parts_of(project: Project) -> set[Part]:
    """Return the parts of primebench that the project uses; where nothing says what is measured, those of a new project."""
    if project.folder == PRIME:
        return {"harness", "native", "oha", "example"}
    if not project.scenarios.is_file():
        return {"harness", "native"}
    scenarios = read_scenarios(project.scenarios)
    task = find_task(scenarios.task, project.scenarios.parent)
    parts: set[Part] = {"harness"}
    for workload in scenarios.workloads.values():
        parts.add("native" if generator_for(workload, task).takes_a_file else "oha")
    return parts


def missing_tools(project: Project) -> list[str]:
    """Return a line for each program that a service of the project is built with, and that is not there."""
    own = services_of(project.folder)
    needed = {name: service for service in unasked(own) for name in own[service].file.build.needs}
    return [f"{name}: missing; builds the service {service}" for name, service in needed.items() if shutil.which(name) is None]
