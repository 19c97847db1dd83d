"""What benchmark tools print, as timings: Google Benchmark's JSON, Go's text, Criterion's files (read from their folder).

Formats: Google Benchmark docs/user_guide.md ("Output formats"); Go proposal 14313 (benchmark data format); Criterion writes
`benchmark.json` and `estimates.json` for each benchmark below CRITERION_HOME.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from loadgen.record import Timing
from loadgen.trouble import Trouble

_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_GOOGLE_OWN = frozenset({"real_time", "cpu_time", "iterations", "repetitions", "repetition_index", "threads"}) | {
    "family_index",
    "per_family_instance_index",
}
_GO_LINE = re.compile(r"^Benchmark(\S+?)(?:-\d+)?\s+(\d+)\s+(.+)$")
_GO_UNITS = {"B/op": "allocated_bytes", "allocs/op": "allocations"}
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def split_name(name: str) -> tuple[str, str, str]:
    """scenario, contender and case of `scenario/contender/case`; raise Trouble if it is not of that form."""
    parts = name.split("/")
    if len(parts) != 3 or not all(parts):
        raise Trouble(f"benchmark '{name}': expected a name of the form scenario/contender/case")
    return parts[0], parts[1], parts[2]


def read_google_benchmark(text: str) -> list[Timing]:
    """The benchmarks in Google Benchmark's JSON output; aggregates are passed over, an error raises Trouble."""
    timings = []
    try:
        benchmarks = json.loads(text)["benchmarks"]
    except (ValueError, KeyError) as error:
        raise Trouble("no benchmark in the program's output: is there one of the names that are asked for?") from error
    for one in benchmarks:
        if one.get("error_occurred"):
            raise Trouble(f"{one['name']}: {one['error_message']}")
        if one.get("run_type") != "iteration":
            continue
        counters = {name: float(value) for name, value in one.items() if _is_number(value) and name not in _GOOGLE_OWN}
        time_ns = one["real_time"] * _NS[one["time_unit"]]
        timing = _timing(one["run_name"], one["iterations"], time_ns, counters)
        timings.append(timing.model_copy(update={"cpu_ns": one["cpu_time"] * _NS[one["time_unit"]]}))
    return _medians(timings)


def _timing(name: str, iterations: int, time_ns: float, counters: dict[str, float], repetitions: int = 1) -> Timing:
    scenario, contender, case = split_name(name)
    return Timing(
        scenario=scenario,
        contender=contender,
        case=case,
        iterations=iterations,
        repetitions=repetitions,
        time_ns=time_ns,
        counters=counters,
    )


def _medians(repetitions: Sequence[Timing]) -> list[Timing]:
    """One timing a benchmark: the median of its repetitions, which a moment that something else took does not move."""
    found: dict[tuple[str, str, str], list[Timing]] = {}
    for one in repetitions:
        found.setdefault((one.scenario, one.contender, one.case), []).append(one)
    return [_median(each) for each in found.values()]


def _median(repetitions: Sequence[Timing]) -> Timing:
    cpu_ns = [one.cpu_ns for one in repetitions if one.cpu_ns is not None]
    return repetitions[0].model_copy(
        update={
            "repetitions": len(repetitions),
            "time_ns": median(one.time_ns for one in repetitions),
            "cpu_ns": median(cpu_ns) if cpu_ns else None,
        }
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_go(text: str) -> list[Timing]:
    """The result lines of `go test -bench`: BenchmarkJSONDecode/served/article is json_decode/served/article."""
    timings = []
    for line in text.splitlines():
        found = _GO_LINE.match(line)
        if not found:
            continue
        name, iterations, rest = found.groups()
        fields = rest.split()
        values = {unit: float(value) for value, unit in zip(fields[::2], fields[1::2], strict=True)}
        function, _, parts = name.partition("/")
        counters = {_GO_UNITS[unit]: value for unit, value in values.items() if unit in _GO_UNITS}
        timings.append(_timing(f"{_snake(function)}/{parts}", int(iterations), values["ns/op"], counters))
    return _medians(timings)


def _snake(name: str) -> str:
    return "_".join(word.lower() for word in _WORDS.findall(name))


def read_criterion(home: Path) -> list[Timing]:
    """The median of each benchmark below Criterion's folder `home`, with the iterations of all its samples."""
    return [_criterion_timing(place.parent) for place in sorted(home.glob("**/new/estimates.json"))]


def _criterion_timing(folder: Path) -> Timing:
    named: dict[str, Any] = json.loads((folder / "benchmark.json").read_text())
    estimates: dict[str, Any] = json.loads((folder / "estimates.json").read_text())
    sample: dict[str, Any] = json.loads((folder / "sample.json").read_text())
    iterations = round(sum(sample["iters"]))
    return _timing(named["full_id"], iterations, estimates["median"]["point_estimate"], {}, len(sample["iters"]))


def warnings_in(text: str) -> list[str]:
    """Google Benchmark's warnings (frequency scaling, ASLR, a debug build), without their stars."""
    return [line.replace("***WARNING***", "").strip() for line in text.splitlines() if "***WARNING***" in line]


def faults_in(text: str) -> list[str]:
    """Lines of a failed program's output that say what was wrong, the last ones if none does."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"primebench-microbench:|FAIL:|panicked|assertion|want", line)]
    return (telling or lines)[-3:]
