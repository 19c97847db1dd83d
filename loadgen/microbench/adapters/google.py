"""Google Benchmark's JSON, versions 1.5 to 1.9 (docs/user_guide.md, "Output Formats"; src/json_reporter.cc).

Non-finite numbers are written as NaN and Infinity, names with control characters and bytes as they are, and user counters among
the reporter's own keys: a counter named "iterations" is a second key of that name. The reporter writes its own keys first.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from loadgen.errors import Error
from loadgen.microbench.output import Repetition, Results, summarised

_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_OWN = frozenset({"real_time", "cpu_time", "iterations", "repetitions", "repetition_index", "threads"}) | {
    "family_index",
    "per_family_instance_index",
}
_WARNING = "***WARNING***"

Entry = dict[str, Any]


def read_google_benchmark(text: str) -> Results:
    """Return the benchmarks in the JSON output; no output at all, as of a filter that selects nothing, is no benchmark.

    How many repetitions a benchmark has stands in its entries, since it may set a number of its own. Raises Error for what is
    not this format.
    """
    if not text.strip():
        return Results()
    try:
        report = json.loads(text, strict=False, object_pairs_hook=_first_of_each_key)
        return _results(report["benchmarks"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Error(f"the program's output is not Google Benchmark's JSON: {type(error).__name__}: {error}") from error


def _first_of_each_key(pairs: Sequence[tuple[str, Any]]) -> Entry:
    return dict(reversed(pairs))


def _results(entries: Sequence[Entry]) -> Results:
    repetition_entries: dict[str, list[Entry]] = {}
    medians: dict[str, Entry] = {}
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    for entry in entries:
        name = str(entry["run_name"])
        if entry["run_type"] == "aggregate":
            if entry["aggregate_name"] == "median":
                medians[name] = entry
        elif entry.get("error_occurred") is True:
            failed[name] = str(entry.get("error_message") or "no message")
        elif entry.get("skipped") is True:
            skipped[name] = str(entry.get("skip_message") or "no message")
        else:
            repetition_entries.setdefault(name, []).append(entry)
    skipped = {name: reason for name, reason in skipped.items() if name not in failed}
    repetition_entries = {name: of for name, of in repetition_entries.items() if name not in failed and name not in skipped}
    repeated = {name: [_repetition(entry) for entry in of] for name, of in repetition_entries.items()}
    expected = {name: int(of[0].get("repetitions", 1)) for name, of in repetition_entries.items()}
    for name in medians.keys() - repetition_entries.keys() - failed.keys() - skipped.keys():
        repeated[name], expected[name] = _of_median(medians[name])
    results = summarised(repeated, expected)
    return Results(results.timings, results.skipped | skipped, failed, results.warnings)


def _of_median(entry: Entry) -> tuple[list[Repetition], int]:
    """A benchmark that is set to report aggregates only: their number is known, their iterations are not."""
    count = int(entry["repetitions"])
    return [replace(_repetition(entry), iterations=0)] * count, count


def _repetition(entry: Entry) -> Repetition:
    scale = _NS[entry["time_unit"]]
    counters = {key: float(value) for key, value in entry.items() if _is_number(value) and key not in _OWN}
    return Repetition(int(entry["iterations"]), entry["real_time"] * scale, entry["cpu_time"] * scale, counters)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def warnings_in(text: str) -> list[str]:
    """Return Google Benchmark's warnings (frequency scaling, ASLR, a debug build), without their stars."""
    return [line.replace(_WARNING, "").strip() for line in text.splitlines() if _WARNING in line]
