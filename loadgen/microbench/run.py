"""A service's microbenchmarks: built, verified, and run as trials. One process of its tool is one trial."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from loadgen.build.toolchain import programs_of
from loadgen.errors import Error
from loadgen.microbench.adapters.criterion import read_criterion
from loadgen.microbench.adapters.go import read_go
from loadgen.microbench.adapters.google import read_google_benchmark, warnings_in
from loadgen.microbench.bench import OUT, REPETITIONS, Bench, NoBenchmarkError, _commands
from loadgen.microbench.output import Results, faults_in, merged
from loadgen.record.trial import BenchmarkTrial
from loadgen.system.environment import service_environment
from loadgen.system.process import ending, spawned
from loadgen.system.scratch import scratch_folder
from loadgen.trial.new_trial import new_trial
from loadgen.trial.slot import Slot

GRACE_S = 120.0
"""A program that takes so much longer than expected hangs."""
CRITERION, PRINTED, ERRORS = "criterion", "stdout", "stderr"
"""What a program writes in a folder of its own, where it runs: plain names, for a tool might make more of a path."""


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
        results_by_bench = run_together(benches, min_time_s, cases, cores)
    except Error as error:
        return [trial.replace(failure=str(error)) for trial in trials]
    overhead_s = time.monotonic() - begin
    return [
        trial.replace(
            timings=results.timings,
            skipped=results.skipped,
            failed=results.failed,
            warnings=results.warnings,
            overhead_s=overhead_s,
        )
        for trial, results in zip(trials, results_by_bench, strict=True)
    ]


def run_programs(bench: Bench, min_time_s: float, cases: Path, cores: Sequence[int]) -> Results:
    """Run its programs one after the other, pinned to `cores`, and return what they report.

    Raises Error with what a program printed if it fails, NoBenchmarkError if all of them have none.
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
            for bench, command, folder, results in zip(benches, step, places, whole, strict=True):
                results[Path(command[0]).name] = _read(bench, Path(command[0]).name, folder)
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
            running.enter_context(_started(command, folder, environment_of(bench, cases), cores))
            for bench, command, folder in zip(benches, commands, places, strict=True)
        ]
        for bench, process in zip(benches, processes, strict=True):
            _wait(bench, process.wait, len(benches) * bench.expected_s(min_time_s) + GRACE_S)
    for bench, process, folder in zip(benches, processes, places, strict=True):
        if process.returncode != 0:
            raise Error(f"{bench.label}: microbenchmarks: {ending(process.returncode)}: {_last_words(folder)}")


def _of_all_programs(bench: Bench, programs: Mapping[str, Results]) -> Results:
    try:
        results = merged(programs)
    except Error as error:
        raise Error(f"{bench.label}: microbenchmarks: {error}") from error
    if not results.names:
        selected = f" that matches {bench.filter}" if bench.filter else ""
        raise NoBenchmarkError(f"{bench.label}: microbenchmarks: the programs ran, but reported no benchmark{selected}")
    return results


def _home(bench: Bench) -> Path:
    assert bench.built is not None
    return bench.built.artefact.parent


def environment_of(bench: Bench, cases: Path) -> dict[str, str]:
    """Return the environment of its programs: tools obey variables, too, and BENCHMARK_FILTER would leave benchmarks out."""
    own = {"PRIMEBENCH_CASES": str(cases), "CRITERION_HOME": CRITERION}
    return {**service_environment(programs_of(bench.plan.build), bench.plan.inherit), **bench.environment, **own}


@contextmanager
def _started(
    command: list[str], folder: Path, environment: Mapping[str, str], cores: Sequence[int]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that runs in `folder`, with what it prints on stdout and stderr in a file each."""
    with (
        (folder / PRINTED).open("wb") as printed,
        (folder / ERRORS).open("wb") as errors,
        spawned(command, cores=cores, environment=environment, stdout=printed, stderr=errors, cwd=folder) as process,
    ):
        yield process


def _wait(bench: Bench, wait: Callable[[float], int], seconds: float) -> None:
    try:
        wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise Error(f"{bench.label}: microbenchmarks: did not end within {seconds:.0f} s") from late


def _read(bench: Bench, program: str, folder: Path) -> Results:
    """What a program that has ended well reports; Error says which could not be read. Google Benchmark makes its file before it
    looks what a filter selects: where none is, the program is another tool's, or does not hand on its arguments.
    """
    try:
        if bench.plan.format == "go":
            return read_go(_text(folder, PRINTED), bench.processors, REPETITIONS, bench.filter, bench.plan.scenarios)
        if bench.plan.format == "criterion":
            return read_criterion(folder / CRITERION)
        if not (folder / OUT).exists():
            raise Error(
                f"{program} left no file by --benchmark_out={OUT}; expected Google Benchmark's JSON there, and its arguments "
                f"handed to benchmark::Initialize: {_last_words(folder)}"
            )
        results = read_google_benchmark(_text(folder, OUT))
        return replace(results, warnings=[*warnings_in(_text(folder, ERRORS)), *results.warnings])
    except Error as error:
        raise Error(f"{bench.label}: microbenchmarks: {error}") from error


def _last_words(folder: Path) -> str:
    """What a program that ran there printed about a fault, or at last."""
    return "; ".join(faults_in(_text(folder, PRINTED) + "\n" + _text(folder, ERRORS))) or "it printed nothing"


def _text(folder: Path, name: str) -> str:
    """What a program wrote there, nothing if it did not; bytes that are no UTF-8 are replaced."""
    path = folder / name
    return path.read_bytes().decode(errors="replace") if path.exists() else ""
