"""Building and running the microbenchmarks: Google Benchmark's own program on a core of its own."""

from collections.abc import Callable, Sequence
from pathlib import Path

from loadgen.build import tool_version
from loadgen.build_step import run_build_step
from loadgen.machine import choose_cores, usable_cores
from loadgen.process import spawn, stopped_at_end
from loadgen.start import ending
from loadgen.trouble import Trouble

PRESET = "release"
TARGET = "primebench_microbench"
DEFAULTS = (
    "--benchmark_repetitions=9",
    "--benchmark_min_time=0.05",
    "--benchmark_enable_random_interleaving=true",
    "--benchmark_display_aggregates_only=true",
)
"""Repetitions are interleaved, so that the machine's drift meets every benchmark alike; the caller's flags override these."""


def run_microbenchmarks(checkout: Path, arguments: Sequence[str], say: Callable[[str], None]) -> None:
    """Build the benchmarks with the release preset and run them pinned; raise Trouble if either fails."""
    program = _built(checkout, say)
    cores = choose_cores(usable_cores(), 1, pinned=True)
    process = spawn([str(program), *DEFAULTS, *arguments], cores=cores.server, stdout=None, stderr=None)
    with stopped_at_end(process):
        code = process.wait()
    if code != 0:
        raise Trouble(f"microbenchmarks failed ({ending(code)}); what went wrong is above")


def _built(checkout: Path, say: Callable[[str], None]) -> Path:
    for tool in ("cmake", "c++"):
        tool_version(tool)
    folder = checkout / "build" / PRESET
    folder.mkdir(parents=True, exist_ok=True)
    say("building the microbenchmarks")
    for command in (
        ["cmake", "--preset", PRESET],
        ["cmake", "--build", "--preset", PRESET, "--parallel", "2", "--target", TARGET],
    ):
        run_build_step(command, name="microbench", cwd=checkout, log=folder / "microbench-build.log")
    return folder / "microbench" / "primebench-microbench"
