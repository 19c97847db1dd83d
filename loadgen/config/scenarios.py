"""scenarios.toml: what is measured (workloads) and how long and how often (profiles)."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from loadgen.config.build import Name
from loadgen.config.regress import RegressConfig
from loadgen.errors import Error
from loadgen.record.workload import HttpVersion, Rate, Sending, load_in_words
from loadgen.strict import Strict
from loadgen.task.task import Asked, Task

GeneratorName = Literal["oha", "native"]
Seconds = Annotated[float, Field(gt=0, le=3600, strict=False)]


class Workload(Strict):
    """What is asked under one load. Closed loop: clients that each wait for their answer. With a `rate`, open loop: requests
    are due at that rate, on up to `connections` connections.
    """

    title: str
    """What tables show behind the name."""
    request: str | dict[str, Annotated[float, Field(gt=0, strict=False)]] = ""
    """The task's request of that name, or several by weights: `{ read = 9, list = 1 }`. Without it all, by the task's own."""
    parameters: dict[str, JsonValue] = {}
    """Values of the task's parameters; what is left out has the task's default."""
    connections: Annotated[int, Field(ge=1, le=10_000)]
    """Clients that each wait for their response; of an open loop the most connections at a time."""
    rate: Rate | None = None
    generator: GeneratorName | None = None
    """Without it oha where it can send what is asked, else the native one."""
    generators: Annotated[int, Field(ge=1, le=64)] = Field(default=1, exclude_if=lambda count: count == 1)
    """How many generators put the load of a solo trial together, each on cores of its own: connections, requests and rate are
    shared out. A paired trial has one for each service."""
    keep_alive: bool = True
    """False: each request has a connection of its own, whose making is part of its latency."""
    tls: bool = False
    """The service is asked by HTTPS, with a certificate that is made for it. Needs its `start.tls`."""
    unix: bool = False
    """The service is asked over a Unix socket. Needs its `start.unix`, and the native generator."""
    protocol: HttpVersion = "http/1.1"
    """HTTP/2, by oha alone, is agreed on under TLS, else known in advance."""

    @model_validator(mode="after")
    def _has_something_for_each_generator(self) -> "Workload":
        if self.connections < self.generators:
            raise ValueError(f"generators: expected at most as many as connections, {self.connections}")
        return self

    @model_validator(mode="after")
    def _has_one_transport(self) -> "Workload":
        if self.unix and self.tls:
            raise ValueError("unix: expected unix or tls, not both")
        return self

    @property
    def load(self) -> str:
        """How the load is put, in words."""
        return load_in_words(self.connections, self.rate, self.generators)

    def asked(self, task: Task) -> Asked:
        """What it asks of a service."""
        weights = {self.request: 1.0} if isinstance(self.request, str) and self.request else self.request or task.weights
        return Asked(task, {kind: weights[kind] for kind in task.kinds if kind in weights}, self.parameters)

    def label(self, task: Task) -> str:
        """What it asks, and how if it is not plain, in a few words."""
        return ", ".join([self.asked(task).label, *self.sending.in_words])

    @property
    def sending(self) -> Sending:
        """How requests are sent; which generator does, the task decides, too."""
        return Sending(keep_alive=self.keep_alive, tls=self.tls, unix=self.unix, protocol=self.protocol)


class LoadTiming(Strict):
    """How long a trial loads the server: first unmeasured, and longer where the run's pilot says so, then measured."""

    warm_up_s: Annotated[float, Field(ge=0, le=3600, strict=False)]
    """The least time of load that is not measured; longer where the pilot says that a service needs it."""
    load_s: Seconds
    """How long the measured load lasts."""


class Timing(LoadTiming):
    """That of a workload."""

    requests: Annotated[int, Field(ge=1)] | None = None
    """The load lasts as long as the slowest service needs for so many responses (a P99 needs 1,000 in each trial), up to four
    times `load_s`; the run says before it starts if that is not enough."""
    services: list[str] = []
    """Some of the profile's, that the workload is put to; none: all of them."""
    generators: bool | None = None
    """Whether the run's cross-check of generators has this load; where it is false, never."""


class Paired(Strict):
    """The paired trials of a profile: the first service beside each other one, and beside itself."""

    rounds: Annotated[int, Field(ge=1, le=10_000)]
    """How often each pair is measured; `--rounds` changes it in proportion."""
    direct: bool = False
    """With a budget, what is left of it goes to pairs of services that tie and are neighbours in rank."""
    workloads: Annotated[dict[Name, LoadTiming], Field(min_length=1)]
    """Some of the profile's, without a rate, with times of their own: two servers share the cores."""


class MicrobenchTiming(Strict):
    """How the microbenchmarks of the profile's services are run in each round: one process of each program."""

    min_time_s: Seconds
    """The least time of each benchmark."""
    variants: bool
    """Builds with other compilers and flags are timed as well."""
    count: bool
    """Callgrind counts instructions."""


