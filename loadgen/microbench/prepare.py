"""Building and verifying a service's microbenchmarks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loadgen.build.build import Order, Say, build_order
from loadgen.config.build import Build
from loadgen.errors import Error, UnavailableError
from loadgen.machine.topology import usable_cores
from loadgen.microbench.bench import SHORTEST_S, Bench
from loadgen.microbench.run import run_programs


def prepare_bench(
    bench: Bench, cases: Path, cores: Sequence[int], say: Say, planned: Callable[[Build], Build] = lambda plan: plan
) -> Bench:
    """Build it and run every benchmark once, which verifies the contenders; `not_measured` says what went wrong.

    `planned` may change the build's plan. A contender that gives a wrong answer is not "not measured": it raises Error with
    its name. Raises NoBenchmarkError if it has none.
    """
    try:
        built = build_order(
            Order(_build_name(bench), bench.service.folder, planned(bench.plan.build.other(bench.variant))), say=say
        )
    except Error as error:
        return replace(bench, not_measured=str(error), tool_missing=isinstance(error, UnavailableError))
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
