"""Go's benchmark text (https://go.dev/design/14313-benchmark-format), as a test program prints it with -test.v.

With -test.v a program prints a benchmark's name when it begins and the whole result in one line when it ends, so that what the
benchmark itself prints comes between them; it also names what was skipped. Without, the name comes first, then what the
benchmark prints, then the rest of the result: that is read, too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loadgen.microbench.output import Repetition, Results, summarised

_PREFIX = "Benchmark"
_FIELDS = r"(?P<iterations>\d+)(?P<fields>(?:[ \t]+(?:[+-]?(?:\d[\d.]*|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Inf)[ \t]+\S+)+)[ \t]*$"
_RESULT = re.compile(rf"(?P<name>Benchmark\S*)[ \t]+{_FIELDS}")
_NAME = re.compile(r"(?P<name>Benchmark\S*) *\t")
_REST = re.compile(rf"{_FIELDS}")
_ANNOUNCED = re.compile(r"^(?P<name>Benchmark\S*)$")
_SKIPPED = re.compile(r"^--- SKIP: (?P<name>Benchmark\S*)$")
_LOGGED = re.compile(r"^ {4}(?:\S+:\d+: )?(?P<text>.*)$")

_COUNTERS = {"B/op": "allocated_bytes", "allocs/op": "allocations"}
"""What the tool calls a metric, and what all tools' records call it; others keep the tool's unit as their name."""


@dataclass
class _Output:
    """What has been read so far, by the names that the program prints, the number of processors among them."""

    results: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    iterations: dict[str, int] = field(default_factory=dict)
    announced: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def read_go(
    text: str, procs: int, repetitions: int, selected: str = ".", scenarios: Mapping[str, str] | None = None
) -> Results:
    """Return the benchmarks in what a program printed on stdout that was run with `-test.cpu=procs -test.count=repetitions`.

    With one processor Go adds nothing to a name, with more "-N": the only suffix that is taken off. A result without ns/op (set
    to 0 by the benchmark) has no time, and is skipped. `selected` is what -test.bench selected: of a pattern with so many parts
    a benchmark whose name has fewer is run to see what is below it, and not timed.
    """
    suffix = f"-{procs}" if procs != 1 else ""
    output = _read(text, suffix)
    parts, named = selected.count("/"), scenarios or {}
    skipped = {benchmark_of(name, named): reason for name, reason in output.skipped.items() if name.count("/") >= parts}
    repeated: dict[str, list[Repetition]] = {}
    for printed, measurements in output.results.items():
        name = benchmark_of(printed.removesuffix(suffix), named)
        if any("ns/op" not in metrics for metrics in measurements):
            skipped[name] = "it reports no ns/op"
        elif name not in skipped:
            repeated[name] = [_repetition(output.iterations[printed], metrics) for metrics in measurements]
    for name in _without_result(output, suffix):
        if name.count("/") >= parts:
            skipped.setdefault(benchmark_of(name, named), "no result of it in the program's output")
    results = summarised(repeated, dict.fromkeys(repeated, repetitions))
    return Results(results.timings, results.skipped | skipped, {}, results.warnings)


def benchmark_of(name: str, scenarios: Mapping[str, str]) -> str:
    """Return a benchmark's name in records: without "Benchmark", as the format has it, all else as it is.

    `scenarios` maps functions to scenarios, of `Function/contender/case`. No function's own name begins with a lower-case
    letter, as scenarios' names do, so that two benchmarks never get one name.
    """
    function, *parts = name.removeprefix(_PREFIX).split("/")
    if len(parts) == 2 and all(parts):
        function = scenarios.get(function, function)
    return "/".join([function, *parts]) or _PREFIX


def pattern_of(name: str, scenarios: Mapping[str, str]) -> str:
    """Return what -test.bench selects that benchmark by, and no other of its parts' names: the inverse of `benchmark_of`."""
    scenario, *parts = name.split("/")
    functions = {scenario_of: function for function, scenario_of in scenarios.items()} if len(parts) == 2 else {}
    function = "" if name == _PREFIX else functions.get(scenario, scenario)
    return "/".join(f"^{re.escape(part)}$" for part in [_PREFIX + function, *parts])


def _read(text: str, suffix: str) -> _Output:
    """Read line by line. Where a benchmark printed something without an end of line, its result stands behind that."""
    output, pending, logged = _Output(), None, "no reason given"
    for line in _lines(text):
        if (match := _SKIPPED.match(line)) is not None:
            output.skipped[match["name"]] = logged
        elif (match := _ANNOUNCED.match(line)) is not None:
            output.announced.append(match["name"])
            logged = "no reason given"
        elif (match := _RESULT.search(line)) is not None and (
            match.start() == 0 or match["name"].removesuffix(suffix) in output.announced
        ):
            _keep(output, match["name"], match)
            pending = None
        elif pending is not None and (match := _REST.search(line)) is not None and "ns/op" in match["fields"].split():
            _keep(output, pending, match)
            pending = None
        elif not output.announced and (match := _NAME.search(line)) is not None:
            pending = match["name"]
        elif (match := _LOGGED.match(line)) is not None:
            logged = match["text"]
    return output


def _lines(text: str) -> Iterator[str]:
    """The lines as Go ends them; str.splitlines would also cut at characters that names and logs may have in them."""
    return (line.removesuffix("\r") for line in text.split("\n"))


def _keep(output: _Output, name: str, match: re.Match[str]) -> None:
    fields = match["fields"].split()
    output.results.setdefault(name, []).append(
        {unit: float(value) for value, unit in zip(fields[::2], fields[1::2], strict=True)}
    )
    output.iterations[name] = int(match["iterations"])


def _repetition(iterations: int, metrics: dict[str, float]) -> Repetition:
    counters = {_COUNTERS.get(unit, unit): value for unit, value in metrics.items() if unit != "ns/op"}
    return Repetition(iterations, metrics["ns/op"], None, counters)


def _without_result(output: _Output, suffix: str) -> Iterator[str]:
    """Benchmarks that began and have no result; those that have others below them only group them."""
    measured = {name.removesuffix(suffix) for name in output.results} | output.skipped.keys()
    groups = {
        name[:position] for name in (*output.announced, *measured) for position, letter in enumerate(name) if letter == "/"
    }
    return (name for name in output.announced if name not in measured and name not in groups)
