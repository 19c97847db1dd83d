"""A service is a folder with a service.toml: how to build it, how to start it, its variants and known deviations."""

import os
import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, field_validator, model_validator

from loadgen.config.migrate import migrate_service
from loadgen.errors import Trouble
from loadgen.placeholder import PLACEHOLDER
from loadgen.strict import Strict, read_toml
from loadgen.task.find import find_task
from loadgen.task.task import Parameters, Task

Tier = Literal["published", "reference", "tuned", "better-algorithm"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Command = Annotated[list[str], Field(min_length=1)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


def _within(path: str) -> str:
    parts = Path(path).parts
    if not path or path.startswith("/") or ".." in parts or "\0" in path:
        raise ValueError("expected a relative path without '..', of something within its folder")
    return path


Within = Annotated[str, AfterValidator(_within)]
"""A path below the folder that it is relative to: of an input, of what a build leaves, of a program."""


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"expected a regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_compiles)]

BUILD_PLACEHOLDERS = frozenset({"source", "out", "scratch"})
TWIN_SUFFIX = ":again"
START_PLACEHOLDERS = frozenset({"artefact", "host", "port", "threads"})
"""What the harness fills in; a task may have more."""


def _unknown_placeholders(arguments: Iterable[str], known: frozenset[str]) -> set[str]:
    return {name for argument in arguments for name in PLACEHOLDER.findall(argument)} - known


class Build(Strict):
    """How to make the artefact. Commands run in a staged copy of `root`; `{out}`, `{scratch}` and `{source}` are folders.

    `more` names further files of `{out}` that are kept beside the artefact. `relinked` are commands that run after the others
    and leave the same program, linked in another order, in the folder `{relinked}`: for the regression check.
    """

    needs: list[str] = []
    root: str = "."
    inputs: list[Within] = ["."]
    fetch: list[Command] = []
    commands: Annotated[list[Command], Field(min_length=1)]
    placeholders: ClassVar[frozenset[str]] = BUILD_PLACEHOLDERS
    relinked: list[Command] = []

    artefact: Within
    more: list[Within] = []
    edit: Within | None = None
    edit_line: str = "// {token}"
    environment: dict[str, str] = {}
    inherit: list[Variable] = []

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Build":
        arguments = [a for command in (*self.fetch, *self.commands) for a in command]
        unknown = _unknown_placeholders([*arguments, *self.environment.values()], self.placeholders)
        if unknown:
            raise ValueError(f"expected placeholders from {sorted(self.placeholders)}, not {sorted(unknown)}")
        relinking = self.placeholders | {"relinked"}
        if unknown := _unknown_placeholders([a for command in self.relinked for a in command], relinking):
            raise ValueError(f"relinked: expected placeholders from {sorted(relinking)}, not {sorted(unknown)}")
        return self


class Start(Strict):
    """How to start it: an argument list (no shell) with `{artefact}`, `{host}`, `{port}`, `{threads}`, and what the task adds.

    `environment` is added to what every service gets; `inherit` are variables of the user's that it gets, too.
    """

    command: Command
    environment: dict[str, str] = {}
    inherit: list[Variable] = []

    @field_validator("command")
    @classmethod
    def _port_is_the_harness_s(cls, command: list[str]) -> list[str]:
        if not any("{port}" in argument for argument in command):
            raise ValueError("expected an argument with {port}: the harness chooses the port")
        return command


class Variant(Strict):
    """A named set of extra arguments and environment, with the tier of work that it does."""

    title: str
    tier: Tier
    only: dict[str, JsonValue] = {}
    arguments: list[str] = []
    environment: dict[str, str] = {}


class BuildVariant(Strict):
    """The same microbenchmarks from another compiler or with other flags.

    `arguments` take the place of the argument "{arguments}" in the build's commands; or `commands` replace them all.
    """

    title: str
    needs: list[str] = []
    arguments: list[str] = []
    commands: list[Command] = []


class Count(Strict):
    """A program that does one operation so often and nothing else, for callgrind: called with `NAME TIMES` appended.

    `benchmarks` are the names; or `list_command` prints them, one a line. Without `exact` two counts of the same may differ (by
    the threads of a runtime). `select` is a regular expression that names to count match; `times` maps such expressions to how
    often an operation is done (200 times without one): less often where it is long, more where counts are not exact.
    """

    command: Command
    benchmarks: list[str] = []
    list_command: Command | None = None
    environment: dict[str, str] = {}
    exact: bool = True
    select: Pattern = ""
    times: dict[Pattern, Annotated[int, Field(ge=1)]] = {}


class MicrobenchBuild(Build):
    """A build whose commands may hold the argument "{arguments}": a build variant's go there."""

    placeholders: ClassVar[frozenset[str]] = BUILD_PLACEHOLDERS | {"arguments"}


class Microbench(Strict):
    """A service's microbenchmarks: programs of a tool that is known by its `format`.

    Benchmarks are named scenario/contender/case; `scenarios` maps what a program calls a scenario to its name in records, where
    its language does not allow that name. The contender "served" is what the service itself runs; `titles` and `tiers`
    say what the others are. Build variants time what `variant_filter` (a regular expression) selects, and are set over
    `variant_base`, which is one of them, so that all are programs of the same shape.
    """

    format: Literal["google-benchmark", "go", "criterion"]
    build: MicrobenchBuild
    programs: Annotated[list[Within], Field(min_length=1)]
    scenarios: dict[str, str] = {}
    titles: dict[str, str] = {}
    tiers: dict[str, Tier] = {}
    count: Count | None = None
    inherit: list[Variable] = []
    variant_filter: Pattern = ""
    variant_base: str = ""
    variants: dict[Name, BuildVariant] = {}

    @model_validator(mode="after")
    def _variants_have_a_base(self) -> "Microbench":
        if self.variants and self.variant_base not in self.variants:
            raise ValueError(f"variant_base: expected one of {', '.join(self.variants)}")
        return self


class KnownDeviation(Strict):
    """A case of the contract suite that the service's framework fails, and why."""

    case: str
    reason: Annotated[str, StringConstraints(min_length=10)]


class ServiceFile(Strict):
    """The contents of service.toml.

    `task` is the name of a task that comes with the program, or a folder with a task.toml, as seen from the service's. A
    `control` is measured beside the services and never compared as one; it need not keep the contract. With `only` it answers
    these values of parameters, and is left out of workloads that ask for others.
    """

    schema_version: Literal[2] = Field(alias="schema")
    name: Name
    task: str
    title: str
    language: str
    tier: Tier
    control: bool = False
    only: dict[str, JsonValue] = {}
    build: Build
    start: Start
    variants: dict[Name, Variant] = {}
    known_deviations: list[KnownDeviation] = []
    microbench: Microbench | None = None

    @field_validator("variants")
    @classmethod
    def _again_is_taken(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        if TWIN_SUFFIX.removeprefix(":") in variants:
            raise ValueError("expected another name than 'again': SERVICE:again is the service once more, its A/A control")
        return variants

    @model_validator(mode="after")
    def _only_controls_are_limited(self) -> "ServiceFile":
        if not self.control and any([self.only, *(variant.only for variant in self.variants.values())]):
            raise ValueError("only: expected only with control = true; a service answers whatever the task asks")
        return self


class Service(Strict):
    """A service file and the folder that it was read from."""

    folder: Path
    file: ServiceFile

    @property
    def name(self) -> str:
        """The service's own name; unique among the services of a run."""
        return self.file.name

    @property
    def task(self) -> Task:
        """The task that it serves."""
        return find_task(self.file.task, self.folder)


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
        return self.replace(label=f"{self.label}{TWIN_SUFFIX}", twin_of=self.label)

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
            return f"{title}, once more"
        if self.variant is not None:
            return title
        return title if self.label == self.service.name else f"{title} ({self.label})"


def read_service(folder: Path) -> Service:
    """Read `folder`/service.toml; raise Trouble if it is missing or wrong."""
    path = folder / "service.toml"
    if not path.is_file():
        raise Trouble(f"{path}: not found; a service is a folder with a service.toml (docs/how-to/add-a-service.md)")
    service = Service(folder=Path(os.path.realpath(folder)), file=read_toml(path, ServiceFile, migrate_service))
    try:
        known = START_PLACEHOLDERS | set(service.task.start_values)
    except Trouble as trouble:
        raise Trouble(f"{path}: task: {trouble}") from trouble
    if unknown := _unknown_placeholders(service.file.start.command, known):
        raise Trouble(f"{path}: start.command: expected placeholders from {sorted(known)}, not {sorted(unknown)}")
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
    """The contender that `wanted` names: NAME, NAME:VARIANT, FOLDER or FOLDER:VARIANT; with ":again" behind it, its A/A twin.

    Raise Trouble if there is none.
    """
    if wanted.endswith(TWIN_SUFFIX):
        original = find_contender(wanted.removesuffix(TWIN_SUFFIX), own)
        if original.twin_of is not None:
            raise Trouble(f"{wanted}: {original.label} is an A/A control already")
        return original.twin
    place, variant = parted(wanted, own)
    if place in own:
        service = own[place]
    elif place and Path(place).is_dir():
        service = read_service(Path(place))
    else:
        raise Trouble(f"no service '{place}': expected one of {', '.join(own)}, or a folder with a service.toml")
    if not variant:
        return Contender(service=service, label=service.name)
    if variant not in service.file.variants:
        known = ", ".join(service.file.variants) or "none"
        raise Trouble(f"service '{service.name}' has no variant '{variant}': it has {known}")
    return Contender(service=service, variant_name=variant, label=f"{service.name}:{variant}")
