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
    """What is asked under one load, with `parameters`: the `request` of that name, or several by weights of its own; of a
    workload that names none all of the task's, by the task's weights.

    Closed loop: `connections` clients that each wait for their answer. With a `rate`, open loop: requests are due at that rate,
    on up to `connections` connections. Without `keep_alive` each request has a connection of its own.
    With `tls` the service is asked by HTTPS, with `unix` over a Unix socket; `protocol` is HTTP/1.1, or HTTP/2 known in advance
    (in the clear) or agreed on.
    """

    title: str
    request: str | dict[str, Annotated[float, Field(gt=0, strict=False)]] = ""
    parameters: dict[str, JsonValue] = {}
    connections: Annotated[int, Field(ge=1, le=10_000)]
    rate: Rate | None = None
    generator: GeneratorName | None = None
    keep_alive: bool = True
    tls: bool = False
    unix: bool = False
    protocol: HttpVersion = "http/1.1"

    @model_validator(mode="after")
    def _has_one_transport(self) -> "Workload":
        if self.unix and self.tls:
            raise ValueError("unix: expected unix or tls, not both")
        return self

    @property
    def load(self) -> str:
        """How the load is put, in words."""
        return load_in_words(self.connections, self.rate)

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
    load_s: Seconds


class Timing(LoadTiming):
    """That of a workload. With `requests` the load lasts as long as the slowest service needs for so many, by the pilot, and
    `load_s` is about how long that is. `services`, if it names any, are those of the profile's that the workload is put to.
    With `generators` the run's cross-check has this load; where it is false, never.
    """

    requests: Annotated[int, Field(ge=1)] | None = None
    services: list[str] = []
    generators: bool | None = None


class Paired(Strict):
    """The paired trials of a profile: so many `rounds` of the first service beside each other one, and beside itself.

    Under each of the `workloads`, which are closed loops of the profile, with times of their own: two servers share the cores.
    """

    rounds: Annotated[int, Field(ge=1, le=10_000)]
    workloads: Annotated[dict[Name, LoadTiming], Field(min_length=1)]


class MicrobenchTiming(Strict):
    """How the microbenchmarks of the profile's services are run in each round.

    `min_time_s` is for each benchmark; `variants` adds builds with other compilers and flags; with `count`
    callgrind counts instructions.
    """

    min_time_s: Seconds
    variants: bool
    count: bool


class Profile(Strict):
    """How a run measures: which contenders, how many rounds, how long, on which cores. Workloads or microbenchmarks or both.

    With `twin` the first service has solo trials under another name, too, as the A/A control. With `fewest_rounds` a workload
    stops after so many rounds or more, once its ratios' intervals reach at most `half_width` to either side. Workloads come
    with the most important first: a budget that is too small takes away the last. With `disassembly` each artefact's machine
    code is looked at. Without `pilot` nobody looks how long a service takes to settle. With `build_times` incremental builds
    are timed.
    """

    title: str
    services: Annotated[list[str], Field(min_length=1)]
    twin: bool = False
    rounds: Annotated[int, Field(ge=1, le=10_000)]
    fewest_rounds: Annotated[int, Field(ge=5)] | None = None
    half_width: Annotated[float, Field(gt=0, lt=1, strict=False)] = 0.01
    noise_limit: Annotated[float, Field(gt=0, lt=1, strict=False)] = 0.1
    pinned: bool
    server_cores: Annotated[int, Field(ge=1)] | Literal["all"]
    workloads: dict[Name, Timing] = {}
    paired: Paired | None = None
    microbench: MicrobenchTiming | None = None
    disassembly: bool = False
    pilot: bool = True
    build_times: bool = False

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
        return [one for one in self.services if chosen and one not in chosen]


class Scenarios(Strict):
    """The contents of scenarios.toml.

    `task` is the name of a task that comes with the program, or a folder with a task.toml, as seen from the file's folder.
    """

    schema_version: Literal[2] = Field(alias="schema")
    task: str
    workloads: Annotated[dict[Name, Workload], Field(min_length=1)]
    profiles: Annotated[dict[Name, Profile], Field(min_length=1)]
    regress: RegressConfig = RegressConfig()

    @model_validator(mode="after")
    def _profiles_name_known_workloads(self) -> "Scenarios":
        for name, profile in self.profiles.items():
            unknown = set(profile.workloads) - set(self.workloads)
            if unknown:
                raise ValueError(f"profiles.{name}.workloads: no such workload: {', '.join(sorted(unknown))}")
            paired = profile.paired.workloads if profile.paired else {}
            if opened := [one for one in paired if self.workloads[one].rate is not None]:
                raise ValueError(
                    f"profiles.{name}.paired.workloads: expected workloads without a rate, not {', '.join(opened)}"
                )
            for marked in (one for one, timing in profile.workloads.items() if timing.generators):
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
