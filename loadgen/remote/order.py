"""What a generator's host is asked to do, and what it answers. Sent between processes of one release."""

from dataclasses import dataclass
from typing import NamedTuple

from loadgen.config.scenarios import GeneratorName
from loadgen.generator.generator import Report
from loadgen.record.generators import GeneratorRecord
from loadgen.record.trial import Answers
from loadgen.record.workload import Sending
from loadgen.system.connect import Address
from loadgen.task.task import Asked


class Requests(NamedTuple):
    """The requests of a load: what is asked, drawn by which seed, and about how many are sent."""

    asked: Asked
    seed: int
    block: int
    expected: float


@dataclass(frozen=True)
class LoadOrder:
    """A host's part of a load. `generator` is the name of the kind (oha, native); `begin_s` the common start by the monotonic
    clock that is told at `clock`; `window` the measured one, in seconds from there. One of the hosts also probes.
    """

    label: str
    number: int
    of: int
    generator: GeneratorName
    requests: Requests
    address: Address
    connections: int
    rate_per_s: int | None
    sending: Sending
    window: tuple[float, float]
    clock: tuple[str, int]
    begin_s: float
    probes: bool = False


class Probed(NamedTuple):
    """What the probe client saw, and when each of its answers came, in seconds from the common start."""

    answers: Answers
    ended_s: list[float]


class PartDone(NamedTuple):
    """What became of a host's part. Its report's `began_s` is in seconds from the common start."""

    report: Report
    record: GeneratorRecord
    probed: Probed | None
