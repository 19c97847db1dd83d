"""service.toml: how a service is built and started, and its variants, as people write it."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator, model_validator

from loadgen.config.build import ARGUMENTS, Build, Command, Name, OtherBuild, Tier, Variable
from loadgen.config.deviations import Reason
from loadgen.config.microbench import Microbench
from loadgen.placeholder import PLACEHOLDER
from loadgen.strict import Strict

EXPLAIN_PLACEHOLDERS = frozenset({"pid", "port", "seconds", "folded"})
AA_SUFFIX = ":aa"


class Start(Strict):
    """How to start it: an argument list (no shell) with `{artefact}`, `{built}` (the folder of what was built), `{host}`,
    `{port}`, `{threads}`, and what the task adds; they are filled in in variables of `environment`, too.
    """

    command: Command
    """A program and its arguments; `{port}` must be among them, or in a variable."""
    tls: list[str] = []
    """Further arguments with which it serves HTTPS, with `{certificate}` and `{key}`. Without them it does not."""
    unix: list[str] = []
    """Further arguments with which it listens on the Unix socket `{socket}`, beside its port or in its place."""
    environment: dict[str, str] = {}
    """Variables beside those that every service gets, with the same placeholders."""
    inherit: list[Variable] = []
    """Variables of the user's that reach the service as well."""

    @model_validator(mode="after")
    def _port_is_the_harness_s(self) -> "Start":
        if not any("{port}" in text for text in [*self.command, *self.environment.values()]):
            raise ValueError("command: expected an argument, or a variable of environment, with {port}: the harness chooses it")
        return self

    @field_validator("unix")
    @classmethod
    def _so_is_the_socket(cls, unix: list[str]) -> list[str]:
        if unix and not any("{socket}" in argument for argument in unix):
            raise ValueError("expected an argument with {socket}: the harness chooses where it lies")
        return unix


class Explain(Strict):
    """How a profile of the service is taken, where callgrind cannot run it: for the flame graphs of `regress --explain`."""

    command: Command
    """A profiler and its arguments, with `{pid}` (the service's process), `{port}`, `{seconds}` and `{folded}`, the file
    that it writes: a line `caller;callee COUNT` for each stack. The service is under load meanwhile."""

    @field_validator("command")
    @classmethod
    def _placeholders_are_known(cls, command: list[str]) -> list[str]:
        placeholders = {name for argument in command for name in PLACEHOLDER.findall(argument)}
        if unknown := placeholders - EXPLAIN_PLACEHOLDERS:
            raise ValueError(f"expected placeholders from {sorted(EXPLAIN_PLACEHOLDERS)}, not {sorted(unknown)}")
        if "folded" not in placeholders:
            raise ValueError("expected an argument with {folded}: the file that the profiler writes")
        return command


class Variant(Strict):
    """A named set of extra arguments and environment, with the tier of work that it does; with a `build` its own artefact."""

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
    build: OtherBuild | None = None
    """Another build of the service, for this variant alone."""


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
    task: str | Annotated[list[str], Field(min_length=1)]
    """A task that comes with primebench, or a folder with a task.toml, as seen from this file's folder. A service of several
    tasks has a list of them, its main one first."""
    title: str
    """What tables show after the language."""
    language: str
    """What tables show first."""
    tier: Tier
    """The tier of its work."""
    control: bool = False
    """It is measured beside the services and never compared as one; it need not keep the contract."""
    by_name: bool = False
    """It is taken where it is named (an argument, `--service`, a profile), and left out where a command takes every service."""
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
    explain: Explain | None = None
    """How a profile of it is taken, where callgrind cannot run it."""

    @property
    def tasks(self) -> list[str]:
        """What names its tasks, the main one first."""
        return [self.task] if isinstance(self.task, str) else self.task

    @field_validator("variants")
    @classmethod
    def _aa_is_taken(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        if AA_SUFFIX.removeprefix(":") in variants:
            raise ValueError("expected another name than 'aa': SERVICE:aa is the service's A/A control")
        return variants

    @model_validator(mode="after")
    def _arguments_have_a_place(self) -> "ServiceFile":
        for name, variant in self.variants.items():
            own = variant.build or OtherBuild()
            if own.arguments and (own.commands or not self.build.takes_arguments):
                expectation = f"{ARGUMENTS} in a command of [build], and no other commands"
                raise ValueError(f"variants.{name}.build.arguments: expected {expectation}")
        return self

    @model_validator(mode="after")
    def _only_controls_are_limited(self) -> "ServiceFile":
        if not self.control and any([self.only, *(variant.only for variant in self.variants.values())]):
            raise ValueError("only: expected only with control = true; a service answers whatever the task asks")
        return self
