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
from loadgen.counted import counted

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
    rows = [(row_head(CAPACITY), [_capacity_cell(curve) for curve in curves])]
    rows.append((row_head(SATURATED), [_one_value(SATURATED, curve.saturated_per_s) for curve in curves]))
    latencies = [[figure_cell(metric, curve.at_half.get(metric.name)) for curve in curves] for metric in SHOWN]
    heads = [f"{metric.title} at half of the capacity, {metric.unit}" for metric in SHOWN]
    rows += list(zip(heads, latencies, strict=True))
    rows.append((row_head(CPU_NEAR_IDLE), [_one_value(CPU_NEAR_IDLE, curve.cpu_share) for curve in curves]))
    first = [
        figure_cell(FIRST_RESPONSE, figure_of(curve.first_response_s) if curve.first_response_s else None) for curve in curves
    ]
    rows.append((row_head(FIRST_RESPONSE), first))
    rows.append((row_head(SETTLING_CPU), [_settling_cell(curve) for curve in curves]))
    title = f"{result.workload}: {result.label}, {result.objective.in_words}, up to {counted(result.connections, 'connection')}"
    return Table(title, [curve.title for curve in curves], rows, notes_of(result))


def _capacity_cell(curve: ServiceCurve) -> Cell:
    if curve.capacity is None:
        return Cell("–", curve.reason)
    value = CAPACITY.write(curve.capacity.per_s)
    if curve.found == "at least":
        return Cell(f"at least {value}", number=curve.capacity.per_s, quantity=CAPACITY.name)
    low, high = curve.capacity.low_per_s, curve.capacity.high_per_s
    return Cell(
        value,
        interval_in_words(curve.capacity),
        f"{value} {interval_in_words(curve.capacity)}",
        number=curve.capacity.per_s,
        low=low,
        high=high,
        quantity=CAPACITY.name,
    )


def interval_in_words(capacity: Capacity) -> str:
    """The interval as tables have it."""
    return f"[{CAPACITY.write(capacity.low_per_s)}, {CAPACITY.write(capacity.high_per_s)}]"


def _one_value(metric: m.Metric, value: float | None) -> Cell:
    return Cell("–") if value is None else figure_cell(metric, figure_of([value]))


def _settling_cell(curve: ServiceCurve) -> Cell:
    if curve.settling_cpu_s is None:
        return Cell("–")
    cell = _one_value(SETTLING_CPU, curve.settling_cpu_s)
    return cell if curve.has_settled else Cell(f"over {cell.value}", "had not settled", number=curve.settling_cpu_s)


def notes_of(result: CurveResult) -> list[str]:
    """How each service's curve ended, and which of its trials say nothing of it."""
    notes = [f"{curve.title}: {curve.reason}" for curve in result.curves]
    for curve in result.curves:
        lost = Counter(point.lost for point in curve.points if point.lost and point.lost != TOO_FEW)
        notes += [
            f"{curve.title}: of {counted(len(curve.points), 'trial')} {count} cannot tell: {why}" for why, count in lost.items()
        ]
    probed = "the probe client's five requests per second are part of the CPU near idle"
    return [*notes, probed, f"measuring ended: {result.ended_because}"]


def fatal_lines(result: CurveResult) -> list[str]:
    """A line for each check that found trials of a service worthless; failed trials are told when they happen."""
    fatal_checks = {
        (curve.label, point.lost): None
        for curve in result.curves
        for point in curve.points
        if point.lost and point.lost not in (TOO_FEW, FAILED, GENERATOR_BOUND)
    }
    return [f"{label}: {check}: its curve is worth nothing" for label, check in fatal_checks]
