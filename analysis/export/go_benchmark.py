"""Go's benchmark text of one side, so that benchstat can set head over base (https://golang.org/design/14313-benchmark-format)."""

import re
from collections.abc import Iterator

from analysis.export.kept import kept
from analysis.export.quantity import QUANTITIES, Side, quantity_of, values_of
from analysis.export.wording import commit_of
from analysis.printable import in_one_line
from analysis.regress_result import RegressResult
from analysis.verdict import MetricVerdict

NOT_IN_A_NAME = re.compile(r"[^\w.:,+@%-]")
"""A space ends a name and "/" begins its next part. What else is replaced has a meaning in shells or benchstat's filters."""
LIKE_THREADS = re.compile(r"-(\d+)$")
"""benchstat reads -8 at a name's end as GOMAXPROCS, and cuts it off."""


def go_benchmark(result: RegressResult, side: Side) -> str:
    """A line a value, so a pair; the name has the parts /service= and /workload=, for benchstat's -row and -filter."""
    return "\n".join([*_head(result, side), *(line for one in kept(result) for line in _lines(one, side))]) + "\n"


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
    exact = {one.metric for one in result.metrics if one.exact}
    for name in dict.fromkeys(one.metric for one in kept(result)):
        quantity = QUANTITIES[name]
        yield f"Unit {quantity.go_unit} better={quantity.metric.better}" + (" assume=exact" if name in exact else "")


def _lines(one: MetricVerdict, side: Side) -> Iterator[str]:
    quantity = quantity_of(one)
    parts = [f"Benchmark{one.layer.capitalize()}", f"service={_part(one.service)}"]
    parts += [f"workload={_part(one.workload)}"] if one.workload else []
    name = LIKE_THREADS.sub(r"_\1", "/".join(parts))
    return (f"{name} 1 {value * quantity.go_scale:.10g} {quantity.go_unit}" for value in values_of(one, side))


def _part(text: str) -> str:
    return NOT_IN_A_NAME.sub("_", text.replace("/", "."))
