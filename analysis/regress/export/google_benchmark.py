"""Google Benchmark's JSON of one side, so that its tools/compare.py can set head over base."""

from analysis.regress.export.kept import kept, place
from analysis.regress.export.quantity import Side, quantity_of, values_of
from analysis.regress.export.strict_json import strict_json
from analysis.regress.export.wording import commit_of
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict

WHAT_THEY_ARE = (
    "Not written by Google Benchmark. One repetition is what one trial of one pair found; the pairs' order is kept. "
    "real_time and cpu_time are the same number, the metric that the benchmark's name ends in. iterations is not known."
)
PAIRED = "compare.py's U test knows nothing of the pairs, and has no margin: the verdict is that of verdict.json"

Entry = dict[str, str | int | float]


def google_benchmark(result: RegressResult, side: Side) -> str:
    """The values of every metric that is a time, as repetitions; others (`left_out`) have no place in this format."""
    metrics = kept(result)
    times = [metric for metric in metrics if quantity_of(metric).time_unit is not None]
    left_out = sorted({metric.metric for metric in metrics} - {time.metric for time in times})
    entries = [entry for number, time in enumerate(times) for entry in _repetitions(time, number, side)]
    document = {"context": _context(result, side, left_out), "benchmarks": entries}
    return strict_json(document)


def _context(result: RegressResult, side: Side, left_out: list[str]) -> dict[str, object]:
    machine = result.machine
    return {
        "date": result.started,
        "host_name": machine.fingerprint,
        "executable": "primebench regress",
        "num_cpus": machine.cores,
        "load_avg": [machine.load_average_1m],
        "caches": [],
        "library_version": f"primebench {result.primebench_version}",
        "json_schema_version": 1,
        "run": result.run_id,
        "side": side,
        "commit": commit_of(result.base if side == "base" else result.head),
        "outcome": result.outcome,
        "what_they_are": WHAT_THEY_ARE,
        "paired": PAIRED,
        "left_out": left_out,
    }


def _repetitions(metric: MetricVerdict, number: int, side: Side) -> list[Entry]:
    values, unit = values_of(metric, side), quantity_of(metric).time_unit
    assert unit is not None
    name = f"{place(metric)}/{metric.metric}"
    return [
        {
            "name": name,
            "family_index": number,
            "per_family_instance_index": 0,
            "run_name": name,
            "run_type": "iteration",
            "repetitions": len(values),
            "repetition_index": index,
            "threads": 1,
            "iterations": 1,
            "real_time": value,
            "cpu_time": value,
            "time_unit": unit,
        }
        for index, value in enumerate(values)
    ]
