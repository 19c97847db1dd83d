"""A service's microbenchmarks: built, verified, and run as trials. One process of its tool is one trial."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadgen.build.build import Built, Order, Say, build_order
from loadgen.build.toolchain import programs_of
from loadgen.config.service import Build, BuildVariant, Contender, Microbench, Service
from loadgen.errors import Trouble, Unavailable
from loadgen.machine.topology import usable_cores
from loadgen.microbench.adapters.criterion import read_criterion
from loadgen.microbench.adapters.go import read_go
from loadgen.microbench.adapters.google import read_google_benchmark, warnings_in
from loadgen.microbench.output import Results, faults_in, merged
from loadgen.record.contender import MicrobenchRecord
from loadgen.record.trial import BenchmarkTrial
from loadgen.system.environment import service_environment
from loadgen.system.process import ending, spawned
from loadgen.system.scratch import scratch_folder
from loadgen.trial.new_trial import new_trial
from loadgen.trial.slot import Slot

REPETITIONS = 3
"""In one process; interleaved by the tool where it can. Their median is the process's value."""
SHORTEST_S = 0.001
"""For the run that only verifies: each benchmark at least once."""
GRACE_S = 120.0
"""A program that takes so much longer than expected hangs."""
OUT, CRITERION, PRINTED, ERRORS = "out.json", "criterion", "stdout", "stderr"
"""What a program writes in a folder of its own, where it runs: plain names, for a tool might make more of a path."""


class NoBenchmark(Trouble):
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
    services = {one.service.name: one.service for one in contenders if one.service.file.microbench}
    benches = []
    for service in services.values():
        benches.append(Bench(service.name, service, None, None))
        assert service.file.microbench is not None
        names = service.file.microbench.variants if variants else {}
        benches += [Bench(f"{service.name}+{name}", service, name, None) for name in names]
    return benches


def prepare_bench(
    bench: Bench, cases: Path, cores: Sequence[int], say: Say, planned: Callable[[Build], Build] = lambda plan: plan
) -> Bench:
    """Build it and run every benchmark once, which verifies the contenders; `not_measured` says what went wrong.

    `planned` may change the build's plan. A contender that gives a wrong answer is not "not measured": it raises Trouble with
    its name. Raises NoBenchmark if it has none.
    """
    try:
        built = build_order(Order(_build_name(bench), bench.service.folder, planned(_build_plan(bench))), say=say)
    except Trouble as trouble:
        return replace(bench, not_measured=str(trouble), tool_missing=isinstance(trouble, Unavailable))
    ready = replace(bench, built=built, processors=len(cores) or len(usable_cores()))
    begin = time.monotonic()
    results = run_programs(ready, SHORTEST_S, cases, cores)
    return replace(
        ready,
        benchmarks=[timing.name for timing in results.timings],
        skipped=results.skipped,
        failed=results.failed,
        fastest_s=time.monotonic() - begin,
    )


def _build_name(bench: Bench) -> str:
    return f"{bench.service.name}-microbench{'-' + bench.variant_name if bench.variant_name else ''}"


def _build_plan(bench: Bench) -> Build:
    """The build with the variant's arguments in place of "{arguments}", or with its commands in place of all."""
    plan, variant = bench.plan.build, bench.variant
    arguments = variant.arguments if variant else []
    commands = (variant.commands if variant else []) or plan.commands
    filled = [[part for given in one for part in (arguments if given == "{arguments}" else [given])] for one in commands]
    needs = variant.needs if variant and variant.needs else plan.needs
    return plan.replace(commands=filled, needs=needs)


def run_bench_trial(bench: Bench, slot: Slot, min_time_s: float, cases: Path, cores: Sequence[int]) -> BenchmarkTrial:
    """One process of each of its programs, once through all benchmarks. What goes wrong is the trial's `failure`."""
    return run_bench_trials([bench], [slot], min_time_s, cases, cores)[0]


def run_bench_trials(
    benches: Sequence[Bench], slots: Sequence[Slot], min_time_s: float, cases: Path, cores: Sequence[int]
) -> list[BenchmarkTrial]:
    """A trial of each, at the same time on the same cores. What goes wrong with one is the failure of all."""
    begin = time.monotonic()
    trials = [new_trial(BenchmarkTrial, slot) for slot in slots]
    try:
        found = run_together(benches, min_time_s, cases, cores)
    except Trouble as trouble:
        return [trial.replace(failure=str(trouble)) for trial in trials]
    overhead_s = time.monotonic() - begin
    return [
        trial.replace(
            timings=results.timings,
            skipped=results.skipped,
            failed=results.failed,
            warnings=results.warnings,
            overhead_s=overhead_s,
        )
        for trial, results in zip(trials, found, strict=True)
    ]


