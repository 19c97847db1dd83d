"""A service's microbenchmarks: built, verified, and run as trials. One process of its tool is one trial."""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import TimeoutExpired

from loadgen import benchmark_output as output
from loadgen.begun import begun
from loadgen.build import Built, Order, Say, build_order
from loadgen.process import spawn, stopped_at_end
from loadgen.record import MicrobenchRecord, Timing, Trial
from loadgen.schedule import Slot
from loadgen.service import Build, BuildVariant, Contender, Microbench, Service
from loadgen.start import ending
from loadgen.trouble import Trouble, Unavailable

REPETITIONS = 3
"""In one process; interleaved by the tool where it can. Their median is the process's value."""
SHORTEST_S = 0.001
"""For the run that only verifies: each benchmark at least once."""
GRACE_S = 120.0
"""A program that takes so much longer than expected hangs."""


@dataclass(frozen=True)
class Bench:
    """One build of a service's microbenchmarks. `label` is unique within a run; `benchmarks` are the names that it has.

    A variant whose compiler is not there (`tool_missing`) is left out; that is no fault of the run.
    """

    label: str
    service: Service
    variant_name: str | None
    built: Built | None
    benchmarks: list[str] = field(default_factory=list)
    fastest_s: float = 0.0
    not_measured: str | None = None
    tool_missing: bool = False

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
    def fault(self) -> str | None:
        """Why the run is not whole without it, or None."""
        return None if self.variant is not None and self.tool_missing else self.not_measured

    @property
    def filter(self) -> str:
        """Which benchmarks are run: all of them in the build that is served."""
        return self.plan.variant_filter if self.variant else ""

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
            commands=_commands(self.plan, Path(), self.filter, 1.0, Path()),
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


def prepare_bench(bench: Bench, cases: Path, cores: Sequence[int], say: Say) -> Bench:
    """Build it and run every benchmark once, which verifies the contenders; `not_measured` says what went wrong.

    A contender that gives a wrong answer is not "not measured": it raises Trouble with its name.
    """
    try:
        built = build_order(Order(_build_name(bench), bench.service.folder, _build_plan(bench)), say=say)
    except Trouble as trouble:
        return replace(bench, not_measured=str(trouble), tool_missing=isinstance(trouble, Unavailable))
    ready = replace(bench, built=built)
    begin = time.monotonic()
    timings, _ = run_programs(ready, SHORTEST_S, cases, cores)
    names = [f"{one.scenario}/{one.contender}/{one.case}" for one in timings]
    return replace(ready, benchmarks=names, fastest_s=time.monotonic() - begin)


def _build_name(bench: Bench) -> str:
    return f"{bench.service.name}-microbench{'-' + bench.variant_name if bench.variant_name else ''}"


def _build_plan(bench: Bench) -> Build:
    """The build with the variant's arguments in place of "{arguments}", or with its commands in place of all."""
    plan, variant = bench.plan.build, bench.variant
    arguments = variant.arguments if variant else []
    commands = (variant.commands if variant else []) or plan.commands
    filled = [[part for given in one for part in (arguments if given == "{arguments}" else [given])] for one in commands]
    needs = variant.needs if variant and variant.needs else plan.needs
    return plan.model_copy(update={"commands": filled, "needs": needs})


def run_bench_trial(bench: Bench, slot: Slot, min_time_s: float, cases: Path, cores: Sequence[int]) -> Trial:
    """One process of each of its programs, once through all benchmarks. What goes wrong is the trial's `failure`."""
    begin = time.monotonic()
    trial = begun(slot)
    try:
        timings, warnings = run_programs(bench, min_time_s, cases, cores)
    except Trouble as trouble:
        return trial.model_copy(update={"failure": str(trouble)})
    return trial.model_copy(update={"timings": timings, "warnings": warnings, "overhead_s": time.monotonic() - begin})


def run_programs(bench: Bench, min_time_s: float, cases: Path, cores: Sequence[int]) -> tuple[list[Timing], list[str]]:
    """Run them one after the other, pinned to `cores`: timings, and warnings that they printed.

    Raises Trouble with what they said if one fails.
    """
    assert bench.built is not None
    timings: list[Timing] = []
    warnings: list[str] = []
    with tempfile.TemporaryDirectory(prefix="primebench-") as scratch_name:
        scratch = Path(scratch_name)
        home = bench.built.artefact.parent
        environment = os.environ | {"PRIMEBENCH_CASES": str(cases), "CRITERION_HOME": str(scratch / "criterion")}
        for command in _commands(bench.plan, home, bench.filter, min_time_s, scratch):
            printed = scratch / "printed"
            with printed.open("wb") as stdout:
                process = spawn(command, cores=cores, environment=environment, stdout=stdout, stderr=stdout, cwd=scratch)
                with stopped_at_end(process):
                    _wait(bench, process.wait, bench.expected_s(min_time_s) + GRACE_S)
            text = printed.read_text(errors="replace")
            if process.returncode != 0:
                said = "; ".join(output.faults_in(text)) or "it said nothing"
                raise Trouble(f"{bench.label}: microbenchmarks: {ending(process.returncode)}: {said}")
            timings += _read(bench, scratch, text)
            warnings += output.warnings_in(text)
        if bench.plan.format == "criterion":
            timings += output.read_criterion(scratch / "criterion")
    if not timings:
        raise Trouble(f"{bench.label}: microbenchmarks: the programs ran, but reported no benchmark")
    return timings, warnings


def _wait(bench: Bench, wait: Callable[[float], int], seconds: float) -> None:
    try:
        wait(seconds)
    except TimeoutExpired as late:
        raise Trouble(f"{bench.label}: microbenchmarks: did not end within {seconds:.0f} s") from late


def _read(bench: Bench, scratch: Path, text: str) -> list[Timing]:
    if bench.plan.format == "google-benchmark":
        return output.read_google_benchmark((scratch / "out.json").read_text())
    return output.read_go(text) if bench.plan.format == "go" else []


def _commands(plan: Microbench, folder: Path, wanted: str, min_time_s: float, scratch: Path) -> list[list[str]]:
    """The command line of each program: every benchmark once through, `wanted` a regular expression or empty for all."""
    flags = {
        "google-benchmark": [
            f"--benchmark_filter={wanted or '.'}",
            f"--benchmark_min_time={min_time_s:g}",
            f"--benchmark_repetitions={REPETITIONS}",
            "--benchmark_enable_random_interleaving=true",
            f"--benchmark_out={scratch / 'out.json'}",
            "--benchmark_out_format=json",
        ],
        "go": [
            "-test.run=^$",
            f"-test.bench={wanted or '.'}",
            f"-test.benchtime={min_time_s:g}s",
            f"-test.count={REPETITIONS}",
            "-test.benchmem",
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
    }[plan.format]
    return [[str(folder / program), *flags] for program in plan.programs]