class Profile(Strict):
    """How a run measures: which contenders, how many rounds, how long, on which cores. Workloads or microbenchmarks or both."""

    title: str
    """What `primebench list` shows behind the name."""
    services: Annotated[list[str], Field(min_length=1)]
    """What is measured, named as on the command line."""
    twin: bool = False
    """Solo trials of the A/A control, too: the first service a second time."""
    rounds: Annotated[int, Field(ge=1, le=10_000)]
    """How often each service is measured under each workload."""
    fewest_rounds: Annotated[int, Field(ge=5)] | None = None
    """A workload may stop early after so many rounds; without it never."""
    half_width: Annotated[float, Field(gt=0, lt=1, strict=False)] = 0.01
    """It does once its ratios' intervals reach at most so far to either side."""
    noise_limit: Annotated[float, Field(gt=0, lt=1, strict=False)] = 0.1
    """The spread of pairs that raises `noisy`."""
    pinned: bool
    """Server and generator have cores of their own."""
    server_cores: Annotated[int, Field(ge=1)] | Literal["all"]
    """How many cores the server has."""
    workloads: dict[Name, Timing] = {}
    """What is measured, the most important first: a budget that is too small takes the last away."""
    paired: Paired | None = None
    """Paired trials, too: two servers at the same time on the same cores."""
    microbench: MicrobenchTiming | None = None
    """Microbenchmarks, too, or without `workloads` nothing else."""
    disassembly: bool = False
    """Count the instructions that do the task's work in each artefact, with objdump."""
    pilot: bool = True
    """Look before the trials how fast each service is and how long it takes to settle."""
    build_times: bool = False
    """Time incremental builds, too."""

    @model_validator(mode="after")
    def _measures_something(self) -> "Profile":
        if not self.workloads and self.microbench is None:
            raise ValueError("expected workloads, or microbench, or both")
        if self.fewest_rounds is not None and self.fewest_rounds > self.rounds:
            raise ValueError(f"fewest_rounds: expected at most rounds ({self.rounds}), not {self.fewest_rounds}")
        if self.paired and (unknown := set(self.paired.workloads) - set(self.workloads)):
            raise ValueError(f"paired.workloads: expected some of the profile's workloads, not {sorted(unknown)}")
        for name, timing in self.workloads.items():
            if unknown := set(timing.services) - set(self.services):
                raise ValueError(f"workloads.{name}.services: expected some of the profile's services, not {sorted(unknown)}")
        if len(marked := [name for name, timing in self.workloads.items() if timing.generators]) > 1:
            raise ValueError(f"workloads: expected generators = true of one workload, not of {', '.join(marked)}")
        return self

    def left_out(self, workload: str) -> list[str]:
        """The profile's services that the workload is not put to. One that was asked for beside them is never among them."""
        chosen = self.workloads[workload].services
        return [service for service in self.services if chosen and service not in chosen]


class Scenarios(Strict):
    """The contents of scenarios.toml."""

    schema_version: Literal[2] = Field(alias="schema")
    """The version of what this file can say."""
    task: str
    """A task that comes with primebench, or a folder with a task.toml, as seen from this file's folder."""
    workloads: Annotated[dict[Name, Workload], Field(min_length=1)]
    """What is asked, under which load."""
    profiles: Annotated[dict[Name, Profile], Field(min_length=1)]
    """How long, how often and on which cores it is measured."""
    regress: RegressConfig = RegressConfig()
    """The limits of the regression check."""

    @model_validator(mode="after")
    def _profiles_name_known_workloads(self) -> "Scenarios":
        for name, profile in self.profiles.items():
            unknown = set(profile.workloads) - set(self.workloads)
            if unknown:
                raise ValueError(f"profiles.{name}.workloads: no such workload: {', '.join(sorted(unknown))}")
            paired = profile.paired.workloads if profile.paired else {}
            if opened := [name for name in paired if self.workloads[name].rate is not None]:
                raise ValueError(
                    f"profiles.{name}.paired.workloads: expected workloads without a rate, not {', '.join(opened)}"
                )
            for marked in (name for name, timing in profile.workloads.items() if timing.generators):
                if self.workloads[marked].rate is not None or self.workloads[marked].protocol != "http/1.1":
                    raise ValueError(
                        f"profiles.{name}.workloads.{marked}.generators: expected a closed loop in HTTP/1.1, which both can put"
                    )
        return self

    @model_validator(mode="after")
    def _rates_are_shares_of_closed_loops(self) -> "Scenarios":
        for name, workload in self.workloads.items():
            if workload.rate is None or workload.rate.of is None:
                continue
            of = self.workloads.get(workload.rate.of)
            if of is None or of.rate is not None or _question(of) != _question(workload):
                raise ValueError(f"workloads.{name}.rate.of: expected a workload without a rate that asks the same")
        return self


def _question(workload: Workload) -> tuple[object, ...]:
    return workload.request, workload.parameters, workload.sending


def profile_named(scenarios: Scenarios, name: str) -> Profile:
    """The profile called `name`; raise Error with the known names if there is none."""
    if name not in scenarios.profiles:
        raise Error(f"no profile '{name}': expected one of {', '.join(scenarios.profiles)}")
    return scenarios.profiles[name]


def workloads_named(scenarios: Scenarios, profile: Profile, wanted: list[str]) -> dict[str, Workload]:
    """The workloads of a profile, narrowed to `wanted` if that is not empty; raise Error for a name it does not have."""
    unknown = set(wanted) - set(profile.workloads)
    if unknown:
        known = ", ".join(profile.workloads)
        raise Error(f"no workload '{', '.join(sorted(unknown))}' in this profile: expected of {known}")
    names = wanted or list(profile.workloads)
    chosen = {name: scenarios.workloads[name] for name in names}
    for name, workload in chosen.items():
        if workload.rate is not None and workload.rate.of is not None and workload.rate.of not in chosen:
            raise Error(f"workload '{name}' needs the capacity that '{workload.rate.of}' finds: add it to --workload")
    return chosen