def run_programs(bench: Bench, min_time_s: float, cases: Path, cores: Sequence[int]) -> Results:
    """Run its programs one after the other, pinned to `cores`, and return what they report.

    Raises Trouble with what a program printed if it fails, NoBenchmark if all of them have none.
    """
    return run_together([bench], min_time_s, cases, cores)[0]


def run_together(benches: Sequence[Bench], min_time_s: float, cases: Path, cores: Sequence[int]) -> list[Results]:
    """As `run_programs`, of several at the same time: their first programs beside each other, then their second ones.

    Benchmarks of fixed duration in a fixed order keep step with each other, which shuffled ones would not.
    """
    whole: list[dict[str, Results]] = [{} for _ in benches]
    commands = [_commands(bench, _home(bench), min_time_s, shuffled=len(benches) == 1) for bench in benches]
    for step in zip(*commands, strict=True):
        with ExitStack() as stack:
            places = [stack.enter_context(scratch_folder()) for _ in benches]
            _run_step(benches, step, places, min_time_s, cases, cores)
            for bench, command, place, results in zip(benches, step, places, whole, strict=True):
                results[Path(command[0]).name] = _read(bench, place)
    return [_of_all_programs(bench, results) for bench, results in zip(benches, whole, strict=True)]


def _run_step(
    benches: Sequence[Bench],
    commands: Sequence[list[str]],
    places: Sequence[Path],
    min_time_s: float,
    cases: Path,
    cores: Sequence[int],
) -> None:
    """Run one program of each bench, all at once, each in its place."""
    with ExitStack() as running:
        processes = [
            running.enter_context(_started(command, place, _environment(bench, cases), cores))
            for bench, command, place in zip(benches, commands, places, strict=True)
        ]
        for bench, process in zip(benches, processes, strict=True):
            _wait(bench, process.wait, len(benches) * bench.expected_s(min_time_s) + GRACE_S)
    for bench, process, place in zip(benches, processes, places, strict=True):
        if process.returncode != 0:
            printed = "; ".join(faults_in(_text(place, PRINTED) + "\n" + _text(place, ERRORS))) or "it printed nothing"
            raise Trouble(f"{bench.label}: microbenchmarks: {ending(process.returncode)}: {printed}")


def _of_all_programs(bench: Bench, programs: Mapping[str, Results]) -> Results:
    try:
        results = merged(programs)
    except Trouble as trouble:
        raise Trouble(f"{bench.label}: microbenchmarks: {trouble}") from trouble
    if not results.names:
        selected = f" that matches {bench.filter}" if bench.filter else ""
        raise NoBenchmark(f"{bench.label}: microbenchmarks: the programs ran, but reported no benchmark{selected}")
    return results


def _home(bench: Bench) -> Path:
    assert bench.built is not None
    return bench.built.artefact.parent


def _environment(bench: Bench, cases: Path) -> dict[str, str]:
    """Benchmark tools obey variables, too: BENCHMARK_FILTER would leave benchmarks out."""
    own = {"PRIMEBENCH_CASES": str(cases), "CRITERION_HOME": CRITERION}
    return {**service_environment(programs_of(bench.plan.build), bench.plan.inherit), **bench.environment, **own}


@contextmanager
def _started(
    command: list[str], place: Path, environment: Mapping[str, str], cores: Sequence[int]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that runs in `place`, with what it prints on stdout and stderr in a file each."""
    with (
        (place / PRINTED).open("wb") as printed,
        (place / ERRORS).open("wb") as errors,
        spawned(command, cores=cores, environment=environment, stdout=printed, stderr=errors, cwd=place) as process,
    ):
        yield process


def _wait(bench: Bench, wait: Callable[[float], int], seconds: float) -> None:
    try:
        wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise Trouble(f"{bench.label}: microbenchmarks: did not end within {seconds:.0f} s") from late


def _read(bench: Bench, place: Path) -> Results:
    try:
        if bench.plan.format == "go":
            return read_go(_text(place, PRINTED), bench.processors, REPETITIONS, bench.filter, bench.plan.scenarios)
        if bench.plan.format == "criterion":
            return read_criterion(place / CRITERION)
        results = read_google_benchmark(_text(place, OUT))
        return replace(results, warnings=[*warnings_in(_text(place, ERRORS)), *results.warnings])
    except Trouble as trouble:
        raise Trouble(f"{bench.label}: microbenchmarks: {trouble}") from trouble


def _text(place: Path, name: str) -> str:
    """What a program wrote there, nothing if it did not; bytes that are no UTF-8 are replaced."""
    path = place / name
    return path.read_bytes().decode(errors="replace") if path.exists() else ""


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
