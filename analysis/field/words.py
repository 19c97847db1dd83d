"""How a field's figures are written, the same on the terminal, in tables and in charts. Pure."""

from analysis.field.model import FieldTask, FieldWorkload, Place
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from loadgen.conformance.findings import Finding
from loadgen.conformance.score import Score

REFERENCE = "reference"


def number(value: float) -> str:
    """Return a ratio with as many digits as its intervals have use for."""
    return f"{value:.3f}" if value < 10 else m.significant(4)(value)


def ratio_text(ratio: Comparison | None) -> str:
    """Return the ratio with its interval; "reference" for the reference, "?" where nothing can be told."""
    if ratio is None:
        return REFERENCE
    if ratio.ratio is None or ratio.verdict == "cannot tell":
        return "?"
    if ratio.interval is None:
        return number(ratio.ratio)
    return f"{number(ratio.ratio)} [{number(ratio.interval.low)}, {number(ratio.interval.high)}]"


def marks(place: Place) -> str:
    """Return "!" where a check casts doubt on the ratio, and "~" where it is of solo trials, for it is another one side by
    side.
    """
    return ("!" if place.ratio is not None and place.ratio.doubts else "") + ("~" if place.beside is not None else "")


def alone_text(place: Place) -> str:
    """Return the ratio side by side and alone, where they differ."""
    return f"{ratio_text(place.beside)} beside {REFERENCE}, {ratio_text(place.ratio)} alone"


def figure_text(place: Place, metric: m.Metric) -> str:
    """Return the figure, "–" where there is none, with a mark where there is something to doubt."""
    figure: Figure | None = place.figures.get(metric.name)
    if figure is None or figure.value is None:
        return "–"
    return metric.write(figure.value) + ("!" if figure.doubts else "")


def score_text(score: Score | None, findings: list[Finding]) -> str:
    """Return "118/130", with a mark where a severe finding stands behind it."""
    if score is None:
        return "–"
    return f"{score.passed}/{score.cases}" + ("!" if any(finding.severity == "severe" for finding in findings) else "")


def title_of(task: FieldTask, workload: FieldWorkload) -> str:
    """Return what was asked for, how, and where the ratio comes from."""
    asked = workload.label if workload.label.startswith(task.name) else f"{task.name}: {workload.label}"
    return f"{asked}, {workload.load}"


def not_measured(task: FieldTask) -> list[str]:
    """Return a line a service that was not measured, with the reason."""
    return [
        f"not measured: {service.label}: {service.not_measured}"
        for service in task.services
        if service.not_measured is not None
    ]
