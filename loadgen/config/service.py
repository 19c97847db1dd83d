"""A service is a folder with a service.toml: how to build it, how to start it, its variants."""

import os
from collections.abc import Container
from pathlib import Path
from typing import Literal

from pydantic import Field, JsonValue, field_validator, model_validator

from loadgen.config.build import Build, Command, Name, Tier, Variable, _unknown_placeholders
from loadgen.config.deviations import Reason, read_deviations
from loadgen.config.microbench import Microbench
from loadgen.config.migrate import migrate_service
from loadgen.errors import Error
from loadgen.strict import Strict, read_toml
from loadgen.task.find import find_task
from loadgen.task.task import Parameters, Task

AA_SUFFIX = ":aa"
START_PLACEHOLDERS = frozenset({"artefact", "built", "host", "port", "threads"})
"""What the harness fills in; a task may have more."""
TLS_PLACEHOLDERS = frozenset({"certificate", "key"})


class Start(Strict):
    """How to start it: an argument list (no shell) with `{artefact}`, `{built}` (the folder of what was built), `{host}`,
    `{port}`, `{threads}`, and what the task adds.
    """

    command: Command
    """A program and its arguments; `{port}` must be among them."""
    tls: list[str] = []
    """Further arguments with which it serves HTTPS, with `{certificate}` and `{key}`. Without them it does not."""
    environment: dict[str, str] = {}
    """Variables beside those that every service gets."""
    inherit: list[Variable] = []
    """Variables of the user's that reach the service as well."""

    @field_validator("command")
    @classmethod
    def _port_is_the_harness_s(cls, command: list[str]) -> list[str]:
        if not any("{port}" in argument for argument in command):
            raise ValueError("expected an argument with {port}: the harness chooses the port")
        return command


class Variant(Strict):
    """A named set of extra arguments and environment, with the tier of work that it does."""

    title: str
    """What tables show behind the service's title, in brackets."""
    tier: Tier
    """The tier of its work."""
    only: dict[str, JsonValue] = {}
    """As of a service."""
    arguments: list[str] = []
    """What is appended to the command."""
    environment: dict[str, str] = {}
    """Variables beside the service's."""


class KnownDeviation(Strict):
    """A case of the conformance suite that the service fails, and why: where such were listed before deviations.toml."""

    case: str
    """A case of the conformance suite that the service fails. New lists stand in deviations.toml."""
    reason: Reason
    """Why it fails."""


class ServiceFile(Strict):
    """The contents of service.toml."""

    schema_version: Literal[2] = Field(alias="schema")
    """The version of what this file can say."""
    name: Name
    """Lower case letters, digits, `-`; begins with a letter."""
    task: str
    """A task that comes with primebench, or a folder with a task.toml, as seen from this file's folder."""
    title: str
    """What tables show after the language."""
    language: str
    """What tables show first."""
    tier: Tier
    """The tier of its work."""
    control: bool = False
    """It is measured beside the services and never compared as one; it need not keep the contract."""
    only: dict[str, JsonValue] = {}
    """Of a control: values of parameters. It is left out of workloads that ask for others."""
    build: Build
    """How it is built."""
    start: Start
    """How it is started."""
    variants: dict[Name, Variant] = {}
    """The service with further arguments or variables, by name: `SERVICE:NAME`. `aa` is no name for one."""
    known_deviations: list[KnownDeviation] = []
    microbench: Microbench | None = None
    """Its microbenchmarks."""

    @field_validator("variants")
    @classmethod
    def _aa_is_taken(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        if AA_SUFFIX.removeprefix(":") in variants:
            raise ValueError("expected another name than 'aa': SERVICE:aa is the service's A/A control")
        return variants

    @model_validator(mode="after")
    def _only_controls_are_limited(self) -> "ServiceFile":
        if not self.control and any([self.only, *(variant.only for variant in self.variants.values())]):
            raise ValueError("only: expected only with control = true; a service answers whatever the task asks")
        return self


class Service(Strict):
    """A service file and the folder that it was read from. `deviations` is what deviations.toml lists; None without one."""

    folder: Path
    file: ServiceFile
    deviations: dict[str, str] | None = None

    @property
    def name(self) -> str:
        """The service's own name; unique among the services of a run."""
        return self.file.name

    @property
    def task(self) -> Task:
        """The task that it serves."""
        return find_task(self.file.task, self.folder)

    @property
    def known_deviations(self) -> dict[str, str]:
        """Reasons by case, wherever they are listed."""
        return {known.case: known.reason for known in self.file.known_deviations} | (self.deviations or {})

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
    def tier(self) -> Tier:
        """The tier of work that this contender does."""
        return self.service.file.tier if self.variant is None else self.variant.tier

    @property
    def control(self) -> bool:
        """Whether it is measured beside the services, not compared with them."""
        return self.service.file.control or self.twin_of is not None

    @property
    def task(self) -> Task:
        """The task that it serves."""
        return self.service.task

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


def read_service(folder: Path) -> Service:
    """Read `folder`/service.toml; raise Error if it is missing or wrong."""
    path = folder / "service.toml"
    if not path.is_file():
        raise Error(f"{path}: not found; a service is a folder with a service.toml (docs/how-to/add-a-service.md)")
    file = read_toml(path, ServiceFile, migrate_service)
    service = Service(folder=Path(os.path.realpath(folder)), file=file, deviations=read_deviations(folder))
    try:
        known = START_PLACEHOLDERS | set(service.task.start_values)
    except Error as error:
        raise Error(f"{path}: task: {error}") from error
    for key, arguments, more in (("command", file.start.command, frozenset()), ("tls", file.start.tls, TLS_PLACEHOLDERS)):
        if unknown := _unknown_placeholders(arguments, known | more):
            raise Error(f"{path}: start.{key}: expected placeholders from {sorted(known | more)}, not {sorted(unknown)}")
    return service


def services_of(checkout: Path) -> dict[str, Service]:
    """The services that the checkout brings along, by name: server/ and every folder of peers/."""
    files = [*checkout.glob("server/service.toml"), *sorted(checkout.glob("peers/*/service.toml"))]
    services = [read_service(file.parent) for file in files]
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
    place, _, variant = wanted.rpartition(":")
    return (place, variant) if place else (wanted, "")


def find_contender(wanted: str, own: dict[str, Service]) -> Contender:
    """The contender that `wanted` names: NAME, NAME:VARIANT, FOLDER or FOLDER:VARIANT; with ":aa" behind it, its A/A twin.

    Raise Error if there is none.
    """
    if wanted.endswith(AA_SUFFIX):
        original = find_contender(wanted.removesuffix(AA_SUFFIX), own)
        if original.twin_of is not None:
            raise Error(f"{wanted}: {original.label} is an A/A control already")
        return original.twin
    place, variant = parted(wanted, own)
    if place in own:
        service = own[place]
    elif place and Path(place).is_dir():
        service = read_service(Path(place))
    else:
        raise Error(f"no service '{place}': expected one of {', '.join(own)}, or a folder with a service.toml")
    if not variant:
        return Contender(service=service, label=service.name)
    if variant not in service.file.variants:
        known = ", ".join(service.file.variants) or "none"
        raise Error(f"service '{service.name}' has no variant '{variant}': it has {known}")
    return Contender(service=service, variant_name=variant, label=f"{service.name}:{variant}")
