"""primebench.toml: what a repository says of itself: its service, the task, what is measured, and the limits of its gate."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from loadgen.config.build import Name
from loadgen.config.migrate import migrate_scenarios
from loadgen.config.regress import RegressConfig
from loadgen.config.scenarios import LoadTiming, MicrobenchTiming, Paired, Profile, Scenarios, Timing, Workload
from loadgen.errors import Error, at_key
from loadgen.strict import Strict, explain, read_toml
from loadgen.task.find import find_task
from loadgen.task.http.file import PROJECT_FILE

SERVICE = "service"
"""The table that says what a service.toml says."""


class ProjectFile(Strict):
    """The contents of a primebench.toml.

    `service` has the keys of a service.toml and `task` those of a task.toml, which are read as such. `services` are folders of
    further services of the same task, as seen from the file's. To the profiles come those of `default_profiles`.
    """

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    services: list[str] = []
    """Folders of further services of the same task, as seen from this file's."""
    service: dict[str, Any] | None = None
    """A service, with the keys of a service.toml; its `task` is `.`, the table below, unless it says otherwise."""
    task: dict[str, Any] | None = None
    """The task, with the keys of a task.toml; files that it names lie beside this file."""
    workloads: dict[Name, Workload] = {}
    """What is measured, as in scenarios.toml."""
    profiles: dict[Name, Profile] = {}
    """How; to these come smoke, quick, standard and regress, with every workload and service, and, with every service and no
    workload, microbench and microbench-quick."""
    regress: RegressConfig = RegressConfig()
    """The limits of the regression check."""


def read_project(path: Path) -> ProjectFile:
    """Read a primebench.toml; raise Error that names the file, the key and what was expected."""
    return read_toml(path, ProjectFile)


def service_folders(folder: Path) -> list[Path]:
    """Return the folders of the services that the folder's primebench.toml names; none without such a file."""
    path = folder / PROJECT_FILE
    if not path.is_file():
        return []
    file = read_project(path)
    return [*([folder] if file.service is not None else []), *(folder / service for service in file.services)]


def read_scenarios(path: Path) -> Scenarios:
    """Read a scenarios.toml, or what a primebench.toml has of it, with the defaults of parameters; raise Error with file, key
    and what was expected.
    """
    is_project = path.name == PROJECT_FILE
    scenarios = _scenarios_of(path) if is_project else read_toml(path, Scenarios, migrate_scenarios)
    try:
        task = find_task(scenarios.task, path.parent)
    except Error as error:
        raise at_key(path, "task", error) from error
    workloads = {}
    for name, workload in scenarios.workloads.items():
        named = [workload.request] if isinstance(workload.request, str) else list(workload.request)
        if unknown := [kind for kind in named if kind and kind not in task.kinds]:
            raise Error(f"{path}: workloads.{name}.request: expected one of {', '.join(task.kinds)}, not '{unknown[0]}'")
        try:
            parameters = task.complete(workload.parameters)
        except ValueError as error:
            raise Error(f"{path}: workloads.{name}.parameters: {error}") from error
        workloads[name] = workload.replace(parameters=parameters)
    return scenarios.replace(workloads=workloads)


def _scenarios_of(path: Path) -> Scenarios:
    file = read_project(path)
    service = file.service or {}
    if not file.workloads:
        raise Error(f"{path}: workloads: expected at least one table [workloads.NAME]: what is measured")
    services = [str(service["name"])] if "name" in service else []
    services += [os.path.realpath(path.parent / service) for service in file.services]
    if not services:
        raise Error(f"{path}: service: expected a table [service] with a name, or services = [folders]")
    profiles = default_profiles(file.workloads, services) | file.profiles
    tables = {"workloads": file.workloads, "profiles": profiles, "regress": file.regress}
    task = service.get("task", ".")
    main = task[0] if isinstance(task, list) and task else task
    try:
        return Scenarios.model_validate({"schema": 2, "task": main, **tables})
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error


def default_profiles(workloads: Mapping[str, Workload], services: list[str]) -> dict[str, Profile]:
    """Return the profiles that every project has: all workloads for each service, and pairs of those that are closed loops; and
    each service's microbenchmarks by themselves.
    """
    closed = [name for name, workload in workloads.items() if workload.rate is None]

    def profile(title: str, rounds: int, timing: Timing, pairs: int = 0, **more: Any) -> Profile:
        return Profile(
            title=title,
            services=services,
            rounds=rounds,
            pinned=True,
            server_cores=1,
            workloads=dict.fromkeys(workloads, timing),
            paired=Paired(rounds=pairs, workloads=dict.fromkeys(closed, _PAIRED)) if pairs and closed else None,
            **more,
        )

    solo = Timing(warm_up_s=0.5, load_s=2.0, requests=1000)
    profiles = {
        "quick": profile("a first answer: CPU per request to 1%, other differences if they are large", 5, solo, 8),
        "standard": profile("what a comparison should rest on", 12, solo, 15, twin=True, fewest_rounds=10),
        "smoke": profile("one round, no figures to rely on", 1, Timing(warm_up_s=0.2, load_s=0.5), 1, pilot=False),
    }
    gate = {"regress": _regress_profile(closed, services)} if closed else {}
    return profiles | gate | _microbench_profiles(services)


_PAIRED = LoadTiming(warm_up_s=0.2, load_s=0.6)


def _regress_profile(closed: Collection[str], services: list[str]) -> Profile:
    return Profile(
        title="pairs of fresh processes at the same time, for the regression check",
        services=services,
        rounds=160,
        pinned=True,
        server_cores=1,
        workloads=dict.fromkeys(closed, Timing(warm_up_s=0.2, load_s=0.5)),
        microbench=MicrobenchTiming(min_time_s=0.005, variants=False, count=True),
    )


def _microbench_profiles(services: list[str]) -> dict[str, Profile]:
    """What `primebench microbench` runs, and with --quick, as in scenarios.toml but for the load, whose cost only benchmarks of
    a task that has roles for them explain.
    """

    def profile(title: str, rounds: int, timing: MicrobenchTiming) -> Profile:
        return Profile(title=title, services=services, rounds=rounds, pinned=True, server_cores=1, microbench=timing)

    whole = MicrobenchTiming(min_time_s=0.01, variants=True, count=True)
    short = MicrobenchTiming(min_time_s=0.005, variants=False, count=True)
    return {
        "microbench": profile("microbenchmarks by themselves, with other compilers and flags", 15, whole),
        "microbench-quick": profile("microbenchmarks by themselves, of the build that is served", 12, short),
    }
