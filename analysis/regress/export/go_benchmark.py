"""Go's benchmark text of one side, so that benchstat can set head over base (https://golang.org/design/14313-benchmark-format)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from analysis.regress.export.kept import kept
from analysis.regress.export.quantity import QUANTITIES, Side, quantity_of, values_of
from analysis.regress.export.wording import commit_of
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.text.printable import in_one_line

NOT_IN_A_NAME = re.compile(r"[^\w.:,+@%-]")
"""A space ends a name and "/" begins its next part. What else is replaced has a meaning in shells or benchstat's filters."""
LIKE_THREADS = re.compile(r"-\d+$")
"""benchstat reads -8 at a name's end as GOMAXPROCS, and cuts it off: of a name that ends so it gets a -1 to cut off."""


def go_benchmark(result: RegressResult, side: Side) -> str:
    """A line a value, so a pair; the name has the parts /service= and /workload=, for benchstat's -row and -filter."""
    metrics = kept(result)
    lines = [line for metric, name in zip(metrics, _names(metrics), strict=True) for line in _lines(metric, name, side)]
    return "\n".join([*_head(result, side), *lines]) + "\n"


def _head(result: RegressResult, side: Side) -> Iterator[str]:
    """What is the same of both sides as configuration, what differs as a comment: benchstat makes a table of its own for each
    configuration, and would set nothing over anything.
    """
    of = result.base if side == "base" else result.head
    yield f"# primebench regress, {side}: {in_one_line(of.asked)}, {commit_of(of)}. A line is what one trial of one pair found."
    yield f"# benchstat's U test knows nothing of the pairs or the margin: the verdict is {result.outcome}, in verdict.json."
    yield f"run: {in_one_line(result.run_id)}"
    yield f"cpu: {in_one_line(result.machine.cpu_model)}"
    yield f"primebench: {in_one_line(result.primebench_version)}"
    exact = {metric.metric for metric in result.metrics if metric.exact}
    for name in dict.fromkeys(metric.metric for metric in kept(result)):
        quantity = QUANTITIES[name]
        yield f"Unit {quantity.go_unit} better={quantity.metric.better}" + (" assume=exact" if name in exact else "")


def _names(metrics: Sequence[MetricVerdict]) -> Iterator[str]:
    """A name for each metric; where two would differ only in what cannot stand in a name, the later gets a number."""
    taken: Counter[tuple[str, str]] = Counter()
    for metric in metrics:
        parts = [f"Benchmark{metric.layer.capitalize()}", f"service={_part(metric.service)}"]
        parts += [f"workload={_part(metric.workload)}"] if metric.workload else []
        name = "/".join(parts)
        taken[name, metric.metric] += 1
        name += f"#{taken[name, metric.metric]}" if taken[name, metric.metric] > 1 else ""
        yield f"{name}-1" if LIKE_THREADS.search(name) else name


def _lines(metric: MetricVerdict, name: str, side: Side) -> Iterator[str]:
    quantity = quantity_of(metric)
    return (f"{name} 1 {value * quantity.go_scale:.10g} {quantity.go_unit}" for value in values_of(metric, side))


def _part(text: str) -> str:
    return NOT_IN_A_NAME.sub("_", text.replace("/", "."))
