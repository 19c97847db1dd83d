"""A workload as it was run."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from loadgen.counted import counted
from loadgen.strict import Strict
from loadgen.task.work import Work


class Rate(Strict):
    """An open loop's rate: a number of requests, or a share of the capacity that a closed loop finds in the same run."""

    share: Annotated[float, Field(gt=0, le=1, strict=False)] | None = None
    """Makes an open loop: requests are due at this share of a capacity that is found in the same run."""
    of: str | None = None
    """The closed loop that finds it: a workload with the same request and parameters, and no rate."""
    whose: Literal["own", "common"] = "own"
    """Each service's own capacity, or the lowest of all, which makes the rate common to them."""
    per_s: Annotated[int, Field(ge=1)] | None = None
    """Requests per second, in place of a share."""

    @model_validator(mode="after")
    def _is_a_number_or_a_share(self) -> "Rate":
        is_share = self.share is not None and self.of is not None
        is_alone = self.share is None and self.of is None and self.whose == "own"
        if not (is_share if self.per_s is None else is_alone):
            raise ValueError("expected per_s alone, or share and of")
        return self

    @property
    def is_own(self) -> bool:
        """Whether each service has a rate of its own."""
        return self.per_s is None and self.whose == "own"

    @property
    def in_words(self) -> str:
        """The rate, and of what it is a share."""
        if self.per_s is not None:
            return f"{self.per_s:,} requests/s"
        whose = "each service's own capacity" if self.whose == "own" else "the lowest capacity"
        return f"{self.share:.0%} of {whose} ({self.of})"


HttpVersion = Literal["http/1.1", "h2"]


class Sending(Strict):
    """How requests are sent."""

    generator: str | None = None
    """Name and version of the generator."""
    keep_alive: bool = True
    """False: each request had a connection of its own."""
    tls: bool = False
    """By HTTPS."""
    unix: bool = False
    """Over a Unix socket."""
    protocol: HttpVersion = "http/1.1"
    """The version of HTTP."""

    @property
    def in_words(self) -> list[str]:
        """What is not plain HTTP/1.1 on connections that stay: services answer that at another speed."""
        ways = {
            "TLS": self.tls,
            "Unix socket": self.unix,
            "HTTP/2": self.protocol == "h2",
            "a connection for each request": not self.keep_alive,
        }
        return [words for words, is_so in ways.items() if is_so]


CROSS_CHECK = ":"
"""In the name of a workload of the cross-check of generators: no workload of a user has one in its name."""


def cross_check_name(workload: str, generator: str) -> str:
    """Return the name of the load that a workload lends to the cross-check, under one of the generators."""
    return f"{workload}{CROSS_CHECK}{generator}"


def is_cross_check(name: str) -> bool:
    """Return whether it is the name of a workload of the cross-check, not of one that a user wanted measured."""
    return CROSS_CHECK in name


def lent_by(name: str) -> str:
    """Return the name of the workload that lends its load; of any other workload its own."""
    return name.partition(CROSS_CHECK)[0]


def load_in_words(connections: int, rate: Rate | None, generators: int = 1) -> str:
    """A closed loop by its connections, an open one by its rate; by how many generators, if not by one."""
    several = "" if generators == 1 else f" from {counted(generators, 'generator')}"
    if rate is None:
        return counted(connections, "connection") + several
    return f"open loop at {rate.in_words}{several}"


class RequestRecord(Strict):
    """What was asked. Secrets stand by their names."""

    kind: str
    """The task's name for it."""
    method: str
    """The method of HTTP."""
    target: str
    """Path and query."""
    headers: dict[str, str]
    """Field names and values; secrets stand by their names."""
    body: str
    """The body."""


class Share(Strict):
    """A kind of request of a mix, and its share of all requests."""

    request: RequestRecord
    """What was asked."""
    share: float
    """How many of all requests."""


class PairedRecord(Strict):
    """The paired trials of a workload as they were planned."""

    rounds: int
    """How often each pair is measured."""
    warm_up_s: float
    """The load before the measured one."""
    load_s: float
    """The measured load."""


class WorkloadFacts(Strict):
    """What a workload asks of a service, and how: a closed loop, or an open one at a rate."""

    title: str
    """As in scenarios.toml."""
    label: str
    """In a few words what is asked, and how if that is not plain: what distinguishes it from others of the task."""
    request: RequestRecord
    """What was asked; of a mix its first kind."""
    parameters: dict[str, JsonValue]
    """The task's parameters."""
    work: Work | None
    """How much work a request is; null where the task states none."""
    connections: int
    """As in scenarios.toml."""
    rate: Rate | None = None
    """The rate of an open loop, as in scenarios.toml."""
    sending: Sending = Sending()
    """How requests were sent."""
    generators: int = Field(default=1, exclude_if=lambda count: count == 1)
    """How many generators put the load of a solo trial together; not there for one."""


class WorkloadRecord(WorkloadFacts):
    """A workload as it was run."""

    warm_up_s: float
    """The least load before the measured one."""
    load_s: float
    """The measured load, as planned."""
    paired_trials: PairedRecord | None = None
    """Its paired trials, as planned."""
    left_out: list[str] = []
    """Contenders that the profile keeps from it."""
    mix: list[Share] = []
    """The kinds of a mix with their shares of all requests; empty for one kind."""
    least_cpu_us: float | None = None
    """The task's `floor`: CPU time that no right response takes less than."""
