"""Criterion's files below CRITERION_HOME, versions 0.5 to 0.8: a folder for each benchmark, "new" in it for its last results.

A folder's name is made of the benchmark's id, shortened and without some characters; `benchmark.json` has the id whole. Within
one criterion_group! Criterion numbers folders of one name (src/report.rs, ensure_directory_name_unique), in the next it begins
again: the later benchmark replaces the earlier one, is compared with it, and leaves that comparison in the folder "change".
"""

import json
import math
from pathlib import Path
from typing import Any

from loadgen.errors import Error
from loadgen.microbench.output import Repetition, Results, summarised


def read_criterion(home: Path) -> Results:
    """Return the median of each benchmark below `home`, which no earlier program has written to.

    Raises Error for two benchmarks that share a folder or a name, and for a file that is not of this format.
    """
    repetitions: dict[str, list[Repetition]] = {}
    samples: dict[str, int] = {}
    for file in sorted(home.glob("**/new/estimates.json")):
        if (file.parents[1] / "change" / "estimates.json").exists():
            raise Error(
                f"two benchmarks were written to {file.parents[1].relative_to(home)} below CRITERION_HOME, the later over the "
                "earlier; expected ids of their own, no two with the same first 64 characters"
            )
        name, repetition, count = _read(file.parent)
        repetitions.setdefault(name, []).append(repetition)
        samples[name] = count
    results = summarised(repetitions, dict.fromkeys(repetitions, 1))
    timings = [timing.replace(repetitions=samples[timing.name]) for timing in results.timings]
    return Results(timings, results.skipped, {}, results.warnings)


def _read(folder: Path) -> tuple[str, Repetition, int]:
    """The id, the median with the iterations of all samples, and how many samples there are."""
    try:
        benchmark, estimates, sample = (_json(folder / f"{name}.json") for name in ("benchmark", "estimates", "sample"))
        median_ns = estimates["median"]["point_estimate"]
        iterations = round(math.fsum(sample["iters"]))
        repetition = Repetition(iterations, math.nan if median_ns is None else float(median_ns))
        return str(benchmark["full_id"]), repetition, len(sample["iters"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise Error(f"{folder}: not the results of a Criterion benchmark: {type(error).__name__}: {error}") from error


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
