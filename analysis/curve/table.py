"""The table of capacity curves: a column a service. Pure."""

from collections import Counter

from analysis.curve.estimate import Capacity
from analysis.curve.evidence import FAILED, TOO_FEW
from analysis.curve.model import CurveResult, ServiceCurve
from analysis.curve.result import SHOWN
from analysis.curve.rule import NEAR_IDLE_PER_S
from analysis.model import metric as m
from analysis.model.figure_of import figure_of
from analysis.model.flag import GENERATOR_BOUND
from analysis.tables.table import Cell, Table, figure_cell, row_head

CAPACITY = m.Metric("capacity_per_s", "capacity", "requests/s", "higher", m.significant(3))
SATURATED = m.Metric("saturated_per_s", "goodput when saturated", "requests/s", "higher", m.significant(3))
CPU_NEAR_IDLE = m.Metric(
    "near_idle_cpu_share", f"CPU near idle, at {NEAR_IDLE_PER_S} requests/s", "ms/s", "lower", m.significant(3, 1e3)
)
FIRST_RESPONSE = m.Metric("first_response_s", "time to the first right response", "ms", "lower", m.significant(3, 1e3))
SETTLING_CPU = m.Metric("settling_cpu_s", "CPU until settled", "s", "lower", m.significant(2))


def curve_table(result: CurveResult) -> Table:
    """Return what each service can do, what it costs near idle, and what its start takes."""
    curves = result.curves
    rows = [(row_head(CAPACITY), [_capacity_cell(one) for one in curves])]
    rows.append((row_head(SATURATED), [_one_value(SATURATED, one.saturated_per_s) for one in curves]))
    latencies = [[figure_cell(metric, one.at_half.get(metric.name)) for one in curves] for metric in SHOWN]
    heads = [f"{metric.title} at half of the capacity, {metric.unit}" for metric in SHOWN]
    rows += list(zip(heads, latencies, strict=True))
    rows.append((row_head(CPU_NEAR_IDLE), [_one_value(CPU_NEAR_IDLE, one.cpu_share) for one in curves]))
    first = [figure_cell(FIRST_RESPONSE, figure_of(one.first_response_s) if one.first_response_s else None) for one in curves]
    rows.append((row_head(FIRST_RESPONSE), first))
    rows.append((row_head(SETTLING_CPU), [_settling_cell(one) for one in curves]))
    title = f"{result.workload}: {result.label}, {result.objective.in_words}, up to {result.connections} connections"
    return Table(title, [one.title for one in curves], rows, notes_of(result))


def _capacity_cell(one: ServiceCurve) -> Cell:
    if one.capacity is None:
        return Cell("–", one.reason)
    value = CAPACITY.write(one.capacity.per_s)
    if one.found == "at least":
        return Cell(f"at least {value}", number=one.capacity.per_s, quantity=CAPACITY.name)
    low, high = one.capacity.low_per_s, one.capacity.high_per_s
    return Cell(
        value,
        interval_in_words(one.capacity),
        f"{value} {interval_in_words(one.capacity)}",
        number=one.capacity.per_s,
        low=low,
        high=high,
        quantity=CAPACITY.name,
    )


def interval_in_words(capacity: Capacity) -> str:
    """The interval as tables have it."""
    return f"[{CAPACITY.write(capacity.low_per_s)}, {CAPACITY.write(capacity.high_per_s)}]"


def _one_value(metric: m.Metric, value: float | None) -> Cell:
    return Cell("–") if value is None else figure_cell(metric, figure_of([value]))


def _settling_cell(one: ServiceCurve) -> Cell:
    if one.settling_cpu_s is None:
        return Cell("–")
    cell = _one_value(SETTLING_CPU, one.settling_cpu_s)
    return cell if one.has_settled else Cell(f"over {cell.value}", "had not settled", number=one.settling_cpu_s)


def notes_of(result: CurveResult) -> list[str]:
    """How each service's curve ended, and which of its trials say nothing of it."""
    notes = [f"{one.title}: {one.reason}" for one in result.curves]
    for one in result.curves:
        lost = Counter(point.lost for point in one.points if point.lost and point.lost != TOO_FEW)
        notes += [f"{one.title}: {count} of {len(one.points)} trials say nothing of it: {why}" for why, count in lost.items()]
    probed = "the probe client's five requests per second are part of the CPU near idle"
    return [*notes, probed, f"measuring ended: {result.ended_because}"]


def fatal_lines(result: CurveResult) -> list[str]:
    """A line for each check that found trials of a service worthless; failed trials are told when they happen."""
    found = {
        (one.label, point.lost): None
        for one in result.curves
        for point in one.points
        if point.lost and point.lost not in (TOO_FEW, FAILED, GENERATOR_BOUND)
    }
    return [f"{label}: {check}: its curve is worth nothing" for label, check in found]
