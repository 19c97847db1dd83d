"""What was measured: contenders, their builds and their microbenchmarks."""

from loadgen.conformance.score import Score
from loadgen.record.lengths import BodyLengths
from loadgen.strict import Strict
from loadgen.task.work import Disassembly

DIGEST = "sha256:"
"""Begins what stands for the content of a file."""


class BuildRecord(Strict):
    """How an artefact was made. Times are wall seconds on the machine that built it, downloads excluded.

    `environment` and `configuration` are what can change the result and was set there: variables, and the configuration of
    tools, by name, as text or digest. Where sources came from is in neither, nor is any password. A build that was `resumed`
    went on where an earlier one was interrupted: `clean_build_s` is then the time of the rest.
    """

    service: str
    key: str
    built_at: str
    tools: dict[str, str]
    clean_build_s: float
    incremental_build_s: list[float]
    binary_bytes: int
    environment: dict[str, str] = {}
    configuration: dict[str, str] = {}
    resumed: bool = False

    @property
    def built_with(self) -> list[str]:
        """Return what was set for this build, and files that configured its tools; empty on a machine as it was installed."""
        settings = {**self.environment, **self.configuration}
        return [name if value.startswith(DIGEST) else f"{name}={value}" for name, value in settings.items()]


class ContenderRecord(Strict):
    """A contender as it was run, or the reason why it was not (`not_measured`).

    `twin_of` names the contender that this one is once more, under another name: the A/A control, which is a control, too.
    `conformance` has the score of each level of the conformance suite, `deviations` the cases that it fails, each with the
    reason that its folder lists or with the evidence; `lengths` those that bodies of right responses had meanwhile, by kind of
    request. `disassembly` is there if the profile asked for it. `environment` is what it inherited that can change what is
    measured.
    """

    label: str
    title: str
    language: str
    tier: str
    control: bool = False
    twin_of: str | None = None
    build: BuildRecord | None
    start_command: list[str]
    environment: dict[str, str] = {}
    deviations: dict[str, str]
    conformance: dict[str, Score] = {}
    lengths: dict[str, BodyLengths] = {}
    not_measured: str | None
    disassembly: Disassembly | None = None


class MicrobenchRecord(Strict):
    """A service's microbenchmarks as they were run, in one build of them, or the reason why not (`not_measured`).

    `variant` names a build of what is served with other compilers or flags, `over` the build that it is set over; both are None
    for the whole of the benchmarks. `titles` and `tiers` belong to the names of contenders.
    """

    label: str
    service: str
    language: str
    variant: str | None
    over: str | None
    title: str
    build: BuildRecord | None
    commands: list[list[str]]
    titles: dict[str, str]
    tiers: dict[str, str]
    not_measured: str | None
