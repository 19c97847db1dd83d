"""What was measured: contenders, their builds and their microbenchmarks."""

from loadgen.conformance.score import Score
from loadgen.record.lengths import BodyLengths
from loadgen.strict import Strict
from loadgen.task.work import Disassembly

DIGEST = "sha256:"
"""Begins what stands for the content of a file."""


class BuildRecord(Strict):
    """How an artefact was made. Times are wall seconds on the machine that built it, downloads excluded."""

    service: str
    """The service's name."""
    key: str
    """A digest of whatever can change the result: the build's folder in the cache."""
    built_at: str
    """When it was built (UTC)."""
    tools: dict[str, str]
    """The programs that it needs, with their versions."""
    clean_build_s: float
    """The time of a build from nothing, without downloads."""
    incremental_build_s: list[float]
    """The times of builds after a changed comment; empty where none was timed."""
    binary_bytes: int
    """The artefact's size."""
    environment: dict[str, str] = {}
    """The user's variables that can change what is built; empty on a machine as it was installed. No password, and no address
    where sources came from."""
    configuration: dict[str, str] = {}
    """Files that the tools read by themselves, each with a digest of what matters in it; settings of `go env -w`; versions of
    compilers that variables name."""
    resumed: bool = False
    """Whether it went on where an earlier build was interrupted: `clean_build_s` is then the time of the rest."""
    shares_cache: bool = False
    """Whether a tool kept what it compiled for other builds: `clean_build_s` is then not that of a build from nothing."""

    @property
    def untimed(self) -> str | None:
        """Return why `clean_build_s` is not the time of a build from nothing; None if it is."""
        if self.resumed:
            return "interrupted and gone on with"
        return "other builds' objects were there" if self.shares_cache else None

    @property
    def built_with(self) -> list[str]:
        """Return what was set for this build, and files that configured its tools; empty on a machine as it was installed."""
        settings = {**self.environment, **self.configuration}
        return [name if value.startswith(DIGEST) else f"{name}={value}" for name, value in settings.items()]


class ContenderRecord(Strict):
    """A contender as it was run, or the reason why it was not."""

    label: str
    """Its name in this run: SERVICE or SERVICE:VARIANT."""
    title: str
    """What tables show."""
    language: str
    """As the service says."""
    tier: str
    """The tier of its work."""
    control: bool = False
    """It is shown beside the services and not compared as one."""
    twin_of: str | None = None
    """Of an A/A control the label of its original."""
    build: BuildRecord | None
    """How it was built; null if it was not."""
    start_command: list[str]
    """How it was started."""
    environment: dict[str, str] = {}
    """The user's variables that it inherited and that can change what is measured: `LD_LIBRARY_PATH`, those of `inherit`."""
    deviations: dict[str, str]
    """The cases of the conformance suite that it fails, with the reason that its folder lists or with the evidence."""
    conformance: dict[str, Score] = {}
    """The score of each level of the conformance suite."""
    evidence: dict[str, str] = {}
    """Of each case of the level `http` that it fails what was expected and what came."""
    lengths: dict[str, BodyLengths] = {}
    """Those that bodies of right responses had while it was verified, by kind of request."""
    not_measured: str | None
    """In one line why it was not measured."""
    disassembly: Disassembly | None = None
    """The instructions that do the task's work, if the profile asks for them."""


class MicrobenchRecord(Strict):
    """A service's microbenchmarks as they were run, in one build of them, or the reason why not."""

    label: str
    """Its name in this run."""
    service: str
    """The service's name."""
    language: str
    """As the service says."""
    variant: str | None
    """The build variant; null for the whole of the benchmarks."""
    over: str | None
    """The build variant that it is compared with."""
    title: str
    """What tables show."""
    build: BuildRecord | None
    """How it was built; null if it was not."""
    commands: list[list[str]]
    """How its programs were called."""
    titles: dict[str, str]
    """What tables call its contenders."""
    tiers: dict[str, str]
    """The tiers of its contenders."""
    not_measured: str | None
    """In one line why it was not measured."""
