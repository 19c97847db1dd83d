"""A workload as it was run."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from loadgen.strict import Strict
from loadgen.task.work import Work


class Rate(Strict):
    """An open loop's rate: a number of requests `per_s`, or a `share` of the capacity that the closed loop `of` finds in the
    same run.

    `whose` capacity: each service's "own", or the lowest of all services, which makes the rate "common" to them.
    """

    share: Annotated[float, Field(gt=0, le=1, strict=False)] | None = None
    of: str | None = None
    whose: Literal["own", "common"] = "own"
    per_s: Annotated[int, Field(ge=1)] | None = None

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
    """How requests are sent: by which `generator` (name and version), on connections that are kept or one for each, by HTTPS or
    in the clear, over a Unix socket or TCP, in which version of HTTP.
    """

    generator: str | None = None
    keep_alive: bool = True
    tls: bool = False
    unix: bool = False
    protocol: HttpVersion = "http/1.1"

    @property
    def in_words(self) -> list[str]:
        """What is not plain HTTP/1.1 on connections that stay: services answer that at another speed."""
        found = {
            "TLS": self.tls,
            "Unix socket": self.unix,
            "HTTP/2": self.protocol == "h2",
            "a connection for each request": not self.keep_alive,
        }
        return [words for words, is_so in found.items() if is_so]


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


def load_in_words(connections: int, rate: Rate | None) -> str:
    """A closed loop by its connections, an open one by its rate."""
    if rate is None:
        return f"{connections} connection" + ("" if connections == 1 else "s")
    return f"open loop at {rate.in_words}"


class RequestRecord(Strict):
    """What was asked: `kind` is the task's name for it. Secrets stand by their names."""

    kind: str
    method: str
    target: str
    headers: dict[str, str]
    body: str


class Share(Strict):
    """A kind of request of a mix, and its share of all requests."""

    request: RequestRecord
    share: float


class PairedRecord(Strict):
    """The paired trials of a workload as they were planned."""

    rounds: int
    warm_up_s: float
    load_s: float


class WorkloadRecord(Strict):
    """A workload as it was run: a closed loop, or an open one at a `rate`. `left_out` are contenders that the profile keeps
    from it.

    `label` tells what is asked, and how if that is not plain, from what else the task can be asked, briefly; `work` is None
    where the task cannot tell how much it is. `least_cpu_us` is what no right response takes less CPU time than, where the task
    says. `request` is the first kind of a `mix`.
    """

    title: str
    label: str
    request: RequestRecord
    parameters: dict[str, JsonValue]
    work: Work | None
    connections: int
    warm_up_s: float
    load_s: float
    rate: Rate | None = None
    paired_trials: PairedRecord | None = None
    left_out: list[str] = []
    mix: list[Share] = []
    sending: Sending = Sending()
    least_cpu_us: float | None = None
