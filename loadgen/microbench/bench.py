"""A service's microbenchmarks in one build, and building and verifying them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.build.build import Built
from loadgen.config.microbench import BuildVariant, Microbench
from loadgen.config.service import Contender, Service
from loadgen.errors import Error
from loadgen.record.contender import MicrobenchRecord


class NoBenchmarkError(Error):
    """The programs ran, and reported no benchmark."""


@dataclass(frozen=True)
class Bench:
    """One build of a service's microbenchmarks. `label` is unique within a run; `benchmarks` are the names that it times.

    Those in `skipped` and `failed` (name -> reason) were not timed when it was verified. Its programs may use so many
    `processors`.

    A variant whose compiler is not there (`tool_missing`) is left out; that is no fault of the run. `only` is a
    regular expression for the benchmarks to run, `environment` is added to that of its programs.
    """

    label: str
    service: Service
    variant_name: str | None
    built: Built | None
    benchmarks: list[str] = field(default_factory=list)
    skipped: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    processors: int = 1
    fastest_s: float = 0.0
    not_measured: str | None = None
    tool_missing: bool = False
    only: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Microbench:
        """The service's own words on its microbenchmarks."""
        assert self.service.file.microbench is not None
        return self.service.file.microbench

    @property
    def variant(self) -> BuildVariant | None:
        """The other compiler or flags, or None for the build that is served."""
        return None if self.variant_name is None else self.plan.variants[self.variant_name]

    @property
    def tells_cpu_time(self) -> bool:
        """Whether its tool tells the CPU time of a benchmark, so that something else may run beside it."""
        return self.plan.format == "google-benchmark"

    @property
    def fault(self) -> str | None:
        """Why the run is not whole without it, or None."""
        return None if self.variant is not None and self.tool_missing else self.not_measured

    @property
    def filter(self) -> str:
        """Which benchmarks are run, a regular expression: if nothing else is said, all of the build that is served."""
        return self.only or (self.plan.variant_filter if self.variant else "")

    def expected_s(self, min_time_s: float) -> float:
        """About how long one trial takes: tools need once more the least time to find their number of iterations."""
        return self.fastest_s + (REPETITIONS + 1) * min_time_s * len(self.benchmarks)

    def record(self) -> MicrobenchRecord:
        """What run.json keeps."""
        return MicrobenchRecord(
            label=self.label,
            service=self.service.name,
            language=self.service.file.language,
            variant=self.variant_name,
            over=f"{self.service.name}+{self.plan.variant_base}" if self.variant else None,
            title=self.variant.title if self.variant else f"{self.service.file.language} · as served",
            build=self.built.record if self.built else None,
            commands=_commands(self, Path(), 1.0),
            titles=self.plan.titles,
            tiers=dict(self.plan.tiers),
            not_measured=self.not_measured,
        )


def benches_of(contenders: Sequence[Contender], *, variants: bool) -> list[Bench]:
    """The microbenchmarks of the contenders' services, unbuilt; with `variants` those of other compilers and flags too."""
    services = {contender.service.name: contender.service for contender in contenders if contender.service.file.microbench}
    benches = []
    for service in services.values():
        benches.append(Bench(service.name, service, None, None))
        assert service.file.microbench is not None
        names = service.file.microbench.variants if variants else {}
        benches += [Bench(f"{service.name}+{name}", service, name, None) for name in names]
    return benches


OUT = "out.json"
REPETITIONS = 3
"""In one process; interleaved by the tool where it can. Their median is the process's value."""


SHORTEST_S = 0.001
"""For the run that only verifies: each benchmark at least once."""


def _commands(bench: Bench, folder: Path, min_time_s: float, *, shuffled: bool = True) -> list[list[str]]:
    """The command line of each program in `folder`, for once through all benchmarks that the bench's filter selects."""
    wanted = bench.filter
    flags = {
        "google-benchmark": [
            f"--benchmark_filter={wanted or '.'}",
            f"--benchmark_min_time={min_time_s:g}",
            f"--benchmark_repetitions={REPETITIONS}",
            f"--benchmark_enable_random_interleaving={str(shuffled).lower()}",
            f"--benchmark_out={OUT}",
            "--benchmark_out_format=json",
        ],
        "go": [
            "-test.run=^$",
            f"-test.bench={wanted or '.'}",
            f"-test.benchtime={min_time_s:g}s",
            f"-test.count={REPETITIONS}",
            f"-test.cpu={bench.processors}",
            "-test.benchmem",
            "-test.v",
        ],
        "criterion": [
            "--bench",
            "--noplot",
            *("--warm-up-time", f"{min_time_s / 2:g}"),
            *("--measurement-time", f"{min_time_s:g}"),
            *("--sample-size", "10"),
            *("--nresamples", "1000"),
            *([wanted] if wanted else []),
        ],
    }[bench.plan.format]
    return [[str(folder / program), *flags] for program in bench.plan.programs]
